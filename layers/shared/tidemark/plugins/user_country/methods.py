"""The API methods about what locates visitors."""

from __future__ import annotations

from typing import Final

from tidemark.model.errors import BadParameter
from tidemark.model.location_finder import LocationFinder
from tidemark.model.registry import Registry
from tidemark.plugin import Access, Context, method

PROVIDERS: Final = ("default", "geoip2php", "geoip2server", "disabled")
"""By the visitor's language, by a database, by the web server (or CDN), not at all. Source: Matomo 5.2."""


@method("UserCountry.setLocationProvider", Access.SUPERUSER)
def set_location_provider(context: Context, providerId: str) -> None:
    """Choose what locates visitors from now on."""
    if providerId not in PROVIDERS:
        raise BadParameter(f"'{providerId}' is no location provider: {', '.join(PROVIDERS)}.")
    context.service(Registry).set_settings({"usercountry.location_provider": providerId})


@method("UserCountry.getLocationFromIP", Access.SOME_VIEW)
def get_location_from_ip(context: Context, ip: str = "", provider: str = "") -> dict[str, str | float]:
    """What the location databases know of an address."""
    if not ip:
        raise BadParameter("Which address? Name it with the parameter 'ip'.")
    if provider and provider not in PROVIDERS:
        raise BadParameter(f"'{provider}' is no location provider: {', '.join(PROVIDERS)}.")
    return dict(context.service(LocationFinder).location_of(ip, provider))


METHODS = (set_location_provider, get_location_from_ip)
