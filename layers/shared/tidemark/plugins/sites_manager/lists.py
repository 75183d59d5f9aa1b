"""Lists of sites: all of them, and those on which the caller has some right."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tidemark.model.access import Role
from tidemark.model.registry import Registry
from tidemark.model.site import Site
from tidemark.plugin import Access, Context, method
from tidemark.plugins.sites_manager.answers import SiteAnswer, site_answer


def sites_with(context: Context, is_wanted: Callable[[int], bool]) -> list[Site]:
    """The sites whose numbers are wanted, in order."""
    return [site for site in context.service(Registry).sites() if is_wanted(site.idsite)]


def _has_exactly(context: Context, role: Role) -> Callable[[int], bool]:
    """Superusers have no role on single sites: they count as administrators of all."""
    return lambda idsite: not context.identity.is_superuser and context.identity.roles.get(idsite) == role


def _has_at_least(context: Context, role: Role) -> Callable[[int], bool]:
    return lambda idsite: context.identity.may(role, idsite)


def matches(site: Site, pattern: str) -> bool:
    """Whether name, main URL or group contain the text (without regard to case), or it is the site's number."""
    wanted = pattern.lower()
    return str(site.idsite) == pattern or any(wanted in text.lower() for text in (site.name, site.main_url, site.group))


def _answers(context: Context, sites: Iterable[Site], limit: int | None = None) -> list[SiteAnswer]:
    """The first `limit` sites as clients see them; all of them without a limit."""
    return [site_answer(context, site) for site in list(sites)[: limit or None]]


def _ids(sites: Iterable[Site]) -> list[int]:
    return [site.idsite for site in sites]


def _excluding(sites: Iterable[Site], numbers: Iterable[object]) -> list[Site]:
    unwanted = {str(number) for number in numbers}
    return [site for site in sites if str(site.idsite) not in unwanted]


@method("SitesManager.getAllSites", Access.SUPERUSER)
def get_all_sites(context: Context) -> dict[int, SiteAnswer]:
    """Every site by its number."""
    return {site.idsite: site_answer(context, site) for site in context.service(Registry).sites()}


@method("SitesManager.getAllSitesId", Access.SUPERUSER)
def get_all_sites_id(context: Context) -> list[int]:
    """Numbers of all sites."""
    return _ids(context.service(Registry).sites())


@method("SitesManager.getSitesWithAdminAccess", raw_strings=True)
def get_sites_with_admin_access(
    context: Context,
    fetchAliasUrls: bool = False,
    pattern: str | None = None,
    limit: int | None = None,
    sitesToExclude: list[str] | None = None,
) -> list[SiteAnswer]:
    """Sites that the caller administers, with all their URLs as `alias_urls` if asked for."""
    sites = _excluding(sites_with(context, _has_at_least(context, Role.ADMIN)), sitesToExclude or [])
    chosen = [site for site in sites if not pattern or matches(site, pattern)][: limit or None]
    answers = _answers(context, chosen)
    if fetchAliasUrls:
        for site, answer in zip(chosen, answers, strict=True):
            answer["alias_urls"] = list(site.urls)
    return answers


@method("SitesManager.getSitesWithViewAccess")
def get_sites_with_view_access(context: Context) -> list[SiteAnswer]:
    """Sites that the caller may see and nothing more; none for superusers."""
    return _answers(context, sites_with(context, _has_exactly(context, Role.VIEW)))


@method("SitesManager.getSitesWithAtLeastViewAccess")
def get_sites_with_at_least_view_access(context: Context, limit: int | None = None) -> list[SiteAnswer]:
    """Sites that the caller may see."""
    return _answers(context, sites_with(context, _has_at_least(context, Role.VIEW)), limit)


@method("SitesManager.getSitesIdWithAdminAccess")
def get_sites_id_with_admin_access(context: Context) -> list[int]:
    """Numbers of the sites that the caller administers."""
    return _ids(sites_with(context, _has_at_least(context, Role.ADMIN)))


@method("SitesManager.getSitesIdWithViewAccess")
def get_sites_id_with_view_access(context: Context) -> list[int]:
    """Numbers of the sites that the caller may see and nothing more; none for superusers."""
    return _ids(sites_with(context, _has_exactly(context, Role.VIEW)))


@method("SitesManager.getSitesIdWithWriteAccess")
def get_sites_id_with_write_access(context: Context) -> list[int]:
    """Numbers of the sites on which the caller's role is write; none for superusers."""
    return _ids(sites_with(context, _has_exactly(context, Role.WRITE)))


@method("SitesManager.getSitesIdWithAtLeastViewAccess")
def get_sites_id_with_at_least_view_access(context: Context) -> list[int]:
    """Numbers of the sites that the caller may see."""
    return _ids(sites_with(context, _has_at_least(context, Role.VIEW)))


@method("SitesManager.getPatternMatchSites", raw_strings=True)
def get_pattern_match_sites(
    context: Context, pattern: str, limit: int | None = None, sitesToExclude: list[str] | None = None
) -> list[SiteAnswer]:
    """Sites that the caller may see whose name, URL, group or number fits."""
    sites = _excluding(sites_with(context, _has_at_least(context, Role.VIEW)), sitesToExclude or [])
    return _answers(context, (site for site in sites if matches(site, pattern)), limit)


@method("SitesManager.getUniqueSiteTimezones", Access.SUPERUSER)
def get_unique_site_timezones(context: Context) -> list[str]:
    """Time zones of the sites, each once."""
    return list(dict.fromkeys(site.timezone for site in context.service(Registry).sites()))


@method("SitesManager.getNumWebsitesToDisplayPerPage", Access.SOME_VIEW)
def get_num_websites_to_display_per_page(context: Context) -> int:
    """How many sites a site selector shows at most."""
    return context.settings.number("General.site_selector_max_sites")


METHODS = (
    get_all_sites,
    get_all_sites_id,
    get_sites_with_admin_access,
    get_sites_with_view_access,
    get_sites_with_at_least_view_access,
    get_sites_id_with_admin_access,
    get_sites_id_with_view_access,
    get_sites_id_with_write_access,
    get_sites_id_with_at_least_view_access,
    get_pattern_match_sites,
    get_unique_site_timezones,
    get_num_websites_to_display_per_page,
)
