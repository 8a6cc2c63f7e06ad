"""Tables of the users' database, by version."""
