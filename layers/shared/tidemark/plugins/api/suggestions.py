"""API.getSuggestedValuesForSegment: values that a segment may be compared with.

Source: Matomo 5.2, API.getSuggestedValuesForSegment.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from math import isfinite
from typing import Any, Final

from tidemark.model.access import Role
from tidemark.model.errors import ApiError, BadSegment
from tidemark.model.registry import Registry
from tidemark.plugin import MOST_SUGGESTIONS, Access, Context, Details, Plugins, Segment, method

LOOK_BACK_DAYS: Final = 60
VISITS_WITH_ACTIONS: Final = 400
VISITS_WITHOUT_ACTIONS: Final = 800
_IS_ENABLED: Final = "General.enable_segment_suggested_values"
_PERIODS: Final = "General.enabled_periods_API"
_ENDS_OF_VISITS: Final = frozenset({"entryPageUrl", "entryPageTitle", "exitPageUrl", "exitPageTitle"})
_DECIMALS: Final = 3


@method("API.getSuggestedValuesForSegment", Access.VIEW)
def get_suggested_values_for_segment(context: Context, segmentName: str, idSite: str | int) -> list[str]:
    """At most 30 values: the segment's fixed ones, or those that recent visits of the sites have most often.

    Raises: BadSegment for a name that no listed segment has, nor one that the sites define; ApiError where no visit has any of several segments in one.
    """
    if not context.settings.flag(_IS_ENABLED):
        return []
    segments = context.service(Plugins).segments()
    segment = segments.get(segmentName)
    if segment is None or not (segment.is_listed or _is_defined(context, idSite, segment)):
        raise BadSegment(f"There is no segment '{segmentName}'.")
    if segment.suggestions:
        return list(segment.suggestions)
    if "range" not in context.settings.words(_PERIODS):
        return []
    if segment.suggest is not None:
        visits = recent_visits(context, idSite, segment)
        by_site = [segment.suggest(context, site, visits) for site in _sites(context, idSite)]
        found: Iterable[str] = dict.fromkeys(value for values in by_site for value in values)
    else:
        parts = [segment] if segment.detail else [segments[name] for name in segment.union_of] or [segment]
        visits_of = {part.segment: recent_visits(context, idSite, part) for part in parts}
        if segment.union_of and not any(visits_of.values()):
            raise ApiError(f"No recent visit has a value for '{segmentName}'.")
        found = most_frequent(value for part in parts for value in _values(visits_of[part.segment], part))
    return [unescape(value) for value in found][:MOST_SUGGESTIONS]


def _is_defined(context: Context, asked: str | int, segment: Segment) -> bool:
    """Whether the sites define the segment themselves, as for their custom dimensions."""
    if segment.is_known_to is None:
        return False
    registry, sites = context.service(Registry), _sites(context, asked)
    return bool(sites) and all(segment.is_known_to(registry, site) for site in sites)


def _sites(context: Context, asked: str | int) -> list[int]:
    """The numbers of the sites that were asked for; all are those that the caller may see."""
    if asked == "all":
        sites = context.service(Registry).sites()
        return [site.idsite for site in sites if context.identity.may(Role.VIEW, site.idsite)]
    return [int(part) for part in str(asked).split(",") if part.strip().isdecimal()]


def recent_visits(context: Context, id_site: str | int, segment: Segment) -> list[Details]:
    """The newest visits that have any value of the segment, as the visit log tells them."""
    today = dt.datetime.fromtimestamp(context.now, dt.UTC).date()
    needs_actions = segment.table != "visits" or segment.segment in _ENDS_OF_VISITS
    table = context.call(
        "Live.getLastVisitsDetails",
        idSite=id_site,
        period="range",
        date=f"{today - dt.timedelta(days=LOOK_BACK_DAYS)},today",
        segment=f"{segment.segment}!=",
        flat=1,
        doNotFetchActions=0 if needs_actions else 1,
        filter_limit=VISITS_WITH_ACTIONS if needs_actions else VISITS_WITHOUT_ACTIONS,
    )
    return [row.columns for row in table]


def most_frequent(values: Iterable[Any]) -> list[str]:
    """Each value once, the most frequent first, those as frequent in alphabetical order. Empty ones are left out."""
    counts = Counter(text for text in map(_text, values) if text)
    return sorted(counts, key=lambda text: (-counts[text], text))


def _values(visits: Sequence[Details], segment: Segment) -> Iterator[Any]:
    """What visits bear under the segment's name, else what their actions do."""
    name = segment.detail or segment.segment
    numbered = f"{name}__"
    own = [value for visit in visits for key, value in visit.items() if key == name or key.startswith(numbered)]
    if any(own):
        yield from own
    else:
        for line in (line for visit in visits for line in visit.get("actionDetails", ())):
            value = line.get(name)
            yield from value if isinstance(value, list) else (value,)


def _text(value: Any) -> str:
    """A value as it may stand in a segment: numbers, also those in texts, with at most three decimals."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    try:
        number = float(value)
    except ValueError:
        return str(value)
    return f"{round(number, _DECIMALS):.15g}" if isfinite(number) else str(value)
