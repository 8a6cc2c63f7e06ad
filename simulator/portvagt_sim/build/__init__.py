"""What is built of the agent. A target is a module with add_arguments(parser) and run(args) -> int."""
