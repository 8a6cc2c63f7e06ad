"""One module a language, all with the same names: TEXT (the same keys) and the functions that need grammar."""
