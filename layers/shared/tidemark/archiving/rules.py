"""Whether a reader may have an archive built. Source: Matomo 5.2, archiving rules, section 3."""

from __future__ import annotations

from tidemark.model.period import PeriodKind
from tidemark.model.settings import Settings

_TRIGGERING = "General.enable_browser_archiving_triggering"
_SEGMENTS_ENFORCED = "General.browser_archiving_disabled_enforce"
_REFRESH = "General.time_before_{}_archive_considered_outdated"
_RANGES_FORCED = "General.archiving_range_force_on_browser_request"


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
