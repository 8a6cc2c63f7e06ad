"""What the kernel saw: conntrack events and dumps, neighbours, counters of our sets."""
