"""Benchmarks: each module measures one thing, ours beside others in the same run.

A module has TITLE, ABOUT (what the table means), COLUMNS (key → heading), add_arguments(parser) and
measure(args, progress) → rows, each a dict with the keys of COLUMNS. `progress(done, of, what)` shows how far it is.
"""
