"""Where a visitor is: what a trusted request says, else the CDN's headers, else a database, else the language.

Databases are asked once a provider that uses them is chosen (UserCountry.setLocationProvider); a new instance chooses
one when it is first started. Source: Matomo 5.2, tracking behaviour, section 17; parameters country, region, city, lat,
long; recorded answers with and without such a choice.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final, Protocol
from urllib.parse import unquote

from tidemark.definitions.countries import UNKNOWN
from tidemark.definitions.languages import country_of
from tidemark.definitions.location_databases import shipped_databases
from tidemark.model.hit import Location
from tidemark.tracking.parameters import RawParams, text, to_number
from tidemark.tracking.rules import Policy

BY_DATABASE: Final = "geoip2"
BY_HEADERS: Final = "cdn"
BY_LANGUAGE: Final = "default"
DISABLED: Final = "disabled"
_WITH_DATABASE: Final = ("geoip2php", "geoip2server")
MAX_CITY: Final = 255
MAX_CODE: Final = 3
MAX_NETWORK: Final = 200
_NETWORK_NAMES: Final = ("isp", "organization", "autonomous_system_organization", "as_name")
FOUND_DIGITS: Final = 3
"""Decimals of coordinates that are looked up. Source: Matomo 5.2, location providers."""
SAID_DIGITS: Final = 6

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


def locate(address: str, headers: Mapping[str, str], languages: str, policy: Policy, databases: Databases) -> Location:
    """The location by the first source that knows one.

    `headers` are those of the address's own request; `languages` as clean_accept_language gives them.
    """
    provider = policy.location_provider
    if provider == DISABLED:
        return Location()
    if "cloudfront-viewer-country" in headers and provider != BY_LANGUAGE:
        return _of_headers(headers)
    record = record_of(address, provider, policy.location_databases, databases)
    if record is not None:
        return _nested(record) if _is_nested(record) else _flat(record)
    if not policy.locates_by_language:
        return Location()
    return _by_language(languages, policy.guesses_by_language)


@lru_cache(maxsize=4096)
def _by_language(languages: str, guesses: bool) -> Location:
    return Location(country_of(languages, guesses=guesses), provider=BY_LANGUAGE)


def record_of(address: str, provider: str, paths: Sequence[str], databases: Databases) -> Mapping[str, Any] | None:
    """What the first database that knows the address says; None if none does, or if the provider asks no database."""
    if provider not in _WITH_DATABASE:
        return None
    for path in paths or shipped_databases():
        reader = databases.reader(path)
        record = _look_up(reader, address) if reader else None
        if record is not None:
            return record
    return None


def _look_up(reader: Reader, address: str) -> Mapping[str, Any] | None:
    try:
        record = reader.get(address)
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
    country = _code(_member(record, "country", "iso_code"))
    subdivisions = record.get("subdivisions") or [{}]
    region = str(subdivisions[0].get("iso_code") or "").upper().removeprefix(f"{country.upper()}-")
    return Location(
        country=country,
        region=region[:MAX_CODE] or None,
        city=_member(record, "city", "names", "en") or None,
        latitude=_coordinate(_member(record, "location", "latitude"), FOUND_DIGITS),
        longitude=_coordinate(_member(record, "location", "longitude"), FOUND_DIGITS),
        provider=BY_DATABASE,
        network=_network(record),
    )


def _flat(record: Mapping[str, Any]) -> Location:
    """A record of the ip-location-db project: country_code, state1, city, latitude, longitude."""
    return Location(
        country=_code(record.get("country_code")),
        city=record.get("city") or None,
        latitude=_coordinate(record.get("latitude"), FOUND_DIGITS),
        longitude=_coordinate(record.get("longitude"), FOUND_DIGITS),
        provider=BY_DATABASE,
        network=_network(record),
    )


def _of_headers(headers: Mapping[str, str]) -> Location:
    """What CloudFront adds to a request."""
    return Location(
        country=_code(headers.get("cloudfront-viewer-country")),
        region=headers.get("cloudfront-viewer-country-region", "")[:MAX_CODE] or None,
        city=unquote(headers.get("cloudfront-viewer-city", ""))[:MAX_CITY] or None,
        latitude=_coordinate(headers.get("cloudfront-viewer-latitude"), FOUND_DIGITS),
        longitude=_coordinate(headers.get("cloudfront-viewer-longitude"), FOUND_DIGITS),
        provider=BY_HEADERS,
    )


def overridden(location: Location, params: RawParams) -> Location:
    """The location with what an authorised request says instead."""
    said: dict[str, Any] = {}
    if country := text(params, "country"):
        said["country"] = country[:MAX_CODE]
    if region := text(params, "region"):
        said["region"] = region[:MAX_CODE]
    if city := text(params, "city"):
        said["city"] = city[:MAX_CITY]
    for name, attribute in (("lat", "latitude"), ("long", "longitude")):
        if (value := _coordinate(text(params, name), SAID_DIGITS)) is not None:
            said[attribute] = value
    return replace(location, **said) if said else location


def _member(record: Any, *names: str) -> Any:
    for name in names:
        record = record.get(name) if isinstance(record, dict) else None
    return record


def _network(record: Mapping[str, Any]) -> str | None:
    """The provider's name as databases of networks have it, merged into those of places."""
    traits = record.get("traits")
    found = (part.get(name) for part in (traits, record) if isinstance(part, dict) for name in _NETWORK_NAMES)
    return next((str(name)[:MAX_NETWORK] for name in found if name), None)


def _code(value: Any) -> str:
    return str(value).lower()[:MAX_CODE] if value else UNKNOWN


def _coordinate(value: Any, digits: int) -> float | None:
    """Degrees, rounded; None if it is no number."""
    number = to_number(value) if isinstance(value, str) else value
    return round(float(number), digits) if isinstance(number, (int, float)) else None
