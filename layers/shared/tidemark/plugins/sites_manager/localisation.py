"""Currencies and time zones: lists and names.

data/*.json hold the names of the Unicode CLDR (Unicode licence) and the zones of the tz database (public domain).
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

from tidemark.plugin import Access, Context, method

_UTC_OFFSETS: Final = (
    *(half / 2 for half in range(-24, 12)),
    5.75,
    *(half / 2 for half in range(12, 18)),
    8.75,
    *(half / 2 for half in range(18, 25)),
    12.75,
    13.0,
    13.75,
    14.0,
)
"""Offsets from UTC in hours that can be chosen. Source: Matomo 5.2, SitesManager.getTimezonesList."""
_QUARTERS: Final = {".25": ":15", ".5": ":30", ".75": ":45"}


@cache
def _data(name: str) -> dict[str, Any]:
    """A data file of this plugin."""
    data: dict[str, Any] = json.loads(files(__package__).joinpath("data", name).read_text(encoding="utf-8"))
    return data


@cache
def known_currencies(further: str) -> dict[str, tuple[str, str]]:
    """Code -> (symbol, English name), with the further ones of the setting General.currencies (CODE=name, ...)."""
    known = {code: (symbol, name) for code, (symbol, name) in _data("currencies.json").items()}
    for entry in further.split(","):
        code, _, name = (part.strip() for part in entry.partition("="))
        if code:
            known.setdefault(code, (code, name or code))
    return known


def currency_name(code: str, further: str) -> str:
    """English name of a currency, its code if it has none."""
    return known_currencies(further).get(code, ("", code))[1]


def offset_name(zone: str) -> str:
    """An offset with minutes in place of decimals: "UTC+5:30" for "UTC+5.5"."""
    for decimal, minutes in _QUARTERS.items():
        zone = zone.replace(decimal, minutes)
    return zone


@cache
def _zone_names() -> dict[str, str]:
    return {zone: name for zones in _data("time_zones.json").values() for zone, name in zones.items()}


def time_zone_label(zone: str) -> str:
    """Country, and city where the country has several zones; the city alone for zones that have no country."""
    if zone.startswith("UTC"):
        return offset_name(zone)
    return _zone_names().get(zone) or zone.rsplit("/", 1)[-1].replace("_", " ")


@method("SitesManager.getCurrencyList")
def get_currency_list(context: Context) -> dict[str, str]:
    """Code -> name and symbol, in order of the names."""
    known = known_currencies(context.settings.text("General.currencies"))
    labels = {code: f"{name} ({symbol})" for code, (symbol, name) in known.items()}
    return dict(sorted(labels.items(), key=lambda label: label[1]))


@method("SitesManager.getCurrencySymbols")
def get_currency_symbols(context: Context) -> dict[str, str]:
    """Code -> symbol."""
    known = known_currencies(context.settings.text("General.currencies"))
    return {code: symbol for code, (symbol, _) in known.items()}


@method("SitesManager.isTimezoneSupportEnabled", Access.SOME_VIEW)
def is_timezone_support_enabled(_context: Context) -> bool:
    """Always: time zones come with the product."""
    return True


@method("SitesManager.getTimezonesList")
def get_timezones_list(_context: Context) -> dict[str, dict[str, str]]:
    """Continent -> zone -> name, and the offsets from UTC at the end."""
    offsets = (f"UTC{offset:+g}" if offset else "UTC" for offset in _UTC_OFFSETS)
    return {**_data("time_zones.json"), "UTC": {zone: offset_name(zone) for zone in offsets}}


@method("SitesManager.getTimezoneName", raw_strings=True)
def get_timezone_name(
    _context: Context,
    timezone: str,
    countryCode: str | None = None,
    multipleTimezonesInCountry: bool | None = None,
) -> str:
    """Readable name of a zone; without the city if the caller says that its country has only this one."""
    label = time_zone_label(timezone)
    is_alone = countryCode is not None and multipleTimezonesInCountry is False
    return label.split(" - ")[0] if is_alone else label


METHODS = (
    get_currency_list,
    get_currency_symbols,
    is_timezone_support_enabled,
    get_timezones_list,
    get_timezone_name,
)
