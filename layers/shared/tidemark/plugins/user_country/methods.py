"""The API methods about what locates visitors."""

from __future__ import annotations

from typing import Final

from tidemark.model.errors import BadParameter
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


METHODS = (set_location_provider,)
