"""Sites with goals, dimensions, segments and notes, so that every report of made-up traffic has something to show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from tidemark.generating.traffic import Target
from tidemark.generating.world import world

Ask = Callable[..., Any]
"""Calls a method of the API by its name with named parameters; gives its answer."""

GOALS: Final = (
    ("Newsletter", "event_action", "newsletter subscribe", "contains", 2.0, 0),
    ("Asked for help", "url", "/help/contact", "contains", 0.0, 0),
    ("Catalogue", "file", "catalogue", "contains", 1.0, 0),
    ("Partner", "external_website", "partner.example.net", "contains", 0.5, 1),
    ("Read three minutes", "visit_duration", "3", "greater_than", 0.0, 0),
)
DIMENSIONS: Final = (("Customer", "visit"), ("Template", "action"), ("Author", "action"))
"""Their places are the numbers of the parameters that hits bear."""
SEGMENTS: Final = (
    ("Mobile", "deviceType==smartphone"),
    ("Came back", "visitorType==returning"),
    ("From search", "referrerType==search"),
    ("Buyers", "visitEcommerceStatus==ordered"),
)


def make_sites(ask: Ask, count: int, first: date, last: date) -> list[Target]:
    """Make so many sites whose data begin on `first`."""
    return [_make_site(ask, number, first, last) for number in range(count)]


def _make_site(ask: Ask, number: int, first: date, last: date) -> Target:
    names = world().sites
    name = names[number % len(names)] + (f" {number // len(names) + 1}" if number >= len(names) else "")
    url = f"https://www.shop{number + 1}.example.org" if number else "https://shop.example.org"
    made = ask("SitesManager.addSite", siteName=name, ecommerce=1, startDate=f"{first} 00:00:00", **{"urls[0]": url})
    idsite = int(made["value"] if isinstance(made, dict) else made)
    for title, attribute, pattern, match, revenue, multiple in GOALS:
        ask(
            "Goals.addGoal",
            idSite=idsite,
            name=title,
            matchAttribute=attribute,
            pattern=pattern,
            patternType=match,
            revenue=revenue,
            allowMultipleConversionsPerVisit=multiple,
        )
    for title, scope in DIMENSIONS:
        ask("CustomDimensions.configureNewCustomDimension", idSite=idsite, name=title, scope=scope, active=1)
    for title, definition in SEGMENTS:
        ask("SegmentEditor.add", name=title, definition=definition, idSite=idsite, autoArchive=0, enabledAllUsers=1)
    middle = first + timedelta((last - first).days // 2)
    ask("Annotations.add", idSite=idsite, date=str(middle), note="The autumn sale began", starred=1)
    return Target(idsite, url)
