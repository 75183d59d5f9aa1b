"""Hours and weekdays are graphs."""

from __future__ import annotations

from tidemark.plugin import PagePart, Widget

PAGES: tuple[PagePart, ...] = tuple(
    Widget(f"VisitTime.{action}", view="graphVerticalBar")
    for action in ("getVisitInformationPerLocalTime", "getVisitInformationPerServerTime", "getByDayOfWeek")
)
