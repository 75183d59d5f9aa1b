"""The API method that locates an address."""

from __future__ import annotations

from typing import Any, Final

from tidemark.definitions.countries import continent_of
from tidemark.definitions.names import CONTINENTS, country_name
from tidemark.definitions.regions import region_name
from tidemark.model.calls import Calls
from tidemark.model.errors import BadParameter
from tidemark.model.ip_range import parse_ip_range
from tidemark.model.location_lookup import LocationLookup
from tidemark.plugin import Access, Context, method
from tidemark.plugins.user_country.methods import PROVIDERS

_CONTINENT_CODES: Final = {
    "afr": "AF",
    "amc": "NA",
    "amn": "NA",
    "ams": "SA",
    "ant": "AN",
    "asi": "AS",
    "eur": "EU",
    "oce": "OC",
}


@method("UserCountry.getLocationFromIP", Access.SOME_VIEW)
def get_location_from_ip(context: Context, ip: str = "", provider: str = "") -> list[dict[str, Any]] | bool:
    """The place of an address (by default the caller's) as one row; false if nobody knows."""
    if provider and provider not in PROVIDERS:
        raise BadParameter(f"'{provider}' is no location provider: {', '.join(PROVIDERS)}.")
    address = ip or context.service(Calls).client_ip
    if parse_ip_range(address) is None:
        raise BadParameter(f"'{address}' is no IP address.")
    place = context.service(LocationLookup).locate(address)
    if place.country == "xx" and not place.city:
        return False
    continent = continent_of(place.country)
    row: dict[str, Any] = {
        "continent_name": CONTINENTS.get(continent, ""),
        "continent_code": _CONTINENT_CODES.get(continent, ""),
        "country_code": place.country.upper(),
        "country_name": country_name(place.country),
        "city_name": place.city or "",
        "lat": place.latitude,
        "long": place.longitude,
        "postal_code": "",
    }
    if place.region:
        row |= {"region_code": place.region, "region_name": region_name(place.country, place.region)}
    if place.network:
        row |= {"isp": place.network}
    return [{**row, "ip": address}]


METHODS = (get_location_from_ip,)
