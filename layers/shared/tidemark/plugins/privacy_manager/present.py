"""The settings that hold now, each by the names of the method that sets it, so that a form can begin with them.

Matomo's interface reads them elsewhere than in its API; these methods are our own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tidemark.model.settings import Value, site_setting
from tidemark.plugin import Access, Context, method

_REPORTS: Final = {
    "enableDeleteReports": "enable",
    "deleteReportsOlderThan": "older_than",
    "keepBasic": "keep_basic_metrics",
    "keepDay": "keep_day_reports",
    "keepWeek": "keep_week_reports",
    "keepMonth": "keep_month_reports",
    "keepYear": "keep_year_reports",
    "keepRange": "keep_range_reports",
    "keepSegments": "keep_segment_reports",
}
_NUMBERS: Final = frozenset({"deleteReportsOlderThan"})


@method("PrivacyManager.getAnonymizeIpSettings", Access.SUPERUSER)
def get_anonymize_ip_settings(context: Context) -> dict[str, Value]:
    """What is anonymised before it is stored, by the parameters of setAnonymizeIpSettings."""
    settings = context.settings
    names = ("useAnonymizedIpForVisitEnrichment", "anonymizeUserId", "anonymizeOrderId", "forceCookielessTracking")
    return {
        "anonymizeIPEnable": settings.flag("PrivacyManager.ipAnonymizerEnabled"),
        "maskLength": settings.number("PrivacyManager.ipAddressMaskLength"),
        **{name: settings.flag(f"PrivacyManager.{name}") for name in names},
        "anonymizeReferrer": settings.text("PrivacyManager.anonymizeReferrer"),
    }


@method("PrivacyManager.isDoNotTrackActive", Access.SUPERUSER)
def is_do_not_track_active(context: Context) -> bool:
    """Whether those whose browsers ask for it are left alone."""
    return context.settings.flag("PrivacyManager.doNotTrackEnabled")


@method("PrivacyManager.getDeleteLogsSettings", Access.SUPERUSER)
def get_delete_logs_settings(context: Context, onlySite: int = 0) -> dict[str, Value]:
    """Whether, and after how many days, hits and visits are deleted, by the parameters of setDeleteLogsSettings."""
    name_of = _names(context, onlySite)
    return {
        "enableDeleteLogs": context.settings.flag(name_of("Deletelogs.delete_logs_enable")),
        "deleteLogsOlderThan": context.settings.number(name_of("Deletelogs.delete_logs_older_than")),
    }


@method("PrivacyManager.getDeleteReportsSettings", Access.SUPERUSER)
def get_delete_reports_settings(context: Context, onlySite: int = 0) -> dict[str, Value]:
    """Whether, and after how many months, which reports are deleted, by the parameters of setDeleteReportsSettings."""
    name_of, settings = _names(context, onlySite), context.settings
    return {
        parameter: (settings.number if parameter in _NUMBERS else settings.flag)(
            name_of(f"Deletereports.delete_reports_{name}")
        )
        for parameter, name in _REPORTS.items()
    }


def _names(context: Context, idsite: int) -> Callable[[str], str]:
    """Under which name a setting holds for a site (0: for all): its own, where it has one. Raises: UnknownSite."""
    if not idsite:
        return lambda name: name
    known = context.site(idsite).idsite
    return lambda name: own if context.settings.is_given(own := site_setting(name, known)) else name


@method("PrivacyManager.getScheduleReportDeletionSettings", Access.SUPERUSER)
def get_schedule_report_deletion_settings(context: Context) -> dict[str, Value]:
    """How many days lie between two deletions, by the parameter of setScheduleReportDeletionSettings."""
    return {"deleteLowestInterval": context.settings.number("Deletelogs.delete_logs_schedule_lowest_interval")}


METHODS = (
    get_anonymize_ip_settings,
    is_do_not_track_active,
    get_delete_logs_settings,
    get_delete_reports_settings,
    get_schedule_report_deletion_settings,
)
