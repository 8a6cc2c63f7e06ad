"""The ISP: broker, collector, mail relay."""
