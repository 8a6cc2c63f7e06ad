"""Our own nftables table, as one text that `nft -f` loads in one transaction. Pure.

It holds with no agent running: the caps, the stopped devices and their attempts are the kernel's. Loading it again
keeps the elements of its sets, while its chains are flushed and filled in the same transaction.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portvagt.config import Config

TABLE = "portvagt"
DEVICES = 256  # most of them in each set of stopped devices
FAMILIAR_SIZE = 4096  # most familiar networks in each of the two sets, of all devices together
ATTEMPTS_KEPT_S = 30 * 86400  # since the last one; no quiet time is longer

# A device's key is 6 bytes of MAC, or its address where the MAC is unknown: each kind has its own set.
STOPPED = {6: "stopped_mac", 4: "stopped_ip4", 16: "stopped_ip6"}
ATTEMPTS = {6: "attempts_mac", 4: "attempts_ip4", 16: "attempts_ip6"}
EXEMPT = {6: "exempt_mac", 4: "exempt_ip4", 16: "exempt_ip6"}
GARDEN = {6: "garden_mac", 4: "garden_ip4", 16: "garden_ip6"}
CAPPED = "capped_mac"
NOTICE = {6: "notice_mac", 4: "notice_ip4", 16: "notice_ip6"}

_SETS = """table inet portvagt {
	# a device is in it until the guard releases it: a guard that is dead releases nobody
	set stopped_mac { type ether_addr; size %(devices)d; }
	set stopped_ip4 { type ipv4_addr; size %(devices)d; }
	set stopped_ip6 { type ipv6_addr; size %(devices)d; }
	# refreshed by the packet path: what is left of the timeout says when the last attempt was
	set attempts_mac { type ether_addr; flags dynamic,timeout; timeout %(attempts_kept_s)ds; size %(devices)d; }
	set attempts_ip4 { type ipv4_addr; flags dynamic,timeout; timeout %(attempts_kept_s)ds; size %(devices)d; }
	set attempts_ip6 { type ipv6_addr; flags dynamic,timeout; timeout %(attempts_kept_s)ds; size %(devices)d; }
	# where a stopped device may still submit mail to
	set familiar4 { type ether_addr . ipv4_addr; flags interval; size %(familiar)d; }
	set familiar6 { type ether_addr . ipv6_addr; flags interval; size %(familiar)d; }
	set exempt_mac { type ether_addr; flags timeout; size 256; }
	set exempt_ip4 { type ipv4_addr; flags timeout; size 256; }
	set exempt_ip6 { type ipv6_addr; flags timeout; size 256; }
	# stopped devices whose notice nobody has read
	set notice_mac { type ether_addr; size %(devices)d; }
	set notice_ip4 { type ipv4_addr; size %(devices)d; }
	set notice_ip6 { type ipv6_addr; size %(devices)d; }
	# stopped devices whose web leads to the page; not those that must never get there, such as a telephone adapter
	set garden_mac { type ether_addr; size %(devices)d; }
	set garden_ip4 { type ipv4_addr; size %(devices)d; }
	set garden_ip6 { type ipv6_addr; size %(devices)d; }
	set never_garden { type ether_addr; size 64; }
	# filled by dnsmasq: where the garden lets a device get help
	set allow4 { type ipv4_addr; size 1024; }
	set allow6 { type ipv6_addr; size 1024; }
	# idle for two hours, a device has its full allowance again
	set smtp_meter { type ether_addr; flags dynamic,timeout; timeout 2h; size 32; }
	set smtp_metered { type ether_addr; flags dynamic,timeout; timeout 2h; size 32; }
	set submission_meter { type ether_addr; flags dynamic,timeout; timeout 2h; size 128; }
	set submission_metered { type ether_addr; flags dynamic,timeout; timeout 2h; size 128; }
	set relay_meter { type ether_addr; flags dynamic,timeout; timeout 2h; size 128; }
	set relay_metered { type ether_addr; flags dynamic,timeout; timeout 2h; size 128; }
	# what a cap, or policy closed, refused of whom
	set capped_mac { type ether_addr; flags dynamic,timeout; timeout 24h; size 128; }
	set relay4 { type ipv4_addr; size 64; }
	set relay6 { type ipv6_addr; size 64; }
	# filled by dnsmasq: where operating systems look for a captive portal
	set probe4 { type ipv4_addr; size 512; }
	set probe6 { type ipv6_addr; size 512; }
	# those of them that may be answered for a device whose web is open
	set gentle4 { type ipv4_addr; size 512; }
	set gentle6 { type ipv6_addr; size 512; }
	chain forward { type filter hook forward priority filter - 10; policy accept; }
	chain prerouting { type nat hook prerouting priority dstnat - 10; policy accept; }
	chain input { type filter hook input priority filter - 10; policy accept; }
	chain mail { }
	chain stopped { }
	chain garden { }
	chain garden_web { }
	chain gate { }
	chain web_to_page { }
	chain smtp { }
	chain submission { }
	chain relay { }
	chain over { }
	chain refuse { }
}
flush chain inet portvagt forward
flush chain inet portvagt prerouting
flush chain inet portvagt input
flush chain inet portvagt mail
flush chain inet portvagt stopped
flush chain inet portvagt garden
flush chain inet portvagt garden_web
flush chain inet portvagt gate
flush chain inet portvagt web_to_page
flush chain inet portvagt smtp
flush chain inet portvagt submission
flush chain inet portvagt relay
flush chain inet portvagt over
flush chain inet portvagt refuse
flush set inet portvagt relay4
flush set inet portvagt relay6
flush set inet portvagt never_garden
"""

# An `update` of a full set breaks off its rule: attempts and capped packets have rules of their own.
_RULES = """table inet portvagt {
	chain mail {
		ether saddr @exempt_mac accept
		ip saddr @exempt_ip4 accept
		ip6 saddr @exempt_ip6 accept
		ip daddr @relay4 tcp dport { 465, 587 } goto relay
		ip6 daddr @relay6 tcp dport { 465, 587 } goto relay
		ether saddr @stopped_mac goto stopped
		ip saddr @stopped_ip4 goto stopped
		ip6 saddr @stopped_ip6 goto stopped
		ip daddr @relay4 goto relay
		ip6 daddr @relay6 goto relay
		tcp dport 25 goto smtp
		goto submission
	}
	chain stopped {
		tcp dport { 465, 587 } ether saddr . ip daddr @familiar4 goto submission
		tcp dport { 465, 587 } ether saddr . ip6 daddr @familiar6 goto submission
		ether saddr @stopped_mac update @attempts_mac { ether saddr counter }
		ip saddr @stopped_ip4 update @attempts_ip4 { ip saddr counter }
		ip6 saddr @stopped_ip6 update @attempts_ip6 { ip6 saddr counter }
		goto refuse
	}
	chain garden {
		tcp dport { 80, 443 } ip daddr @allow4 accept
		tcp dport { 80, 443 } ip6 daddr @allow6 accept
		meta l4proto tcp goto refuse
		limit rate 50/second burst 50 packets reject with icmpx admin-prohibited
		drop
	}
	chain garden_web {
		meta l4proto { tcp, udp } th dport 53 redirect to :53
		goto web_to_page
	}
	chain web_to_page {
		fib daddr type local return
		tcp dport 80 ip daddr @probe4 redirect to :%(port)d
		tcp dport 80 ip6 daddr @probe6 redirect to :%(port)d
		ip daddr @allow4 return
		ip6 daddr @allow6 return
		tcp dport 80 redirect to :%(port)d
		tcp dport 443 redirect to :%(tls_port)d
	}
	chain gate {
		ip daddr @allow4 return
		ip6 daddr @allow6 return
		limit rate 50/second burst 50 packets reject with icmpx admin-prohibited
		drop
	}
	chain over {
		update @capped_mac { ether saddr counter }
		goto refuse
	}
	chain refuse {
		limit rate 50/second burst 50 packets reject with tcp reset
		drop
	}
	chain input {
		iifname != { %(lan)s } tcp dport { %(ports)s } drop
	}
}
"""

# `ct state new` also counts each repeated SYN of a connection that nobody answers. The meters break off, and the rule
# does not match, when they are full: then `add @…_metered` fails too, and all such devices share one allowance.
# A lookup evaluates an element's limit once more (nft_lookup_eval), so the metered devices have a set of their own.
_CAP = """table inet portvagt {
	chain %(name)s {
		ct state != new accept
		update @%(name)s_meter { ether saddr limit rate over %(per_hour)d/hour burst %(burst)d packets } goto over
		update @%(name)s_metered { ether saddr } accept
		limit rate over %(per_hour)d/hour burst %(burst)d packets goto over
	}
}
"""

# Policy closed: nothing but an exemption or a relay leads past it. What was open before the policy came is refused too.
_CLOSED = """table inet portvagt {
	chain smtp {
		goto over
	}
}
"""

# Under policy observe, these rules are left out: nothing reaches the chains above.
_ENFORCING_RULES = """table inet portvagt {
	chain forward {
		iifname { %(lan)s } tcp dport { 25, 465, 587 } jump mail
		iifname { %(lan)s } ether saddr @garden_mac ether saddr != @never_garden goto garden
		iifname { %(lan)s } ip saddr @garden_ip4 ether saddr != @never_garden goto garden
		iifname { %(lan)s } ip6 saddr @garden_ip6 ether saddr != @never_garden goto garden
	}
	chain prerouting {
		iifname { %(lan)s } ether saddr @garden_mac ether saddr != @never_garden goto garden_web
		iifname { %(lan)s } ip saddr @garden_ip4 ether saddr != @never_garden goto garden_web
		iifname { %(lan)s } ip6 saddr @garden_ip6 ether saddr != @never_garden goto garden_web
	}
}
"""

# How a stopped device is told whose notice nobody has read, by the configured level. At the gate its web leads to the
# page, as in the garden, and what it speaks over UDP with the web is refused, so that browsers take TCP.
_NOTICES = {
    "gate": """table inet portvagt {
	chain forward {
		iifname { %(lan)s } udp dport 443 ether saddr @notice_mac ether saddr != @never_garden jump gate
		iifname { %(lan)s } udp dport 443 ip saddr @notice_ip4 ether saddr != @never_garden jump gate
		iifname { %(lan)s } udp dport 443 ip6 saddr @notice_ip6 ether saddr != @never_garden jump gate
	}
	chain prerouting {
		iifname { %(lan)s } ether saddr @notice_mac ether saddr != @never_garden goto web_to_page
		iifname { %(lan)s } ip saddr @notice_ip4 ether saddr != @never_garden goto web_to_page
		iifname { %(lan)s } ip6 saddr @notice_ip6 ether saddr != @never_garden goto web_to_page
	}
}
""",
    "gentle": """table inet portvagt {
	chain prerouting {
		iifname { %(lan)s } ether saddr @notice_mac ip daddr @gentle4 tcp dport 80 redirect to :%(port)d
		iifname { %(lan)s } ether saddr @notice_mac ip6 daddr @gentle6 tcp dport 80 redirect to :%(port)d
		iifname { %(lan)s } ip saddr @notice_ip4 ip daddr @gentle4 tcp dport 80 redirect to :%(port)d
		iifname { %(lan)s } ip6 saddr @notice_ip6 ip6 daddr @gentle6 tcp dport 80 redirect to :%(port)d
	}
}
""",
}

CAPS = ("smtp", "submission", "relay")  # port 25; 465 and 587; whatever port of the ISP's relays

REMOVAL = "table inet portvagt { }\ndelete table inet portvagt\n"


def text(config: "Config", elements: "list[tuple[str, str]]") -> str:
    """The ruleset of a configuration; `elements` are (set, key) to be in it, both as nft writes them."""
    values = {
        "devices": DEVICES,
        "familiar": FAMILIAR_SIZE,
        "attempts_kept_s": ATTEMPTS_KEPT_S,
        "lan": ", ".join(['"{}"'.format(name) for name in config.main.lan]),
        "port": config.warn.port,
        "tls_port": config.warn.tls_port,
        "ports": ", ".join([str(port) for port in _ports(config)]),
    }
    parts = [_SETS % values, _RULES % values]
    closed = config.main.policy == "closed"
    parts.extend([_CLOSED if closed and name == "smtp" else _cap(config, name) for name in CAPS])
    if config.main.policy != "observe":
        parts.extend([_ENFORCING_RULES % values, _NOTICES[config.warn.level] % values])
    relays = [("relay6" if ":" in each else "relay4", each) for each in config.block.relay]
    by_set: "dict[str, list[str]]" = {}
    never = [("never_garden", each) for each in config.main.never_garden]
    for name, key in relays + never + elements:
        by_set.setdefault(name, []).append(key)
    # an element a line would be a message each: thousands of these overflow what a socket takes at once
    for name, keys in by_set.items():
        parts.append("add element inet portvagt {} {{ {} }}\n".format(name, ", ".join(keys)))
    return "".join(parts)


def _ports(config: "Config") -> "list[int]":
    """Where the portal listens."""
    ports = [config.warn.port, config.warn.tls_port]
    return ports + [config.warn.api_port] if config.warn.api_host else ports


def _cap(config: "Config", name: str) -> str:
    per_hour, burst = getattr(config.block, name + "_per_hour"), getattr(config.block, name + "_burst")
    return _CAP % {"name": name, "per_hour": per_hour, "burst": burst}
