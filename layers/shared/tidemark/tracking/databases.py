"""Location databases: which place an address has.

Collect asks them only where nothing else tells it and the full address may be used; see `door`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any, Final, Protocol

from tidemark.definitions.countries import UNKNOWN
from tidemark.definitions.location_databases import shipped_databases
from tidemark.definitions.regions import region_code
from tidemark.model.hit import Location
from tidemark.tracking.parameters import to_number

BY_DATABASE: Final = "geoip2"
PROVIDERS: Final = ("geoip2php", "geoip2server")
"""Those that ask databases."""
MAX_CODE: Final = 3
MAX_NETWORK: Final = 200
FOUND_DIGITS: Final = 3
"""Decimals of coordinates that are looked up. Source: Matomo 5.2, location providers."""
_NETWORK_NAMES: Final = ("isp", "organization", "autonomous_system_organization", "as_name")
_BY_SMALLEST: Final = frozenset({"gb"})
"""Countries whose regions are the smallest subdivisions. Source: Matomo 5.2, plugins/GeoIp2."""

logger = logging.getLogger(__name__)


class Reader(Protocol):
    """An open location database."""

    def get(self, address: str) -> Any: ...


class Databases:
    """Location databases by path, opened when first asked for."""

    def __init__(self) -> None:
        self._readers: dict[str, Reader | None] = {}

    def reader(self, path: str) -> Reader | None:
        """The database at this path, None if it cannot be opened."""
        if path not in self._readers:
            self._readers[path] = _open(path)
        return self._readers[path]


def _open(path: str) -> Reader | None:
    import maxminddb  # noqa: PLC0415 - only where a database is configured

    try:
        return maxminddb.open_database(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError):
        logger.exception("the location database cannot be opened", extra={"path": path})
        return None


def location_of(address: str, provider: str, paths: Sequence[str], databases: Databases) -> Location | None:
    """Where the first database that knows the address says it is; None if none does, or the provider asks none."""
    record = record_of(address, provider, paths, databases)
    if record is None:
        return None
    return _nested(record) if _is_nested(record) else _flat(record)


def record_of(address: str, provider: str, paths: Sequence[str], databases: Databases) -> Mapping[str, Any] | None:
    """What the first database that knows the address says; None if none does, or if the provider asks no database."""
    if provider not in PROVIDERS:
        return None
    for path in paths or shipped_databases():
        reader = databases.reader(path)
        record = _look_up(reader, address) if reader else None
        if record is not None:
            return record
    return None


def _look_up(reader: Reader, address: str) -> Mapping[str, Any] | None:
    try:
        record = reader.get(str(ip_address(address)))  # what is written with needless zeros is no address
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    if _is_nested(record):
        says_where = _member(record, "country", "iso_code") or _member(record, "city", "names", "en")
    else:
        says_where = record.get("country_code") or record.get("city")
    return record if says_where else None


def _is_nested(record: Mapping[str, Any]) -> bool:
    """Whether it is written as MaxMind and DB-IP do."""
    return "country" in record or "location" in record


def _nested(record: Mapping[str, Any]) -> Location:
    """A record as MaxMind and DB-IP write it."""
    country = code(_member(record, "country", "iso_code"))
    subdivisions = record.get("subdivisions") or [{}]
    subdivision = subdivisions[-1 if country in _BY_SMALLEST else 0]
    region = str(subdivision.get("iso_code") or "").upper().removeprefix(f"{country.upper()}-")
    return Location(
        country=country,
        region=region[:MAX_CODE] or None,
        city=_member(record, "city", "names", "en") or None,
        latitude=coordinate(_member(record, "location", "latitude"), FOUND_DIGITS),
        longitude=coordinate(_member(record, "location", "longitude"), FOUND_DIGITS),
        provider=BY_DATABASE,
        network=_network(record),
    )


def _flat(record: Mapping[str, Any]) -> Location:
    """A record of the ip-location-db project: country_code, state1 (a name), city, latitude, longitude."""
    country, name = code(record.get("country_code")), record.get("state1")
    return Location(
        country=country,
        region=region_code(country, name) if isinstance(name, str) else None,
        city=record.get("city") or None,
        latitude=coordinate(record.get("latitude"), FOUND_DIGITS),
        longitude=coordinate(record.get("longitude"), FOUND_DIGITS),
        provider=BY_DATABASE,
        network=_network(record),
    )


def _member(record: Any, *names: str) -> Any:
    for name in names:
        record = record.get(name) if isinstance(record, dict) else None
    return record


def _network(record: Mapping[str, Any]) -> str | None:
    """The provider's name as databases of networks have it, merged into those of places."""
    traits = record.get("traits")
    found = (part.get(name) for part in (traits, record) if isinstance(part, dict) for name in _NETWORK_NAMES)
    return next((str(name)[:MAX_NETWORK] for name in found if name), None)


def code(value: Any) -> str:
    """A country's code as it is stored."""
    return str(value).lower()[:MAX_CODE] if value else UNKNOWN


def coordinate(value: Any, digits: int) -> float | None:
    """Degrees, rounded as PHP does (37.7915 to 37.792); None if it is no number."""
    from tidemark.model.rounding import round_half_up  # noqa: PLC0415 - brings decimal, which most never need

    number = to_number(value) if isinstance(value, str) else value
    return float(round_half_up(float(number), digits)) if isinstance(number, (int, float)) else None
