"""A goal of a site: what has to happen for a visit to convert."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MANUALLY: Final = "manually"
NUMERIC_ATTRIBUTES: Final = frozenset({"visit_duration"})  # in minutes, compared as numbers
EVENT_ATTRIBUTES: Final = frozenset({"event_category", "event_action", "event_name"})
MATCH_ATTRIBUTES: Final = (
    "url",
    "title",
    "file",
    "external_website",
    *sorted(EVENT_ATTRIBUTES),
    *sorted(NUMERIC_ATTRIBUTES),
    MANUALLY,
)
PATTERN_TYPES: Final = ("contains", "exact", "regex", "greater_than")


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal, with Matomo's attribute names; `idgoal` counts from 1 within its site and is never given twice.

    `revenue` is in the site's currency. A deleted goal keeps its number and takes no more conversions.

    Source: Matomo 5.2, tracking behaviour, section 11; database table goal.
    """

    idsite: int
    idgoal: int
    name: str
    match_attribute: str
    pattern: str = ""
    pattern_type: str = ""
    description: str = ""
    case_sensitive: bool = False
    allow_multiple: bool = False
    revenue: float = 0.0
    event_value_as_revenue: bool = False
    deleted: bool = False
