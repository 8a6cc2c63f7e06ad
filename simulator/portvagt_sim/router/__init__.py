"""What the router is made of, and how the agent is started on it."""
