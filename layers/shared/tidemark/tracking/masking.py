"""Addresses as they may be written down: with their last bytes zeroed. Light, for collect masks before it queues.

Source: Matomo 5.2, tracking behaviour, section 14.
"""

from __future__ import annotations

from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import Final

NOBODY: Final = "0.0.0.0"  # noqa: S104 - an address that nobody has
_MAPPED: Final = b"\0" * 10 + b"\xff\xff"
_ZEROS: Final = ("0",) * 4
_BYTES_KEPT: Final = (16, 8, 6, 3, 0)
"""Of an IPv6 address, by the number of bytes that an IPv4 address loses."""


def packed(text: str) -> bytes:
    """The address's 4 or 16 bytes, IPv4-mapped ones as IPv4; none for what is no address."""
    text = text.strip()
    try:
        if ":" not in text:
            return inet_pton(AF_INET, text)
        data = inet_pton(AF_INET6, text.partition("%")[0])
    except (OSError, ValueError):
        return b""
    return data[12:] if data.startswith(_MAPPED) else data


def masked(text: str, length: int) -> str:
    """The address with its last `length` bytes zeroed (IPv6: what corresponds); NOBODY for what is no address.

    An IPv4 address that was sent as IPv6 stays one. Source: Matomo 5.2, visitIp of visits.
    """
    data = packed(text)
    if not data:
        return NOBODY
    length = min(max(length, 0), 4)
    if len(data) == 16:
        kept = data[: _BYTES_KEPT[length]]
        return inet_ntop(AF_INET6, kept + bytes(16 - len(kept)))
    if ":" in text:
        return "::ffff:" + ".".join(map(str, data[: 4 - length] + bytes(length)))
    return ".".join([*text.strip().split(".")[: 4 - length], *_ZEROS[:length]])
