"""nf_tables' notifications: who changed a table. Bytes only, no socket.

Layouts: include/uapi/linux/netfilter/nf_tables.h. nf_tables_commit (nf_tables_api.c) tells of each transaction when it
holds, many messages in one datagram; nlmsg_pid is the port id of the socket that asked for it. What packets add to
dynamic sets and what a timeout ends, the kernel does not tell.
"""

import struct

from portvagt.watch import netlink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from portvagt.watch.netlink import Buffer

PROTOCOL = 12  # NETLINK_NETFILTER
GROUPS = 0x40  # 1 << (NFNLGRP_NFTABLES - 1)

_SUBSYSTEM = 10 << 8  # NFNL_SUBSYS_NFTABLES
NEW_ELEMENT, DELETED_ELEMENT, NEW_GENERATION = [_SUBSYSTEM | message for message in (12, 14, 15)]
NAME = netlink.HEADER + 4 + netlink.ATTRIBUTE_HEADER  # behind struct nfgenmsg; where the table's name begins
_PORT = 12  # nlmsghdr.nlmsg_pid
_TABLE = 1  # NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, NFTA_RULE_TABLE, …: the first attribute of each message


def changes(buffer: "Buffer", size: int, table: bytes) -> "Iterator[int]":
    """The port id of who made it, for each change of `table` in a notification. Raises netlink.Malformed.

    Added elements are passed over: they take nothing away, and dnsmasq adds them all the time.
    """
    for kind, _, start, end in netlink.messages(buffer, size):
        if kind not in (NEW_ELEMENT, NEW_GENERATION):
            for name, value, value_end in netlink.attributes(buffer, start + 4, end):
                if name == _TABLE and bytes(buffer[value:value_end]) == table + b"\0":
                    yield struct.unpack_from("I", buffer, start - netlink.HEADER + _PORT)[0]
                break
