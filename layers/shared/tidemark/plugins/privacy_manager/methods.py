"""The API methods that set what is anonymised and how long data are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.purging import Purging
from tidemark.model.registry import Registry
from tidemark.model.settings import Value, site_setting
from tidemark.plugin import Access, Context, method
from tidemark.plugins.privacy_manager.columns import ACTION_COLUMNS, VISIT_COLUMNS

REFERRER_LEVELS: Final = ("", "exclude_query", "exclude_path", "exclude_all")
_MAX_MASK_BYTES: Final = 4
_MIN_MONTHS_OF_REPORTS: Final = 2
RETENTION: Final = ("Deletelogs.", "Deletereports.")


def _set(context: Context, settings: Mapping[str, Value | None]) -> bool:
    context.service(Registry).set_settings(settings)
    return True


@method("PrivacyManager.setAnonymizeIpSettings", Access.SUPERUSER, raw_strings=True)
def set_anonymize_ip_settings(
    context: Context,
    anonymizeIPEnable: str,
    maskLength: int,
    useAnonymizedIpForVisitEnrichment: bool,
    anonymizeUserId: bool | None = None,
    anonymizeOrderId: bool | None = None,
    anonymizeReferrer: str = "",
    forceCookielessTracking: bool | None = None,
) -> bool:
    """Set what is anonymised before it is stored. What is not given stays, but for the referrer's level."""
    if not 0 <= maskLength <= _MAX_MASK_BYTES:
        raise BadParameter(f"{maskLength} bytes of an address cannot be masked: 0 to {_MAX_MASK_BYTES} can.")
    wanted: dict[str, Value | None] = {
        "ipAnonymizerEnabled": {"1": True, "0": False}.get(anonymizeIPEnable),
        "ipAddressMaskLength": maskLength,
        "useAnonymizedIpForVisitEnrichment": useAnonymizedIpForVisitEnrichment,
        "anonymizeUserId": anonymizeUserId,
        "anonymizeOrderId": anonymizeOrderId,
        "anonymizeReferrer": anonymizeReferrer if anonymizeReferrer in REFERRER_LEVELS else "",
        "forceCookielessTracking": forceCookielessTracking,
    }
    return _set(context, {f"PrivacyManager.{name}": value for name, value in wanted.items() if value is not None})


@method("PrivacyManager.activateDoNotTrack", Access.SUPERUSER)
def activate_do_not_track(context: Context) -> bool:
    """Do not track those whose browsers ask for it."""
    return _set(context, {"PrivacyManager.doNotTrackEnabled": True})


@method("PrivacyManager.deactivateDoNotTrack", Access.SUPERUSER)
def deactivate_do_not_track(context: Context) -> bool:
    """Track everyone, whatever their browsers ask for."""
    return _set(context, {"PrivacyManager.doNotTrackEnabled": False})


def confirm(context: Context, password: str) -> None:
    """Refuse a caller who has a password and does not give it. Raises: ApiError."""
    registry, login = context.service(Registry), context.identity.login
    user = registry.user(login)
    if user is not None and user.password_hash and not registry.password_matches(login, password):
        raise ApiError("The password that has to confirm this is missing or wrong.")


def _of_site(context: Context, settings: Mapping[str, Value | None], idsite: int) -> Mapping[str, Value | None]:
    """The settings as those of one site; 0: of all. Raises: UnknownSite."""
    if not idsite:
        return settings
    return {site_setting(name, context.site(idsite).idsite): value for name, value in settings.items()}


@method("PrivacyManager.setScheduleReportDeletionSettings", Access.SUPERUSER)
def set_schedule_report_deletion_settings(
    context: Context, deleteLowestInterval: int = 7, passwordConfirmation: str = ""
) -> bool:
    """Set how many days lie between two deletions of old data."""
    confirm(context, passwordConfirmation)
    return _set(context, {"Deletelogs.delete_logs_schedule_lowest_interval": deleteLowestInterval})


