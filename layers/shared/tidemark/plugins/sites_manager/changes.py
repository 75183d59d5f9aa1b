"""Adding, changing and deleting sites."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from tidemark.model.errors import ApiError, UnknownSite
from tidemark.model.registry import NotRegisteredError, Registry
from tidemark.model.site import Site
from tidemark.plugin import Access, Context, method, with_parameters_of
from tidemark.plugins.sites_manager import validation

_SETTINGS_OF: Final = "WebsiteMeasurable"  # under which clients send a site's fields in settingValues


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a site that clients set: its parameter, its name in `settingValues`, and what checks it."""

    parameter: str
    attribute: str
    read: Callable[[Any, Context], Any]
    can_be_empty: bool = False


def _further_currencies(context: Context) -> str:
    return context.settings.text("General.currencies")


FIELDS: Final = (
    Field("siteName", "name", lambda sent, _: validation.site_name(sent)),
    Field("urls", "urls", lambda sent, _: validation.site_urls(sent)),
    Field("ecommerce", "ecommerce", lambda sent, _: validation.switch("ecommerce", sent)),
    Field("siteSearch", "sitesearch", lambda sent, _: validation.switch("siteSearch", sent)),
    Field(
        "searchKeywordParameters",
        "sitesearch_keyword_parameters",
        lambda sent, _: validation.words(sent),
        can_be_empty=True,
    ),
    Field(
        "searchCategoryParameters",
        "sitesearch_category_parameters",
        lambda sent, _: validation.words(sent),
        can_be_empty=True,
    ),
    Field("excludedIps", "excluded_ips", lambda sent, _: validation.ip_ranges(sent), can_be_empty=True),
    Field("excludedQueryParameters", "excluded_parameters", lambda sent, _: validation.words(sent), can_be_empty=True),
    Field("timezone", "timezone", lambda sent, _: validation.time_zone_name(sent)),
    Field("currency", "currency", lambda sent, context: validation.currency_code(sent, _further_currencies(context))),
    Field("group", "group", lambda sent, _: sent.strip()[: validation.MAX_GROUP_LENGTH], can_be_empty=True),
    Field("startDate", "ts_created", lambda sent, context: validation.start_time(sent, context.now)),
    Field("excludedUserAgents", "excluded_user_agents", lambda sent, _: validation.words(sent), can_be_empty=True),
    Field("keepURLFragments", "keep_url_fragment", lambda sent, _: validation.keep_fragment(sent)),
    Field("type", "type", lambda sent, _: validation.site_type(sent)),
    Field("excludeUnknownUrls", "exclude_unknown_urls", lambda sent, _: validation.switch("excludeUnknownUrls", sent)),
    Field("excludedReferrers", "excluded_referrers", lambda sent, _: validation.referrers(sent), can_be_empty=True),
)
"""In the order in which they are checked: the first bad one is reported."""


def checked(context: Context, sent: Mapping[str, Any], setting_values: Any) -> dict[str, Any]:
    """The site's attributes that a call sets, checked. What is sent empty is emptied, or ignored if it cannot be.

    Raises: ApiError about the first value that cannot be used.
    """
    settings = _settings(setting_values)
    attributes = {}
    for field in FIELDS:
        value = sent.get(field.parameter)
        if value is None:
            value = settings.get(field.attribute)
        if value is not None and (value != "" or field.can_be_empty):
            attributes[field.attribute] = field.read(value, context)
    if urls := attributes.pop("urls", ()):
        attributes |= {"main_url": urls[0], "alias_urls": urls[1:]}
    return attributes


def _settings(setting_values: Any) -> dict[str, Any]:
    """`{plugin: [{"name": ..., "value": ...}]}` as name -> value, of the plugin that owns the sites' fields."""
    of_plugins = setting_values if isinstance(setting_values, dict) else {}
    entries = of_plugins.get(_SETTINGS_OF, [])
    return {entry["name"]: entry.get("value") for entry in entries if isinstance(entry, dict) and "name" in entry}


