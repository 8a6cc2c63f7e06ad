"""What the ISP learns: events, outbox, MQTT links."""
