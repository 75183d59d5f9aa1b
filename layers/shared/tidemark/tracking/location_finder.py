"""What is known of an address, for people who ask. Source: Matomo 5.2, UserCountry.getLocationFromIP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tidemark.definitions.countries import continent_of
from tidemark.definitions.names import continent_name, country_names
from tidemark.definitions.regions import region_name
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.tracking.location import Databases, record_of
from tidemark.tracking.rules import Policy

CONTINENT_CODES: Final = {
    "afr": "AF",
    "amc": "NA",
    "amn": "NA",
    "ams": "SA",
    "ant": "AN",
    "asi": "AS",
    "eur": "EU",
    "oce": "OC",
}
"""Two-letter codes of continents, by Matomo's own."""


class Locations:
    """Implements tidemark.model.location_finder.LocationFinder."""

    def __init__(self, snapshot: Callable[[], TrackerSnapshot]) -> None:
        self._snapshot = snapshot
        self._databases = Databases()

    def location_of(self, address: str, provider: str = "") -> Mapping[str, str | float]:
        """See LocationFinder."""
        policy = Policy.of(self._snapshot().settings)
        record = record_of(address, provider or policy.location_provider, policy.location_databases, self._databases)
        return {**described(record), "ip": address} if record else {}


def described(record: Mapping[str, Any]) -> dict[str, str | float]:
    """A database's record by Matomo's names; names in English."""
    country = str(_member(record, "country", "iso_code") or record.get("country_code") or "").lower()
    continent = continent_of(country)
    found: dict[str, Any] = {
        "continent_name": _member(record, "continent", "names", "en") or continent_name(continent) or "",
        "continent_code": _member(record, "continent", "code") or CONTINENT_CODES.get(continent, ""),
        "country_code": country.upper(),
        "country_name": _member(record, "country", "names", "en") or country_names().get(country, ""),
        "city_name": _member(record, "city", "names", "en") or _text(record.get("city")),
        "lat": _rounded(_member(record, "location", "latitude") or record.get("latitude")),
        "long": _rounded(_member(record, "location", "longitude") or record.get("longitude")),
        "postal_code": _member(record, "postal", "code") or _text(record.get("postcode")),
    }
    subdivisions = record.get("subdivisions") or ()
    if subdivisions:
        code = str(subdivisions[0].get("iso_code") or "")
        name = _member(subdivisions[0], "names", "en") or region_name(country, code) or ""
        found |= {"region_code": code, "region_name": name}
    traits = record.get("traits") or {}
    for name, field in (("isp", "isp"), ("org", "organization")):
        if value := traits.get(field) or record.get(field):
            found[name] = str(value)
    return found


def _member(record: Any, *names: str) -> Any:
    for name in names:
        record = record.get(name) if isinstance(record, Mapping) else None
    return record


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _rounded(value: Any) -> str | float:
    try:
        return round(float(value), 3)
    except (TypeError, ValueError):
        return ""
