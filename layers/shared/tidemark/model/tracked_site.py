"""A site as the tracker sees it, and the document that stands for it in the snapshot."""

from __future__ import annotations

from dataclasses import MISSING, asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from tidemark.model.custom_dimension import CustomDimension, Extraction
from tidemark.model.goal import Goal
from tidemark.model.site import KeepFragment, Site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tidemark.model.settings import Settings, Value


@dataclass(frozen=True, slots=True)
class TrackedSite:
    """A site as the tracker sees it: its own lists merged with the instance's, its goals, its dimensions.

    `keep_url_fragment` and the search parameters are resolved. `goals` are those that are not deleted,
    `custom_dimensions` all of them.
    """

    site: Site
    keep_url_fragment: bool
    sitesearch_keyword_parameters: tuple[str, ...]
    sitesearch_category_parameters: tuple[str, ...]
    excluded_ips: tuple[str, ...]
    excluded_parameters: tuple[str, ...]
    excluded_user_agents: tuple[str, ...]
    excluded_referrers: tuple[str, ...]
    goals: tuple[Goal, ...] = ()
    custom_dimensions: tuple[CustomDimension, ...] = ()

    @property
    def idsite(self) -> int:
        """Number of the site."""
        return self.site.idsite

    @property
    def timezone(self) -> str:
        """IANA name of the site's time zone, or an offset like UTC+5.5."""
        return self.site.timezone

    @property
    def urls(self) -> tuple[str, ...]:
        """All URLs of the site, the main one first."""
        return self.site.urls


def fact_document(fact: Site | Goal | CustomDimension) -> dict[str, Any]:
    """The fields that differ from their defaults; the site's number stands in the key."""
    defaults = {one.name: one.default for one in fields(fact) if one.default is not MISSING}
    return {
        name: value
        for name, value in asdict(fact).items()
        if name != "idsite" and not (name in defaults and defaults[name] == value)
    }


def site_document(site: Site, goals: Sequence[Goal], custom_dimensions: Sequence[CustomDimension]) -> dict[str, Any]:
    """A site's part of the snapshot: what differs from the defaults, so that it stays small."""
    document = fact_document(site)
    if live := [fact_document(goal) for goal in goals if not goal.deleted]:
        document["goals"] = live
    if custom_dimensions:
        document["custom_dimensions"] = [fact_document(dimension) for dimension in custom_dimensions]
    return document


def read_site(idsite: int, document: Mapping[str, Any]) -> Site:
    """The site of its document."""
    known = {name: _plain(document[name]) for name in _SITE_FIELDS if name in document}
    if "keep_url_fragment" in known:
        known["keep_url_fragment"] = KeepFragment(known["keep_url_fragment"])
    return Site(**{**known, "idsite": idsite})


def read_goal(idsite: int, document: Mapping[str, Any]) -> Goal:
    """The goal of its document."""
    return Goal(**{**document, "idsite": idsite, "revenue": float(document.get("revenue", 0))})


def read_custom_dimension(idsite: int, document: Mapping[str, Any]) -> CustomDimension:
    """The dimension of its document."""
    extractions = tuple(Extraction(**extraction) for extraction in document.get("extractions", ()))
    return CustomDimension(**{**document, "idsite": idsite, "extractions": extractions})


_SITE_FIELDS: Final = tuple(one.name for one in fields(Site))


def _plain(value: Value | list[Any]) -> Any:
    return tuple(value) if isinstance(value, list) else value


def tracked_site(idsite: int, document: Mapping[str, Any], settings: Settings) -> TrackedSite:
    """The site of its document in the snapshot, under the instance's settings."""
    site = read_site(idsite, document)
    return TrackedSite(
        site=site,
        keep_url_fragment=_keeps_fragment(site, settings),
        sitesearch_keyword_parameters=site.sitesearch_keyword_parameters
        or settings.words("SitesManager_SearchKeywordParameters"),
        sitesearch_category_parameters=site.sitesearch_category_parameters
        or settings.words("SitesManager_SearchCategoryParameters"),
        excluded_ips=_merged(site.excluded_ips, settings.words("SitesManager_ExcludedIpsGlobal")),
        excluded_parameters=_merged(site.excluded_parameters, settings.words("SitesManager_ExcludedQueryParameters")),
        excluded_user_agents=_merged(
            settings.words("SitesManager_ExcludedUserAgentsGlobal"), site.excluded_user_agents
        ),
        excluded_referrers=_merged(settings.words("SitesManager_ExcludedReferrersGlobal"), site.excluded_referrers),
        goals=tuple(read_goal(idsite, goal) for goal in document.get("goals", ())),
        custom_dimensions=tuple(
            read_custom_dimension(idsite, dimension) for dimension in document.get("custom_dimensions", ())
        ),
    )


def _merged(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    """Both lists in order, each entry once. The order counts: see tracking behaviour, section 4, rule 7."""
    return tuple(dict.fromkeys((*first, *second)))


def _keeps_fragment(site: Site, settings: Settings) -> bool:
    if site.keep_url_fragment is KeepFragment.DEFAULT:
        return settings.flag("SitesManager_KeepURLFragmentsGlobal")
    return site.keep_url_fragment is KeepFragment.YES
