"""Errors that a person can do something about."""


class IspError(Exception):
    """The message says what is wrong and what to do."""
