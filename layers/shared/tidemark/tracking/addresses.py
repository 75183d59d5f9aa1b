"""Addresses of clients: who sent a request through proxies, and which ranges an address lies in.

Source: Matomo 5.2, tracking behaviour, section 4; configuration, proxy_client_headers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from tidemark.model.ip_range import parse_ip_range
from tidemark.model.settings import Settings
from tidemark.tracking.request import Request

Address = IPv4Address | IPv6Address


def client_address(request: Request, settings: Settings) -> str:
    """The address that the configured proxy headers name, else the peer's."""
    for name in settings.words("General.proxy_client_headers"):
        header = request.header(name.removeprefix("HTTP_").replace("_", "-").lower())
        address = _named_address(header, settings) if header else ""
        if address:
            return address
    return request.client_ip


def _named_address(header: str, settings: Settings) -> str:
    proxies = parse_ranges(settings.words("General.proxy_ips"))
    named = [address for part in header.split(",") if (address := _plain(part)) and not is_in(address, proxies)]
    if not named:
        return ""
    return named[-1] if settings.flag("General.proxy_ip_read_last_in_list") else named[0]


def _plain(text: str) -> str:
    """An address without port and brackets; empty if it is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    return text if parse_address(text) else ""


@lru_cache(maxsize=4096)
def parse_address(text: str) -> Address | None:
    """The address, IPv4-mapped ones as IPv4; None if it is none."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


Ranges = tuple[tuple[int, int, int], ...]
"""(version, first, last) of address ranges as numbers."""


@lru_cache(maxsize=512)
def parse_ranges(entries: Sequence[str]) -> Ranges:
    """Ranges of single addresses, CIDR ranges and wildcards (`192.168.*.*`); entries that are none are ignored."""
    found = (parse_ip_range(entry) for entry in entries)
    return tuple((one.first.version, int(one.first), int(one.last)) for one in found if one is not None)


def is_in(text: str, ranges: Ranges) -> bool:
    """Whether the address lies in one of the ranges."""
    if not ranges:
        return False
    address = parse_address(text)
    if address is None:
        return False
    number = int(address)
    return any(first <= number <= last for version, first, last in ranges if version == address.version)
