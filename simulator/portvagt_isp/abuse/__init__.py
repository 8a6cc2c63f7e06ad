"""Abuse reports as strangers send them, read into what a router can be asked."""
