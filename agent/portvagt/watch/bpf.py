"""Classic BPF programs that let only what matters through to user space: mail connections, MACs, changes of one table.

The socket filter sees the whole netlink message; loads are big-endian (Documentation/networking/filter.rst).
ctnetlink writes CTA_TUPLE_ORIG first and always in this order (ctnetlink_dump_tuples), so offsets are fixed per family:
nlmsghdr 16, nfgenmsg 4, ORIG header 4, IP header 4, two addresses, PROTO header 4, then NUM, SRC_PORT and DST_PORT of
8 each. nf_tables' messages begin with the name of the table. With them 20,000 web connections a second cost no
wake-up, and dnsmasq's additions to our sets none either.
"""

import struct
import sys

from portvagt.watch import nftables, rtnetlink

_LOAD_BYTE = 0x30  # BPF_LD | BPF_B | BPF_ABS
_LOAD_HALF = 0x28  # BPF_LD | BPF_H | BPF_ABS
_LOAD_SIZE = 0x80  # BPF_LD | BPF_W | BPF_LEN
_SHIFT_LEFT = 0x64  # BPF_ALU | BPF_LSH | BPF_K
_ADD_X = 0x0C  # BPF_ALU | BPF_ADD | BPF_X
_TO_X = 0x07  # BPF_MISC | BPF_TAX
_JUMP_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_JUMP_EQUAL_X = 0x1D  # BPF_JMP | BPF_JEQ | BPF_X
_RETURN = 0x06  # BPF_RET | BPF_K
_ALL = 0xFFFFFFFF

_KIND = 4  # nlmsghdr.nlmsg_type
_SIZE_LOW, _SIZE_HIGH = (0, 1) if sys.byteorder == "little" else (3, 2)  # of nlmsghdr.nlmsg_len, which is below 65,536
_FAMILY = 16  # nfgenmsg.nfgen_family
_ADDRESSES = 28
# family: size of one address attribute with its header
_FAMILIES = ((2, 8), (10, 20))
_TCP = 6
_DELETION_BLOCK = 10  # instructions


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _family_block(address_size: int, ports: "tuple[int, ...]") -> "list[bytes]":
    """Accept TCP to one of `ports`, else reject. Offsets are of the values, behind their attribute headers."""
    protocol = _ADDRESSES + 2 * address_size + 4 + 4
    block = [_instruction(_LOAD_BYTE, protocol), _instruction(_JUMP_EQUAL, _TCP, 0, len(ports) + 1)]
    block.append(_instruction(_LOAD_HALF, protocol + 16))
    for index, port in enumerate(ports):
        block.append(_instruction(_JUMP_EQUAL, port, len(ports) - index, 0))
    block.append(_instruction(_RETURN, 0))
    block.append(_instruction(_RETURN, _ALL))
    return block


def mail_filter(ports: "tuple[int, ...]") -> bytes:
    """Packed `struct sock_filter`s that accept ctnetlink events of TCP connections to `ports`, IPv4 and IPv6."""
    program = [_instruction(_LOAD_BYTE, _FAMILY)]
    for family, address_size in _FAMILIES:
        block = _family_block(address_size, ports)
        program.append(_instruction(_JUMP_EQUAL, family, 0, len(block)))
        program.extend(block)
    program.append(_instruction(_RETURN, 0))
    return b"".join(program)


def neighbour_filter() -> bytes:
    """Packed `struct sock_filter`s that accept neighbours whose MAC may be news, and the router's own addresses.

    Before a known MAC is verified, and when nobody answers, nothing is learned; a home tells of that all day.
    """
    program = [
        _instruction(_LOAD_HALF, _KIND),
        _instruction(_JUMP_EQUAL, _native(rtnetlink.DELNEIGH), 4, 0),
        _instruction(_JUMP_EQUAL, _native(rtnetlink.NEWNEIGH), 0, 2),
        _instruction(_LOAD_HALF, rtnetlink.STATE),
        _instruction(_JUMP_ANY_BIT, _native(rtnetlink.NUD_NEWS), 0, 1),
        _instruction(_RETURN, _ALL),
        _instruction(_RETURN, 0),
    ]
    return b"".join(program)


def table_filter(table: bytes) -> bytes:
    """Packed `struct sock_filter`s that accept nf_tables' notifications which may tell of a change of `table`.

    By the first message alone, for a program can't loop: a datagram that begins with elements of another table is
    rejected (whole lists are loaded so), and so are the end of a transaction and a lone new element (dnsmasq's).
    """
    block = _name_block(table + b"\0") + _deletion_block()
    reject = len(block)  # from in front of the block; accept is one further
    program = [
        _instruction(_LOAD_HALF, _KIND),
        _instruction(_JUMP_EQUAL, _native(nftables.NEW_GENERATION), reject + 2, 0),
        _instruction(_JUMP_EQUAL, _native(nftables.NEW_ELEMENT), 1, 0),
        _instruction(_JUMP_EQUAL, _native(nftables.DELETED_ELEMENT), 0, reject + 1),
    ]
    return b"".join(program + block + [_instruction(_RETURN, 0), _instruction(_RETURN, _ALL)])


def _name_block(name: bytes) -> "list[bytes]":
    """Reject another table's message, else go on to the block of deletions."""
    block = []
    left = 2 * len(name)
    for index, byte in enumerate(name):
        left -= 2
        block.append(_instruction(_LOAD_BYTE, nftables.NAME + index))
        block.append(_instruction(_JUMP_EQUAL, byte, 0, left + _DELETION_BLOCK))
    return block


def _deletion_block() -> "list[bytes]":
    """Accept a deleted element, and a new one when more messages than that follow it, else reject."""
    return [
        _instruction(_LOAD_HALF, _KIND),
        _instruction(_JUMP_EQUAL, _native(nftables.DELETED_ELEMENT), 9, 0),
        _instruction(_LOAD_BYTE, _SIZE_HIGH),
        _instruction(_SHIFT_LEFT, 8),
        _instruction(_TO_X, 0),
        _instruction(_LOAD_BYTE, _SIZE_LOW),
        _instruction(_ADD_X, 0),
        _instruction(_TO_X, 0),
        _instruction(_LOAD_SIZE, 0),
        _instruction(_JUMP_EQUAL_X, 0, 0, 1),
    ]


def _native(value: int) -> int:
    """16 bits in the machine's byte order, such as a message's type, as a big-endian load sees them."""
    return int(struct.unpack(">H", struct.pack("H", value))[0])
