"""Which archives are too old to be kept, by the settings Deletereports. Source: Matomo 5.2, PrivacyManager."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from tidemark.model.period import Period, PeriodKind, add_months
from tidemark.model.settings import Settings, site_setting

PREFIX = "Deletereports.delete_reports_"
RANGE_DAYS = "General.purge_date_range_archives_after_X_days"
BASIC_METRICS = frozenset(
    {
        "nb_visits",
        "nb_uniq_visitors",
        "nb_users",
        "nb_actions",
        "max_actions",
        "sum_visit_length",
        "bounce_count",
        "nb_visits_converted",
        "Goal_nb_conversions",
        "Goal_nb_visits_converted",
        "Goal_revenue",
        "Goal_0_nb_conversions",
        "Goal_0_nb_visits_converted",
        "Goal_0_revenue",
    }
)
"""The numbers that stay when only basic metrics are kept."""
Fate = Literal["kept", "stripped", "rebuildable", "deleted"]
"""`stripped`: only basic metrics are left; `rebuildable`: so too, and who asks for more gets it built from raw data."""


@dataclass(frozen=True, slots=True)
class ReportRules:
    """How long a site's archives are kept."""

    before: date | None
    """Archives of periods that end before this day are deleted; None: archives are kept for ever."""
    kept_kinds: frozenset[PeriodKind]
    keeps_segments: bool
    keeps_basic_metrics: bool
    range_seconds: float
    """How old an archive of a range may become."""
    raw_data_from: date | None
    """The first day of which archives can be made anew."""

    def fate(self, period: Period, segment_hash: str, age_seconds: float) -> Fate:
        """What becomes of an archive that is so old."""
        if self._is_needed(period):
            return "kept"
        if period.kind is PeriodKind.RANGE and age_seconds > self.range_seconds:
            return "deleted"
        if self.before is None or period.last >= self.before:
            return "kept"
        if period.kind in self.kept_kinds and (not segment_hash or self.keeps_segments):
            return "kept"
        return "stripped" if self.keeps_basic_metrics else "deleted"

    def is_kept(self, period: Period) -> bool:
        """Whether all raw data of the period may be gone."""
        return self.raw_data_from is not None and period.last < self.raw_data_from

    def _is_needed(self, period: Period) -> bool:
        """Whether a longer archive may have to be merged from this one, which cannot be made anew.

        That is so until the raw data of the whole year are gone, from when on the year's archive stays as it is.
        """
        if self.raw_data_from is None or period.first >= self.raw_data_from:
            return False
        return date(period.last.year, 12, 31) >= self.raw_data_from or _week_end(period) >= self.raw_data_from


def _week_end(period: Period) -> date:
    return Period.containing(PeriodKind.WEEK, period.last).last


def rules_of(settings: Settings, idsite: int, today: date, raw_data_from: date | None) -> ReportRules:
    """The rules for a site. What is set for the site (…_enable.site3, …_older_than.site3) counts before all else."""

    def name(key: str) -> str:
        own = site_setting(PREFIX + key, idsite)
        return own if settings.is_given(own) else PREFIX + key

    before = None
    if settings.flag(name("enable")):
        before = add_months(today, -settings.number(name("older_than"))).replace(day=1)
    kinds = (kind for kind in PeriodKind if settings.flag(name(f"keep_{kind}_reports")))
    return ReportRules(
        before,
        frozenset(kinds),
        settings.flag(name("keep_segment_reports")),
        settings.flag(name("keep_basic_metrics")),
        max(1, settings.number(RANGE_DAYS)) * 86_400.0,
        raw_data_from,
    )
