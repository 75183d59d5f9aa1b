"""Maps, and continents beside the number of countries."""

from __future__ import annotations

from tidemark.plugin import Container, Page, PagePart, Widget

_LOCATIONS = "Locations"
_MAP = "Real-time Map"

PAGES: tuple[PagePart, ...] = (
    Page("Visitors", _MAP, "UserCountryMap_RealTimeMap", 9, "Where the visitors of the last minutes are."),
    Widget("UserCountryMap.realtimeMap", _MAP, "Visitors", _MAP, 15, is_wide=True),
    Widget("UserCountryMap.visitorMap", "Visitor Map", "Visitors", _LOCATIONS, 1),
    Container(
        "Continent",
        (
            Widget("UserCountry.getContinent", view="table"),
            Widget("UserCountry.getDistinctCountries", "", "Visitors", _LOCATIONS, 106, "table"),
        ),
        "Visitors",
        _LOCATIONS,
        order=106,
    ),
)
