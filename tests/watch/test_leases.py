from hypothesis import given
from hypothesis import strategies as st

from portvagt.watch import leases

TEXT = """1798243200 00:00:5e:00:53:10 192.168.1.110 laptop 01:00:00:5e:00:53:10
1798243200 06:5a:1c:e3:0b:2F 192.168.1.111 * *
duid 00:01:00:01:2d:aa:bb:cc:00:00:5e:00:53:10
1798243200 123456 2001:db8::1 laptop 00:01
"""


def test_names_of_devices_that_gave_one():
    assert leases.parse(TEXT) == {"00:00:5e:00:53:10": "laptop"}


def test_a_long_name_is_cut():
    assert leases.parse(f"1 00:00:5e:00:53:10 192.168.1.1 {'x' * 500} *") == {"00:00:5e:00:53:10": "x" * 63}


@given(st.text())
def test_no_text_is_too_odd(text):
    assert all(len(mac) == 17 and len(name) <= 63 for mac, name in leases.parse(text).items())


def test_no_file_no_names(tmp_path):
    assert leases.read(str(tmp_path / "none")) == {}
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    assert leases.read(str(tmp_path / "binary")) == {}