@method("PrivacyManager.setDeleteLogsSettings", Access.SUPERUSER)
def set_delete_logs_settings(
    context: Context,
    enableDeleteLogs: bool = False,
    deleteLogsOlderThan: int = 180,
    passwordConfirmation: str = "",
    onlySite: int = 0,
) -> bool:
    """Set whether, and after how many days, hits and visits are deleted; with `onlySite` of one site, before all else."""
    confirm(context, passwordConfirmation)
    settings = {
        "Deletelogs.delete_logs_enable": enableDeleteLogs,
        "Deletelogs.delete_logs_older_than": max(1, deleteLogsOlderThan),
    }
    return _set(context, _of_site(context, settings, onlySite))


@method("PrivacyManager.setDeleteReportsSettings", Access.SUPERUSER)
def set_delete_reports_settings(
    context: Context,
    enableDeleteReports: bool = False,
    deleteReportsOlderThan: int = 3,
    keepBasic: bool = False,
    keepDay: bool = False,
    keepWeek: bool = False,
    keepMonth: bool = False,
    keepYear: bool = False,
    keepRange: bool = False,
    keepSegments: bool = False,
    passwordConfirmation: str = "",
    onlySite: int = 0,
) -> bool:
    """Set whether, and after how many months, which reports are deleted; with `onlySite` of one site, before all else."""
    confirm(context, passwordConfirmation)
    settings: dict[str, Value] = {
        "enable": enableDeleteReports,
        "older_than": max(_MIN_MONTHS_OF_REPORTS, deleteReportsOlderThan),
        "keep_basic_metrics": keepBasic,
        "keep_day_reports": keepDay,
        "keep_week_reports": keepWeek,
        "keep_month_reports": keepMonth,
        "keep_year_reports": keepYear,
        "keep_range_reports": keepRange,
        "keep_segment_reports": keepSegments,
    }
    named = {f"Deletereports.delete_reports_{name}": value for name, value in settings.items()}
    return _set(context, _of_site(context, named, onlySite))


@method("PrivacyManager.resetSiteRetention", Access.SUPERUSER)
def reset_site_retention(context: Context, idSite: int, passwordConfirmation: str = "") -> bool:
    """Let a site keep its data as long as all others do."""
    confirm(context, passwordConfirmation)
    mark = site_setting("", context.site(idSite).idsite)
    given = context.service(Registry).settings().given
    return _set(context, {name: None for name in given if name.startswith(RETENTION) and name.endswith(mark)})


@method("PrivacyManager.executeDataPurge", Access.SUPERUSER)
def execute_data_purge(context: Context, passwordConfirmation: str) -> None:
    """Delete now what is older than the settings allow; on AWS the next run of the hourly housekeeping does it."""
    confirm(context, passwordConfirmation)
    context.service(Purging).purge()


def _listed(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"column_name": name, "default_value": blank} for name, blank in columns.items()]


@method("PrivacyManager.getAvailableVisitColumnsToAnonymize", Access.SUPERUSER)
def get_available_visit_columns_to_anonymize(_context: Context) -> list[dict[str, Any]]:
    """Columns of visits that can be blanked."""
    return _listed(VISIT_COLUMNS)


@method("PrivacyManager.getAvailableLinkVisitActionColumnsToAnonymize", Access.SUPERUSER)
def get_available_link_visit_action_columns_to_anonymize(_context: Context) -> list[dict[str, Any]]:
    """Columns of actions that can be blanked."""
    return _listed(ACTION_COLUMNS)


METHODS = (
    set_anonymize_ip_settings,
    activate_do_not_track,
    deactivate_do_not_track,
    set_schedule_report_deletion_settings,
    set_delete_logs_settings,
    set_delete_reports_settings,
    reset_site_retention,
    execute_data_purge,
    get_available_visit_columns_to_anonymize,
    get_available_link_visit_action_columns_to_anonymize,
)
