"""Pure decisions: no socket, file, clock or global in here; every function takes `now`."""
