"""Whether a reader may have an archive built. Source: Matomo 5.2, archiving rules, section 3."""

from __future__ import annotations

from tidemark.model.period import PeriodKind
from tidemark.model.settings import Settings

_TRIGGERING = "General.enable_browser_archiving_triggering"
_SEGMENTS_ENFORCED = "General.browser_archiving_disabled_enforce"
_RANGES_FORCED = "General.archiving_range_force_on_browser_request"


def may_archive(kind: PeriodKind, settings: Settings, *, has_segment: bool) -> bool:
    """Whether a request for reports may start archiving; else it gets what there is."""
    if settings.flag(_TRIGGERING):
        return True
    if kind is PeriodKind.RANGE:
        return settings.flag(_RANGES_FORCED)
    return has_segment and not settings.flag(_SEGMENTS_ENFORCED)
