"""Reading one site: by number, and the number by URL."""

from __future__ import annotations

from typing import Any

from tidemark.model.access import Role
from tidemark.model.ip_range import parse_ip_range
from tidemark.model.registry import Registry
from tidemark.model.site import Site
from tidemark.plugin import Access, Context, method
from tidemark.plugins.sites_manager.answers import SiteAnswer, site_answer
from tidemark.plugins.sites_manager.validation import without_trailing_slash


def url_variants(url: str) -> frozenset[str]:
    """The URL with either scheme, with and without www, without trailing slash, in lower case."""
    plain = without_trailing_slash(url.strip().lower())
    host = plain
    for prefix in ("www.", "http://", "https://"):
        host = host.replace(prefix, "")
    schemes = ("http://", "http://www.", "https://", "https://www.")
    return frozenset((plain, *(scheme + host for scheme in schemes)))


def _matches(site: Site, variants: frozenset[str]) -> bool:
    return any(url.lower() in variants for url in site.urls)


@method("SitesManager.getSiteFromId", Access.VIEW)
def get_site_from_id(context: Context, idSite: int) -> SiteAnswer:
    """All attributes of a site."""
    return site_answer(context, context.site(idSite))


@method("SitesManager.getSiteUrlsFromId", Access.VIEW)
def get_site_urls_from_id(context: Context, idSite: int) -> list[str]:
    """The site's URLs, the main one first."""
    return list(context.site(idSite).urls)


@method("SitesManager.getSitesIdFromSiteUrl", raw_strings=True)
def get_sites_id_from_site_url(context: Context, url: str) -> list[dict[str, int]]:
    """Sites of that URL that the caller may see, those with it as main URL first."""
    variants = url_variants(url)
    seen = [site for site in context.service(Registry).sites() if context.identity.may(Role.VIEW, site.idsite)]
    found = [site for site in seen if _matches(site, variants)]
    found.sort(key=lambda site: site.main_url.lower() not in variants)
    return [{"idsite": site.idsite} for site in found]


@method("SitesManager.getExcludedQueryParameters", Access.VIEW)
def get_excluded_query_parameters(context: Context, idSite: int) -> list[str]:
    """Parameters removed from the site's URLs: its own and the instance's."""
    everywhere = context.settings.words("SitesManager_ExcludedQueryParameters")
    return list(dict.fromkeys((*context.site(idSite).excluded_parameters, *everywhere)))


@method("SitesManager.getExcludedReferrers", Access.VIEW)
def get_excluded_referrers(context: Context, idSite: int) -> list[str]:
    """Referrers that the site ignores: the instance's and its own."""
    everywhere = context.settings.words("SitesManager_ExcludedReferrersGlobal")
    return list(dict.fromkeys((*everywhere, *context.site(idSite).excluded_referrers)))


@method("SitesManager.getIpsForRange", raw_strings=True)
def get_ips_for_range(_context: Context, ipRange: str) -> Any:
    """First and last address of a range, false if it is none."""
    found = parse_ip_range(ipRange)
    return [str(found.first), str(found.last)] if found else False


METHODS = (
    get_site_from_id,
    get_site_urls_from_id,
    get_sites_id_from_site_url,
    get_excluded_query_parameters,
    get_excluded_referrers,
    get_ips_for_range,
)
