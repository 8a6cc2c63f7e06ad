"""The benchmark of what a zombie gets out, run small: its bounds hold."""

import argparse

from portvagt_sim.bench import contain


def test_a_zombie_gets_no_more_out_than_the_cap_lets_through():
    quick = argparse.Namespace(quick=True, runs=1)
    rows = contain.measure(quick, lambda *_: None)
    assert [(row["subject"], row["family"]) for row in rows] == [
        (subject, family) for subject in [*contain.SUBJECTS][:2] for family in ("IPv4", "IPv6")
    ]
    assert all(row["tried"] == 60 and 0 < row["connections"] <= row["bound"] for row in rows), rows
    assert all(row["holds"] == "yes" for row in rows)
