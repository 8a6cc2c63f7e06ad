"""Pictures for where people would rather look than read, drawn by the server as inline SVG."""
