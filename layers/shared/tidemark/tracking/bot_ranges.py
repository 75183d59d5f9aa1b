"""Ranges of addresses that only bots have. Light, for collect asks before it masks the address.

Source: Matomo 5.2, tracking behaviour, section 4.
"""

from __future__ import annotations

from typing import Final

from tidemark.tracking.masking import packed

GOOGLE: Final = 1
OTHERS: Final = 2


def _range(entry: str) -> tuple[int, int]:
    address, _, bits = entry.partition("/")
    others = (1 << 32 - int(bits)) - 1
    last = int.from_bytes(packed(address), "big") | others
    return last ^ others, last


_GOOGLE: Final = tuple(
    map(
        _range,
        (
            "216.239.32.0/19",
            "64.233.160.0/19",
            "66.249.80.0/20",
            "72.14.192.0/18",
            "209.85.128.0/17",
            "66.102.0.0/20",
            "74.125.0.0/16",
            "64.18.0.0/20",
            "207.126.144.0/20",
            "173.194.0.0/16",
        ),
    )
)
_OTHERS: Final = tuple(
    map(
        _range,
        (
            # Bing and MSN
            "64.4.0.0/18",
            "65.52.0.0/14",
            "157.54.0.0/15",
            "157.56.0.0/14",
            "157.60.0.0/16",
            "207.46.0.0/16",
            "207.68.128.0/18",
            "207.68.192.0/20",
            "131.253.26.0/20",
            "131.253.24.0/20",
            # Yahoo
            "72.30.198.0/20",
            "72.30.196.0/20",
            "98.137.207.0/20",
            # a crawler that hammers
            "1.202.218.8/32",
        ),
    )
)


_FIRST_BYTES: Final = frozenset(
    str(byte) for first, last in _GOOGLE + _OTHERS for byte in range(first >> 24, (last >> 24) + 1)
)


def bot_network(address: str) -> int:
    """Whose bots have the address: GOOGLE, OTHERS, or 0 for nobody's."""
    if address.partition(".")[0] not in _FIRST_BYTES and ":" not in address:
        return 0  # nearly all of them
    data = packed(address)
    if len(data) != 4:
        return 0
    number = int.from_bytes(data, "big")
    if any(first <= number <= last for first, last in _GOOGLE):
        return GOOGLE
    return OTHERS if any(first <= number <= last for first, last in _OTHERS) else 0
