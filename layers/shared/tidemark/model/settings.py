"""The instance's settings, addressed by Matomo's names, with Matomo's defaults.

`<section>.<key>` names an entry of Matomo's configuration file ("Tracker.visit_standard_length"); names of its stored options
("SitesManager_DefaultTimezone", "PrivacyManager.ipAnonymizerEnabled") are used as they are.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = str | int | float | bool

_TRACKER: Final[dict[str, Value]] = {
    # Who is who
    "enable_userid_overwrites_visitorid": True,
    "enable_fingerprinting_across_websites": False,
    "trust_visitors_cookies": False,
    "use_third_party_id_cookie": False,
    "cookie_name": "_pk_uid",
    "cookie_expire": 33_955_200,  # seconds
    "cookie_path": "",
    "cookie_domain": "",
    "ignore_visits_cookie_name": "matomo_ignore",
    "window_look_back_for_visitor": 0,  # seconds
    # Where visits end
    "visit_standard_length": 1800,  # seconds
    "default_time_one_page_visit": 0,  # seconds
    "create_new_visit_when_campaign_changes": True,
    "create_new_visit_when_website_referrer_changes": False,
    "create_new_visit_after_midnight": True,
    "create_new_visit_after_x_actions": 10_000,
    # What is kept of a request
    "record_statistics": True,
    "page_maximum_length": 1024,  # bytes
    "campaign_var_name": (
        "pk_cpn,pk_campaign,piwik_campaign,mtm_campaign,matomo_campaign,utm_campaign,utm_source,utm_medium"
    ),
    "campaign_keyword_var_name": "pk_kwd,pk_keyword,piwik_kwd,mtm_kwd,mtm_keyword,matomo_kwd,utm_term",
    "url_query_parameter_to_exclude_from_url": (
        "gclid,fbclid,msclkid,twclid,wbraid,gbraid,yclid,fb_xd_fragment,fb_comment_id,phpsessid,jsessionid,sessionid,"
        "aspsessionid,doing_wp_cron,sid,pk_vid"
    ),
    "enable_default_location_provider": True,
    "enable_language_to_country_guess": True,
    "enable_spam_filter": True,
    "exclude_requests": "",
    "debug_on_demand": False,
    "custom_image": "",
    # Who may send what
    "bulk_requests_require_authentication": False,
    "tracking_requests_require_authentication": True,
    "tracking_requests_require_authentication_when_custom_timestamp_newer_than": 86_400,  # seconds
}

_GENERAL: Final[dict[str, Value]] = {
    # Interface and API
    "default_language": "en",
    "default_period": "day",
    "default_day": "yesterday",
    "site_selector_max_sites": 15,
    "API_datatable_default_limit": 100,
    "enabled_periods_API": "day,week,month,year,range",
    "currencies": "BTC=Bitcoin",  # further ones, CODE=name
    "cors_domains": "",
    "trusted_hosts": "",
    "enable_trusted_host_check": True,
    "only_allow_secure_auth_tokens": False,
    "login_allowlist_ip": "",
    "login_allowlist_apply_to_reporting_api_requests": True,
    "enable_sites_admin": True,
    "enable_users_admin": True,
    "enable_plugins_admin": True,
    "default_invite_user_token_expiry_days": 7,
    "pivot_by_filter_enable_fetch_by_segment": False,
    "pivot_by_filter_default_column_limit": 10,
    "data_comparison_segment_limit": 5,
    "data_comparison_period_limit": 5,
    "visitor_log_maximum_actions_per_visit": 500,
    "live_visitor_profile_max_visits_to_aggregate": 100,
    "graphs_default_period_to_plot_when_period_range": "day",
    "graphs_show_evolution_within_selected_period": False,
    "graphs_default_evolution_graph_last_days_amount": 30,
    "overlay_following_pages_limit": 300,
    # Segments
    "anonymous_user_enable_use_segments_API": True,
    "adding_segment_requires_access": "view",
    "allow_adding_segments_for_all_websites": True,
    "enable_create_realtime_segments": True,
    "enable_segment_suggested_values": True,
    "process_new_segments_from": "beginning_of_time",
    # Tracking behind proxies
    "proxy_client_headers": "",
    "proxy_ips": "",
    "proxy_ip_read_last_in_list": True,
    # Page tree
    "action_url_category_delimiter": "/",
    "action_title_category_delimiter": "",
    "action_category_level_limit": 10,
    "action_default_name": "index",
    # Archiving
    "enable_processing_unique_visitors_day": True,
    "enable_processing_unique_visitors_week": True,
    "enable_processing_unique_visitors_month": True,
    "enable_processing_unique_visitors_year": False,
    "enable_processing_unique_visitors_range": False,
    "enable_processing_unique_visitors_multiple_sites": False,
    "enable_browser_archiving_triggering": True,
    "browser_archiving_disabled_enforce": False,
    "archiving_range_force_on_browser_request": True,
    "archiving_custom_ranges": "",
    "disable_archiving_segment_for_plugins": "",
    "disable_archive_actions_goals": False,
    "purge_date_range_archives_after_X_days": 1,
    "rearchive_reports_in_past_last_n_months": 6,
    "rearchive_reports_in_past_exclude_segments": False,
    "archive_failure_recovery_timeout": 86_400,  # seconds
    "time_before_today_archive_considered_outdated": 900,  # seconds; -1 below: as today
    "time_before_week_archive_considered_outdated": -1,
    "time_before_month_archive_considered_outdated": -1,
    "time_before_year_archive_considered_outdated": -1,
    "time_before_range_archive_considered_outdated": -1,
    # Rows kept by archives
    "datatable_archiving_maximum_rows_referrers": 1000,
    "datatable_archiving_maximum_rows_subtable_referrers": 50,
    "datatable_archiving_maximum_rows_userid_users": 50_000,
    "datatable_archiving_maximum_rows_custom_dimensions": 1000,
    "datatable_archiving_maximum_rows_subtable_custom_dimensions": 1000,
    "datatable_archiving_maximum_rows_actions": 500,
    "datatable_archiving_maximum_rows_subtable_actions": 100,
    "datatable_archiving_maximum_rows_site_search": 500,
    "datatable_archiving_maximum_rows_events": 500,
    "datatable_archiving_maximum_rows_subtable_events": 500,
    "datatable_archiving_maximum_rows_products": 10_000,
    "datatable_archiving_maximum_rows_standard": 500,
    "archiving_ranking_query_row_limit": 50_000,
}

_RETENTION: Final[dict[str, Value]] = {
    "Deletelogs.delete_logs_enable": False,
    "Deletelogs.delete_logs_schedule_lowest_interval": 7,  # days
    "Deletelogs.delete_logs_older_than": 180,  # days
    "Deletereports.delete_reports_enable": False,
    "Deletereports.delete_reports_older_than": 12,  # months
    "Deletereports.delete_reports_keep_basic_metrics": True,
    "Deletereports.delete_reports_keep_day_reports": False,
    "Deletereports.delete_reports_keep_week_reports": False,
    "Deletereports.delete_reports_keep_month_reports": True,
    "Deletereports.delete_reports_keep_year_reports": True,
    "Deletereports.delete_reports_keep_range_reports": False,
    "Deletereports.delete_reports_keep_segment_reports": False,
}

_OTHER_SECTIONS: Final[dict[str, Value]] = {
    "Debug.always_archive_data_day": False,
    "Debug.always_archive_data_period": False,
    "Debug.always_archive_data_range": False,
    "Debug.tracker_always_new_visitor": False,
    "PagePerformance.time_network_cap_duration_ms": 0,  # 0: no cap
    "PagePerformance.time_server_cap_duration_ms": 0,
    "PagePerformance.time_transfer_cap_duration_ms": 0,
    "PagePerformance.time_dom_processing_cap_duration_ms": 0,
    "PagePerformance.time_dom_completion_cap_duration_ms": 0,
    "PagePerformance.time_on_load_cap_duration_ms": 0,
    "APISettings.SDK_batch_size": 10,
    "APISettings.SDK_interval_value": 30,
    "GeoIp2.database": "",  # path of a location database; empty: the one that comes with the product
}

_STORED_OPTIONS: Final[dict[str, Value]] = {
    "PrivacyManager.ipAnonymizerEnabled": True,
    "PrivacyManager.ipAddressMaskLength": 2,  # bytes of an IPv4 address, 0 to 4
    "PrivacyManager.useAnonymizedIpForVisitEnrichment": False,
    "PrivacyManager.doNotTrackEnabled": False,
    "PrivacyManager.forceCookielessTracking": False,
    "PrivacyManager.anonymizeUserId": False,
    "PrivacyManager.anonymizeOrderId": False,
    "PrivacyManager.anonymizeReferrer": "",  # or exclude_query, exclude_path, exclude_all
    "SitesManager_DefaultTimezone": "UTC",
    "SitesManager_DefaultCurrency": "USD",
    "SitesManager_ExcludedIpsGlobal": "",
    "SitesManager_ExcludedQueryParameters": "",
    "SitesManager_ExcludedUserAgentsGlobal": "",
    "SitesManager_ExcludedReferrersGlobal": "",
    "SitesManager_SearchKeywordParameters": "q,query,s,search,searchword,k,keyword,keywords",
    "SitesManager_SearchCategoryParameters": "",
    "SitesManager_KeepURLFragmentsGlobal": False,
    "branding_use_custom_logo": False,
    "branding_logo": "",  # a small picture as data: address
    "usercountry.location_provider": "",
    "usercountry.switchtoisoregions": 0,  # since when (unix seconds) a database has ISO codes of regions; 0: ever
}

DEFAULTS: Final[Mapping[str, Value]] = {
    **{f"Tracker.{key}": value for key, value in _TRACKER.items()},
    **{f"General.{key}": value for key, value in _GENERAL.items()},
    **_RETENTION,
    **_OTHER_SECTIONS,
    **_STORED_OPTIONS,
}
"""Every declared setting and its default. Source: Matomo 5.2, configuration file and stored options."""

_OFF: Final = frozenset({"", "0", "false", "off", "no"})


def site_setting(name: str, idsite: int) -> str:
    """The name under which one site has a setting of its own: Deletelogs.delete_logs_older_than.site3."""
    return f"{name}.site{idsite}"


class Settings(NamedTuple):
    """Settings of one instance: what was set, over the defaults.

    `given` holds only what was set. Plugins may use names that are not declared here, then with their own default.
    Values may come as text (forms, environment); each reader converts to its type.
    """

    given: Mapping[str, Value] = MappingProxyType({})

    def value(self, name: str, default: Value | None = None) -> Value:
        """The value as it was set, else the default. Raises KeyError for a name that nobody declared."""
        if name in self.given:
            return self.given[name]
        return DEFAULTS[name] if default is None else DEFAULTS.get(name, default)

    def flag(self, name: str, default: bool | None = None) -> bool:
        """The setting as a switch; "0", "", "false", "off" and "no" mean off."""
        value = self.value(name, default)
        return value.strip().lower() not in _OFF if isinstance(value, str) else bool(value)

    def number(self, name: str, default: int | None = None) -> int:
        """The setting as a whole number; 0 for text that is none."""
        value = self.value(name, default)
        try:
            return int(value)
        except ValueError:
            return 0

    def text(self, name: str, default: str | None = None) -> str:
        """The setting as text; switches are "1" and "0"."""
        value = self.value(name, default)
        return str(int(value)) if isinstance(value, bool) else str(value)

    def words(self, name: str, default: str | None = None) -> tuple[str, ...]:
        """The entries of a comma separated setting, trimmed, without empty ones."""
        return tuple(word for part in self.text(name, default).split(",") if (word := part.strip()))

    def is_given(self, name: str) -> bool:
        """Whether anybody set it (Matomo answers some unset options with false instead of the default)."""
        return name in self.given

    def merged(self, changes: Mapping[str, Value]) -> Settings:
        """These settings with some of them set anew."""
        return Settings({**self.given, **changes})