def _check_enabled(context: Context) -> None:
    if not context.settings.flag("General.enable_sites_admin"):
        raise ApiError("Changing sites is switched off on this instance.")


@method("SitesManager.addSite", Access.SUPERUSER, raw_strings=True)
def add_site(
    context: Context,
    siteName: str,
    urls: Any = None,
    ecommerce: int | None = None,
    siteSearch: int | None = None,
    searchKeywordParameters: Any = None,
    searchCategoryParameters: Any = None,
    excludedIps: Any = None,
    excludedQueryParameters: Any = None,
    timezone: str | None = None,
    currency: str | None = None,
    group: str | None = None,
    startDate: str | None = None,
    excludedUserAgents: Any = None,
    keepURLFragments: int | None = None,
    type: str | None = None,  # noqa: A002  Matomo's name
    settingValues: Any = None,
    excludeUnknownUrls: int | None = None,
    excludedReferrers: Any = None,
) -> int:
    """Number of the new site."""
    sent = {name: value for name, value in locals().items() if name not in {"context", "settingValues"}}
    _check_enabled(context)
    defaults = {
        "siteName": validation.site_name(siteName),
        "timezone": sent["timezone"] or context.settings.text("SitesManager_DefaultTimezone"),
        "currency": sent["currency"] or context.settings.text("SitesManager_DefaultCurrency"),
    }
    attributes = checked(context, {**sent, **defaults}, settingValues)
    site = Site(idsite=0, name="", main_url="", ts_created=int(context.now), creator_login=context.identity.login)
    return context.service(Registry).add_site(replace(site, **attributes)).idsite


@method("SitesManager.updateSite", Access.ADMIN, raw_strings=True)
@with_parameters_of(add_site)
def update_site(context: Context, idSite: int, siteName: str | None = None, **given: Any) -> None:
    """Set what is given and keep the rest. Only superusers move sites between groups."""
    _check_enabled(context)
    settings = given.pop("settingValues")
    attributes = checked(context, {"siteName": siteName, **given}, settings)
    if not context.identity.is_superuser:
        attributes.pop("group", None)
    _change(context, idSite, lambda site: replace(site, **attributes))


@method("SitesManager.deleteSite", Access.SUPERUSER)
def delete_site(context: Context, idSite: int, passwordConfirmation: str | None = None) -> None:  # noqa: ARG001
    """Forget a site; the last one stays."""
    _check_enabled(context)
    context.site(idSite)
    registry = context.service(Registry)
    if len(registry.sites()) == 1:
        raise ApiError("The only site of an instance cannot be deleted: add another one first.")
    registry.delete_site(idSite)


@method("SitesManager.addSiteAliasUrls", Access.ADMIN, raw_strings=True)
def add_site_alias_urls(context: Context, idSite: int, urls: Any = None) -> int:
    """How many of the URLs are new."""
    if not urls:
        return 0
    before = context.site(idSite).urls
    after = validation.site_urls([*before, *(urls if isinstance(urls, list) else [urls])])
    _set_urls(context, idSite, after)
    return len(set(after) - set(before))


@method("SitesManager.setSiteAliasUrls", Access.ADMIN, raw_strings=True)
def set_site_alias_urls(context: Context, idSite: int, urls: Any = None) -> int:
    """How many of the URLs were stored in another form than they were sent (scheme added, slash removed)."""
    asked = [context.site(idSite).main_url, *(urls if isinstance(urls, list) else [urls] if urls else [])]
    after = validation.site_urls(asked)
    _set_urls(context, idSite, after)
    return len(set(after) - set(asked))


def _set_urls(context: Context, idsite: int, urls: tuple[str, ...]) -> None:
    _change(context, idsite, lambda site: replace(site, main_url=urls[0], alias_urls=urls[1:]))


def _change(context: Context, idsite: int, change: Callable[[Site], Site]) -> None:
    try:
        context.service(Registry).change_site(idsite, change)
    except NotRegisteredError as error:
        raise UnknownSite(idsite) from error


METHODS = (add_site, update_site, delete_site, add_site_alias_urls, set_site_alias_urls)
