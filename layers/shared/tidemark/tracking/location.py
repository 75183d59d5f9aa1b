"""Where a visitor is: what a trusted request says, else the CDN's headers, else a database, else the language.

Databases are asked once a provider that uses them is chosen (UserCountry.setLocationProvider); a new instance chooses
one when it is first started. Source: Matomo 5.2, tracking behaviour, section 17; parameters country, region, city, lat,
long; recorded answers with and without such a choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

from tidemark.definitions.languages import country_of
from tidemark.model.hit import BY_REQUEST, Location
from tidemark.tracking.databases import FOUND_DIGITS, MAX_CODE, Databases, code, coordinate, location_of
from tidemark.tracking.parameters import RawParams, text
from tidemark.tracking.rules import Policy

BY_HEADERS: Final = "cdn"
BY_LANGUAGE: Final = "default"
DISABLED: Final = "disabled"
MAX_CITY: Final = 255
SAID_DIGITS: Final = 6


def locate(
    address: str,
    headers: Mapping[str, str],
    languages: str,
    policy: Policy,
    databases: Databases,
    found: Location | None = None,
) -> Location:
    """The location by the first source that knows one.

    `headers` are those of the address's own request; `languages` as clean_accept_language gives them. `found` is where
    a database placed the full address before it was masked; an empty `address` is not looked up.
    """
    provider = policy.location_provider
    if provider == DISABLED:
        return Location()
    if "cloudfront-viewer-country" in headers and provider != BY_LANGUAGE:
        return _of_headers(headers)
    if found is None and address:
        found = location_of(address, provider, policy.location_databases, databases)
    if found is not None:
        return found
    if not policy.locates_by_language:
        return Location()
    return _by_language(languages, policy.guesses_by_language)


@lru_cache(maxsize=4096)
def _by_language(languages: str, guesses: bool) -> Location:
    return Location(country_of(languages, guesses=guesses), provider=BY_LANGUAGE)


def _of_headers(headers: Mapping[str, str]) -> Location:
    """What CloudFront adds to a request."""
    return Location(
        country=code(headers.get("cloudfront-viewer-country")),
        region=headers.get("cloudfront-viewer-country-region", "")[:MAX_CODE] or None,
        city=unquote(headers.get("cloudfront-viewer-city", ""))[:MAX_CITY] or None,
        latitude=coordinate(headers.get("cloudfront-viewer-latitude"), FOUND_DIGITS),
        longitude=coordinate(headers.get("cloudfront-viewer-longitude"), FOUND_DIGITS),
        provider=BY_HEADERS,
    )


def overridden(location: Location, params: RawParams) -> Location:
    """The location with what an authorised request says instead; `provider` tells what it does say."""
    said: dict[str, Any] = {}
    if country := text(params, "country"):
        said["country"] = country[:MAX_CODE]
    if region := text(params, "region"):
        said["region"] = region[:MAX_CODE]
    if city := text(params, "city"):
        said["city"] = city[:MAX_CITY]
    for name, attribute in (("lat", "latitude"), ("long", "longitude")):
        if (value := coordinate(text(params, name), SAID_DIGITS)) is not None:
            said[attribute] = value
    return replace(location, provider=" ".join((BY_REQUEST, *said)), **said) if said else location
