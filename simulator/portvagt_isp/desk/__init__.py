"""The abuse desk: a small web page for the ISP's people, of what the collector stored."""
