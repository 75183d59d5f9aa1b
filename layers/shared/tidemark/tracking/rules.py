"""What a site's settings mean for its hits, compiled once per snapshot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from typing import Final

from tidemark.model.custom_dimension import CustomDimension
from tidemark.model.goal import MANUALLY, Goal
from tidemark.model.settings import Settings
from tidemark.model.site import Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.time_zone import time_zone
from tidemark.model.tracked_site import TrackedSite
from tidemark.tracking.door import masked_bytes
from tidemark.tracking.patterns import compiled, compiled_with_delimiters
from tidemark.tracking.site_urls import UrlIndex
from tidemark.tracking.urls import ParameterFilter, ParameterSearch, UrlRules

_DIRECT_MARKS: Final = ("ignore_referrer", "ignore_referer")


@dataclass(frozen=True, slots=True)
class Extractor:
    """A compiled rule that finds the value of a custom dimension; `source` is url, urlparam or action_name."""

    source: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class DimensionRule:
    """A custom dimension and its compiled extractions."""

    dimension: CustomDimension
    extractors: tuple[Extractor, ...]


@dataclass(frozen=True, slots=True)
class SiteRules:
    """One site's settings, ready to be applied."""

    tracked: TrackedSite
    zone: tzinfo
    url: UrlRules
    excluded_agents: tuple[tuple[str, re.Pattern[str] | None], ...]
    excluded_referrers: UrlIndex
    own_urls: UrlIndex
    goals: tuple[Goal, ...]
    dimensions: tuple[DimensionRule, ...]

    def local_day(self, moment: int) -> date:
        """The site's day of a UTC unix time."""
        return datetime.fromtimestamp(moment, self.zone).date()


@dataclass(frozen=True, slots=True)
class Policy:
    """The instance's settings that every hit asks for, read once."""

    masked_bytes: int
    honours_do_not_track: bool
    filters_spam: bool
    excluded_requests: str
    anonymises_referrers: bool
    title_delimiter: str
    user_id_is_visitor_id: bool
    is_cookieless: bool
    shares_fingerprints: bool
    """Between sites."""
    changes_fingerprints_daily: bool
    location_provider: str
    location_databases: tuple[str, ...]
    """Paths, in the order in which they are asked; none: the database that comes with the product."""
    locates_by_language: bool
    guesses_by_language: bool

    @classmethod
    def of(cls, settings: Settings) -> Policy:
        """The policy of an instance's settings."""
        flag, text = settings.flag, settings.text
        return cls(
            masked_bytes=masked_bytes(settings),
            honours_do_not_track=flag("PrivacyManager.doNotTrackEnabled"),
            filters_spam=flag("Tracker.enable_spam_filter"),
            excluded_requests=text("Tracker.exclude_requests"),
            anonymises_referrers=bool(text("PrivacyManager.anonymizeReferrer")),
            title_delimiter=text("General.action_title_category_delimiter"),
            user_id_is_visitor_id=flag("Tracker.enable_userid_overwrites_visitorid"),
            is_cookieless=flag("PrivacyManager.forceCookielessTracking"),
            shares_fingerprints=flag("Tracker.enable_fingerprinting_across_websites"),
            changes_fingerprints_daily=flag("Tracker.create_new_visit_after_midnight"),
            location_provider=text("usercountry.location_provider"),
            location_databases=settings.words("GeoIp2.database"),
            locates_by_language=flag("Tracker.enable_default_location_provider"),
            guesses_by_language=flag("Tracker.enable_language_to_country_guess"),
        )


class RuleBook:
    """The rules of all sites of one snapshot."""

    def __init__(self, snapshot: TrackerSnapshot) -> None:
        self.snapshot = snapshot
        self.policy = Policy.of(snapshot.settings)
        self.campaign_names = snapshot.settings.words("Tracker.campaign_var_name")
        self.campaign_keywords = snapshot.settings.words("Tracker.campaign_keyword_var_name")
        self.campaign_search = ParameterSearch((*self.campaign_names, *_DIRECT_MARKS))
        self._sites: dict[int, SiteRules] = {}

    def rules(self, idsite: int) -> SiteRules | None:
        """The site's rules, None if there is no such site."""
        found = self._sites.get(idsite)
        if found is None:
            tracked = self.snapshot.site(idsite)
            if tracked is None:
                return None
            found = self._sites[idsite] = self._compile(tracked)
        return found

    @cached_property
    def all_urls(self) -> UrlIndex:
        """The registered URLs of every site."""
        return UrlIndex({tracked.idsite: tracked.urls for tracked in self.snapshot.sites()})

    @cached_property
    def no_site(self) -> SiteRules:
        """What holds for requests to sites that do not exist: no list of a site, nor those that are merged with them."""
        return self._compile(TrackedSite(Site(0, "", "", 0), False, (), (), (), (), (), ()))

    def url_rules(self, tracked: TrackedSite) -> UrlRules:
        """How URLs of the site are cleaned."""
        excluded = (
            *_DIRECT_MARKS,
            *tracked.excluded_parameters,
            *self.snapshot.settings.words("Tracker.url_query_parameter_to_exclude_from_url"),
            *self.campaign_names,
            *self.campaign_keywords,
        )
        max_bytes = self.snapshot.settings.number("Tracker.page_maximum_length")
        return UrlRules(ParameterFilter(excluded), tracked.keep_url_fragment, max_bytes)

    def _compile(self, tracked: TrackedSite) -> SiteRules:
        return SiteRules(
            tracked=tracked,
            zone=_zone(tracked.timezone),
            url=self.url_rules(tracked),
            excluded_agents=tuple(
                (entry.lower(), compiled_with_delimiters(entry)) for entry in tracked.excluded_user_agents
            ),
            excluded_referrers=UrlIndex({tracked.idsite: [_with_scheme(url) for url in tracked.excluded_referrers]}),
            own_urls=UrlIndex({tracked.idsite: tracked.urls}),
            goals=tuple(goal for goal in tracked.goals if goal.match_attribute != MANUALLY),
            dimensions=tuple(_dimension_rule(one) for one in tracked.custom_dimensions if one.active),
        )


def _zone(name: str) -> tzinfo:
    try:
        return time_zone(name)
    except ValueError:
        return UTC


def _with_scheme(entry: str) -> str:
    return "https://" + re.sub(r"^https?://", "", entry)


def _dimension_rule(dimension: CustomDimension) -> DimensionRule:
    flags = 0 if dimension.case_sensitive else int(re.IGNORECASE)
    extractors = []
    for extraction in dimension.extractions:
        if not extraction.pattern:
            continue
        pattern = extraction.pattern
        if extraction.dimension == "urlparam":
            pattern = rf"\?.*{pattern}=([^&]*)"
        if (found := compiled(pattern, flags)) is not None:
            extractors.append(Extractor(extraction.dimension, found))
    return DimensionRule(dimension, tuple(extractors))
