"""The parts of `bench detect`: detectors, zombies, innocent homes, recorded traces, and the theory beside them."""
