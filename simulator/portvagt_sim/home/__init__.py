"""The devices in the home and what runs on them."""
