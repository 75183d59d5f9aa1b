"""What holds for all sites: global exclusions, search parameters, default time zone and currency."""

from __future__ import annotations

from typing import Any, Final

from tidemark.model.registry import Registry
from tidemark.plugin import Access, Context, method
from tidemark.plugins.sites_manager import validation

EXCLUDED_IPS: Final = "SitesManager_ExcludedIpsGlobal"
EXCLUDED_PARAMETERS: Final = "SitesManager_ExcludedQueryParameters"
EXCLUDED_USER_AGENTS: Final = "SitesManager_ExcludedUserAgentsGlobal"
EXCLUDED_REFERRERS: Final = "SitesManager_ExcludedReferrersGlobal"
SEARCH_KEYWORDS: Final = "SitesManager_SearchKeywordParameters"
SEARCH_CATEGORIES: Final = "SitesManager_SearchCategoryParameters"
KEEP_FRAGMENTS: Final = "SitesManager_KeepURLFragmentsGlobal"
TIME_ZONE: Final = "SitesManager_DefaultTimezone"
CURRENCY: Final = "SitesManager_DefaultCurrency"


def _set(context: Context, name: str, value: str | bool) -> bool:
    context.service(Registry).set_settings({name: value})
    return True


def _text_or_false(context: Context, name: str) -> str | bool:
    """The list as it was set; false, as Matomo answers, while nobody set it."""
    return context.settings.text(name) if context.settings.is_given(name) else False


@method("SitesManager.getExcludedIpsGlobal", Access.SOME_ADMIN)
def get_excluded_ips_global(context: Context) -> str | bool:
    """Addresses excluded on all sites, with commas."""
    return _text_or_false(context, EXCLUDED_IPS)


@method("SitesManager.setGlobalExcludedIps", Access.SUPERUSER, raw_strings=True)
def set_global_excluded_ips(context: Context, excludedIps: str = "") -> bool:
    """Exclude addresses and ranges on all sites."""
    return _set(context, EXCLUDED_IPS, ",".join(validation.ip_ranges(excludedIps)))


@method("SitesManager.getExcludedQueryParametersGlobal", Access.SOME_VIEW)
def get_excluded_query_parameters_global(context: Context) -> str | bool:
    """Parameters removed from the URLs of all sites, with commas."""
    return _text_or_false(context, EXCLUDED_PARAMETERS)


@method("SitesManager.setGlobalExcludedQueryParameters", Access.SUPERUSER, raw_strings=True)
def set_global_excluded_query_parameters(context: Context, excludedQueryParameters: str = "") -> bool:
    """Remove parameters from the URLs of all sites."""
    return _set(context, EXCLUDED_PARAMETERS, ",".join(validation.words(excludedQueryParameters)))


@method("SitesManager.getExcludedUserAgentsGlobal", Access.SOME_ADMIN)
def get_excluded_user_agents_global(context: Context) -> str | bool:
    """User agents excluded on all sites, with commas."""
    return _text_or_false(context, EXCLUDED_USER_AGENTS)


@method("SitesManager.setGlobalExcludedUserAgents", Access.SUPERUSER, raw_strings=True)
def set_global_excluded_user_agents(context: Context, excludedUserAgents: str = "") -> None:
    """Exclude user agents on all sites."""
    _set(context, EXCLUDED_USER_AGENTS, ",".join(validation.words(excludedUserAgents)))


@method("SitesManager.getExcludedReferrersGlobal", Access.SOME_ADMIN)
def get_excluded_referrers_global(context: Context) -> str:
    """Referrers ignored on all sites, with commas."""
    return context.settings.text(EXCLUDED_REFERRERS)


@method("SitesManager.setGlobalExcludedReferrers", Access.SUPERUSER, raw_strings=True)
def set_global_excluded_referrers(context: Context, excludedReferrers: str = "") -> None:
    """Ignore referrers on all sites."""
    _set(context, EXCLUDED_REFERRERS, ",".join(validation.referrers(excludedReferrers)))


@method("SitesManager.getSearchKeywordParametersGlobal", Access.SOME_ADMIN)
def get_search_keyword_parameters_global(context: Context) -> str:
    """Parameters that hold the keyword of a site search, with commas."""
    return context.settings.text(SEARCH_KEYWORDS)


@method("SitesManager.getSearchCategoryParametersGlobal", Access.SOME_ADMIN)
def get_search_category_parameters_global(context: Context) -> str | bool:
    """Parameters that hold the category of a site search, with commas."""
    return _text_or_false(context, SEARCH_CATEGORIES)


@method("SitesManager.setGlobalSearchParameters", Access.SUPERUSER, raw_strings=True)
def set_global_search_parameters(
    context: Context, searchKeywordParameters: str = "", searchCategoryParameters: str = ""
) -> bool:
    """Set both lists of site search parameters."""
    settings: dict[str, Any] = {SEARCH_KEYWORDS: searchKeywordParameters, SEARCH_CATEGORIES: searchCategoryParameters}
    context.service(Registry).set_settings(settings)
    return True


@method("SitesManager.getKeepURLFragmentsGlobal", Access.SOME_VIEW)
def get_keep_url_fragments_global(context: Context) -> bool:
    """Whether URL fragments are kept where a site says nothing else."""
    return context.settings.flag(KEEP_FRAGMENTS)


@method("SitesManager.setKeepURLFragmentsGlobal", Access.SUPERUSER)
def set_keep_url_fragments_global(context: Context, enabled: bool) -> None:
    """Keep or remove URL fragments where a site says nothing else."""
    _set(context, KEEP_FRAGMENTS, enabled)


@method("SitesManager.getDefaultTimezone")
def get_default_timezone(context: Context) -> str:
    """Time zone of new sites."""
    return context.settings.text(TIME_ZONE)


@method("SitesManager.setDefaultTimezone", Access.SUPERUSER, raw_strings=True)
def set_default_timezone(context: Context, defaultTimezone: str) -> bool:
    """Set the time zone of new sites."""
    return _set(context, TIME_ZONE, validation.time_zone_name(defaultTimezone))


@method("SitesManager.getDefaultCurrency", Access.SOME_ADMIN)
def get_default_currency(context: Context) -> str:
    """Currency of new sites."""
    return context.settings.text(CURRENCY)


@method("SitesManager.setDefaultCurrency", Access.SUPERUSER, raw_strings=True)
def set_default_currency(context: Context, defaultCurrency: str) -> bool:
    """Set the currency of new sites."""
    further = context.settings.text("General.currencies")
    return _set(context, CURRENCY, validation.currency_code(defaultCurrency, further))


METHODS = (
    get_excluded_ips_global,
    set_global_excluded_ips,
    get_excluded_query_parameters_global,
    set_global_excluded_query_parameters,
    get_excluded_user_agents_global,
    set_global_excluded_user_agents,
    get_excluded_referrers_global,
    set_global_excluded_referrers,
    get_search_keyword_parameters_global,
    get_search_category_parameters_global,
    set_global_search_parameters,
    get_keep_url_fragments_global,
    set_keep_url_fragments_global,
    get_default_timezone,
    set_default_timezone,
    get_default_currency,
    set_default_currency,
)
