"""Whether a reader may have an archive built. Source: Matomo 5.2, archiving rules, section 3."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from tidemark.model.period import PeriodKind
from tidemark.model.saved_segment import SavedSegment
from tidemark.model.settings import Settings

_TRIGGERING = "General.enable_browser_archiving_triggering"
_SEGMENTS_ENFORCED = "General.browser_archiving_disabled_enforce"
_REFRESH = "General.time_before_{}_archive_considered_outdated"
_RANGES_FORCED = "General.archiving_range_force_on_browser_request"
_NEW_SEGMENTS = "General.process_new_segments_from"
_SOME_DAYS_BEFORE = re.compile(r"(last|editLast)([0-9]{1,6})")


def may_archive(kind: PeriodKind, settings: Settings, *, has_segment: bool) -> bool:
    """Whether a request for reports may start archiving; else it gets what there is."""
    if settings.flag(_TRIGGERING):
        return True
    if kind is PeriodKind.RANGE:
        return settings.flag(_RANGES_FORCED)
    return has_segment and not settings.flag(_SEGMENTS_ENFORCED)


def refresh_seconds(kind: PeriodKind, settings: Settings) -> int:
    """How old an archive of a period that is not over may become before it is made again, seconds.

    Source: Matomo 5.2, archiving rules, section 4.
    """
    own = settings.number(_REFRESH.format("today" if kind is PeriodKind.DAY else kind))
    return own if own >= 0 else settings.number(_REFRESH.format("today"))


def is_refresh_set(settings: Settings) -> bool:
    """Whether somebody said how old archives may be; if not, who reads gets the present state."""
    return settings.is_given(_REFRESH.format("today"))


def first_day_of_segment(segment: SavedSegment, settings: Settings) -> date:
    """From which day on a new segment is archived in advance, as far as the setting says so.

    Source: Matomo 5.2, setting process_new_segments_from: beginning_of_time, segment_creation_time,
    segment_last_edit_time, lastN and editLastN (days before those two); anything else is the beginning.
    """
    created, edited = (_utc_date(at) for at in (segment.ts_created, segment.ts_last_edit or segment.ts_created))
    chosen = str(settings.value(_NEW_SEGMENTS))
    if chosen == "segment_creation_time":
        return created
    if chosen == "segment_last_edit_time":
        return edited
    found = _SOME_DAYS_BEFORE.fullmatch(chosen)
    if found is None:
        return date.min
    start = created if found[1] == "last" else edited
    return start - min(timedelta(days=int(found[2])), start - date.min)


def _utc_date(at: float) -> date:
    return datetime.fromtimestamp(at, UTC).date() if at else date.min
