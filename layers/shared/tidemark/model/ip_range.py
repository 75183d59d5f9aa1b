"""Ranges of IP addresses as people write them: one address, a wildcard, or CIDR."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

_WILDCARD: Final = re.compile(r"((?:\d{1,3}\.){0,3})(\*(?:\.\*)*)")
_IPV4_BYTES: Final = 4
_PORT: Final = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|(\d{1,3}(?:\.\d{1,3}){3}):\d+")


@dataclass(frozen=True, slots=True)
class IpRange:
    """Consecutive addresses of one IP version, both ends included."""

    first: IPv4Address | IPv6Address
    last: IPv4Address | IPv6Address

    def __contains__(self, address: IPv4Address | IPv6Address) -> bool:
        return address.version == self.first.version and int(self.first) <= int(address) <= int(self.last)


def parse_ip_range(text: str) -> IpRange | None:
    """The range meant by "1.2.3.4", "1.2.3.*", "1.2.*.*", "1.2.3.4/24", "2001:db8::/32"; None for anything else.

    Brackets and a port are ignored, as are bits of the address behind the length of a CIDR prefix.

    Source: Matomo 5.2, excluded IP addresses.
    """
    text = text.strip()
    if with_port := _PORT.fullmatch(text):
        text = with_port[1] or with_port[2]
    if wildcard := _WILDCARD.fullmatch(text):
        fixed, stars = wildcard[1].split(".")[:-1], wildcard[2].count("*")
        if len(fixed) + stars != _IPV4_BYTES:
            return None
        text = ".".join([*fixed, *["0"] * stars]) + f"/{8 * len(fixed)}"
    try:
        if "/" in text:
            network = ip_network(text, strict=False)
            return IpRange(network.network_address, network.broadcast_address)
        address = ip_address(text)
    except ValueError:
        return None
    return IpRange(address, address)


def address_bytes(text: str) -> str | None:
    """The bytes of an address as hexadecimal digits; None for a text that is none.

    Texts order as the bytes do: IPv4 has 8 digits, IPv6 32.
    """
    try:
        return ip_address(text.strip()).packed.hex()
    except ValueError:
        return None
