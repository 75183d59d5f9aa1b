"""What the tracker has to know of all sites, as one JSON document that the registry rewrites on every change."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson

from tidemark.model.custom_dimension import CustomDimension, Extraction
from tidemark.model.goal import Goal
from tidemark.model.settings import Settings, Value
from tidemark.model.site import KeepFragment, Site

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SNAPSHOT_KEY: Final = "snapshot/tracker.json"


def hash_token(token: str, salt: str) -> str:
    """Keyed hash of an API token, 64 hexadecimal characters: the only form in which tokens are stored."""
    return hmac.new(salt.encode(), token.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token may do with tracking requests: everything, or on single sites. `expires_at`: UTC unix seconds."""

    is_superuser: bool = False
    writable: frozenset[int] = frozenset()
    expires_at: int | None = None

    def may_write(self, idsite: int) -> bool:
        """Whether restricted tracking parameters of the site are believed. Source: tracking behaviour, section 2."""
        return self.is_superuser or idsite in self.writable


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


@dataclass(frozen=True, slots=True)
class TrackerSnapshot:
    """Everything that collect and ingest know of an instance, as of one version.

    `version` only grows. `salt` keys every hash of this instance (tokens, fingerprints); it never leaves the server.
    `grants` has one entry per token hash. `documents` holds the sites as they stand in the JSON; `site` decodes the ones
    that are asked for, so that a cold start does not pay for ten thousand others.
    """

    version: int
    salt: str
    settings: Settings = field(default_factory=Settings)
    grants: Mapping[str, Grant] = field(default_factory=dict)
    documents: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    _decoded: dict[int, TrackedSite] = field(default_factory=dict, compare=False, repr=False)

    def site(self, idsite: int) -> TrackedSite | None:
        """The site, or None if there is none with this number."""
        if idsite not in self._decoded and idsite in self.documents:
            self._decoded[idsite] = _tracked_site(idsite, self.documents[idsite], self.settings)
        return self._decoded.get(idsite)

    def sites(self) -> Iterator[TrackedSite]:
        """All sites in order of their numbers."""
        for idsite in sorted(self.documents):
            site = self.site(idsite)
            if site is not None:
                yield site

    def grant(self, token: str, now: float) -> Grant | None:
        """What the token may do; None if it may not write anywhere, has expired or is nobody's."""
        grant = self.grants.get(hash_token(token, self.salt)) if token else None
        if grant is None or (grant.expires_at is not None and grant.expires_at <= now):
            return None
        return grant

    def may_write(self, token: str, idsite: int, now: float) -> bool:
        """Whether the token has write, admin or superuser access to the site."""
        grant = self.grant(token, now)
        return grant is not None and grant.may_write(idsite)

    def to_json(self) -> bytes:
        """The snapshot as the registry stores it; equal snapshots give equal bytes."""
        document = {
            "version": self.version,
            "salt": self.salt,
            "settings": dict(self.settings.given),
            "grants": {key: _grant_document(grant) for key, grant in self.grants.items()},
            "sites": {str(idsite): document for idsite, document in self.documents.items()},
        }
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)

    @classmethod
    def from_json(cls, data: bytes) -> TrackerSnapshot:
        """The snapshot of bytes that to_json made. Raises ValueError or KeyError for anything else."""
        document = orjson.loads(data)
        return cls(
            version=document["version"],
            salt=document["salt"],
            settings=Settings(document["settings"]),
            grants={key: _grant(value) for key, value in document["grants"].items()},
            documents={int(idsite): value for idsite, value in document["sites"].items()},
        )


class EarlierSnapshots(Protocol):
    """Snapshots of earlier versions, for hits that waited in the queue while something was changed."""

    def as_of(self, current: TrackerSnapshot, version: int) -> TrackerSnapshot:
        """What `current` was at an earlier version; `current` itself for its own version and unknown ones."""
        ...


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


def _grant_document(grant: Grant) -> dict[str, Any]:
    document: dict[str, Any] = {"superuser": True} if grant.is_superuser else {"writable": sorted(grant.writable)}
    if grant.expires_at is not None:
        document["expires_at"] = grant.expires_at
    return document


def _grant(document: Mapping[str, Any]) -> Grant:
    return Grant(
        is_superuser=bool(document.get("superuser")),
        writable=frozenset(document.get("writable", ())),
        expires_at=document.get("expires_at"),
    )


def _tracked_site(idsite: int, document: Mapping[str, Any], settings: Settings) -> TrackedSite:
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
