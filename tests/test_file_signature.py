import os
from itertools import pairwise

from portvagt import file_signature


def test_a_file_that_comes_changes_is_replaced_or_goes_is_another(tmp_path):
    path, other = tmp_path / "certificate", tmp_path / "other"
    paths = (str(path), str(other))
    signatures = [file_signature.of(paths)]

    def look():
        signatures.append(file_signature.of(paths))

    path.write_text("first")
    look()
    other.write_text("other")
    look()
    (tmp_path / "new").write_text("again")  # as long as the first
    os.utime(tmp_path / "new", (0, 0))
    (tmp_path / "new").rename(path)
    look()
    path.write_text("longer than that")
    look()
    path.unlink()
    look()
    assert signatures[0] == [None, None]
    for before, after in pairwise(signatures):
        assert before != after
    assert file_signature.of(paths) == signatures[-1]
