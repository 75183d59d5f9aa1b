"""The database of countries by address that comes with the product.

It is fetched by `make` (tidemark.cli.location_database) rather than kept among the sources: 8 MB that change every day.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

COUNTRIES: Final = Path(__file__).with_name("countries.mmdb")
"""geo-whois-asn-country of the project ip-location-db, CC0: IPv4 and IPv6 address -> country."""


@cache
def shipped_databases() -> tuple[str, ...]:
    """Paths of the databases that are there: none where it was not fetched."""
    return (str(COUNTRIES),) if COUNTRIES.exists() else ()
