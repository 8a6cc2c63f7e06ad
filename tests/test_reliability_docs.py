"""Each fault in docs/reliability.md names its test; a test that was renamed must not leave a promise behind."""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PAGE = (PROJECT / "docs" / "reliability.md").read_text()
FAULTS = [
    [cell.strip() for cell in line.split("|")[1:-1]]
    for line in PAGE.split("## What is written to flash")[0].splitlines()
    if line.startswith("| ") and not line.startswith(("| ---", "| what breaks"))
]
NO_TEST_FILE = {"the same", "[architecture.md](architecture.md#the-kernels-table)", "`./dev bench contain`"}


def test_each_test_that_the_page_names_is_there():
    named = set(re.findall(r"`([\w/]*test_\w+\.py)`", PAGE))
    full = {name for name in named if name.startswith("tests/")}
    assert full
    assert [name for name in full if not (PROJECT / name).is_file()] == []
    # a short name is of a test that another row names in full
    assert named - full <= {Path(name).name for name in full}


def test_each_fault_has_a_test():
    assert len(FAULTS) > 20
    assert [fault for fault, _, test in FAULTS if "test_" not in test and test not in NO_TEST_FILE] == []
