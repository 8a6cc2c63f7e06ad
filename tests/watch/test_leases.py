import pytest
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


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_long_file_is_read_in_parts(tmp_path, end):
    names = {f"02:00:00:00:{each >> 8:02x}:{each & 255:02x}": f"device-{each}" for each in range(700)}
    (tmp_path / "leases").write_text("\n".join(f"1 {mac} 10.0.0.1 {name} *" for mac, name in names.items()) + end)
    assert leases.read(str(tmp_path / "leases")) == names


def test_a_file_without_lines_is_read_to_an_end(tmp_path):
    (tmp_path / "leases").write_bytes(b"x" * 3 * leases.FILE_MAX)
    assert leases.read(str(tmp_path / "leases")) == {}
