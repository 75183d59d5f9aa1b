"""The API methods about what locates visitors."""

from __future__ import annotations

from typing import Final

from tidemark.model.errors import BadParameter
from tidemark.model.registry import Registry
from tidemark.model.settings import Value
from tidemark.plugin import Access, Context, method

PROVIDERS: Final = ("default", "geoip2php", "geoip2server", "disabled")
"""By the visitor's language, by a database, by the web server (or CDN), not at all. Source: Matomo 5.2."""

_DATABASES: Final = frozenset({"geoip2php", "geoip2server"})
SWITCH: Final = "usercountry.switchtoisoregions"


@method("UserCountry.setLocationProvider", Access.SUPERUSER)
def set_location_provider(context: Context, providerId: str) -> None:
    """Choose what locates visitors from now on.

    Regions before the first choice of a database count as FIPS codes. Source: Matomo 5.2, plugins/GeoIp2.
    """
    if providerId not in PROVIDERS:
        raise BadParameter(f"'{providerId}' is no location provider: {', '.join(PROVIDERS)}.")
    chosen: dict[str, Value] = {"usercountry.location_provider": providerId}
    if providerId in _DATABASES and not context.settings.number(SWITCH):
        chosen[SWITCH] = int(context.now)
    context.service(Registry).set_settings(chosen)


METHODS = (set_location_provider,)
