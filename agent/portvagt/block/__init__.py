"""Our nftables table: one atomic ruleset file, set elements, deletion of conntrack entries."""
