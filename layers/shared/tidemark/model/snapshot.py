"""What the tracker has to know of all sites, as one JSON document that the registry rewrites on every change.

Collect loads this module at a cold start: named tuples, plain classes and the standard library's JSON load in a fraction
of the time of dataclasses and orjson; what a site's document means is read by tracked_site, when somebody asks.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from tidemark.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tidemark.model.tracked_site import TrackedSite

SNAPSHOT_KEY: Final = "snapshot/tracker.json"
_NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})


def hash_token(token: str, salt: str) -> str:
    """Keyed hash of an API token, 64 hexadecimal characters: the only form in which tokens are stored."""
    return hmac.new(salt.encode(), token.encode(), hashlib.sha256).hexdigest()


class Grant(NamedTuple):
    """What a token may do with tracking requests: everything, or on single sites. `expires_at`: UTC unix seconds.

    One that is `post_only` counts for nothing where it stands in a request's address.
    """

    is_superuser: bool = False
    writable: frozenset[int] = frozenset()
    expires_at: int | None = None
    post_only: bool = False

    def may_write(self, idsite: int) -> bool:
        """Whether restricted tracking parameters of the site are believed. Source: tracking behaviour, section 2."""
        return self.is_superuser or idsite in self.writable


class TrackerSnapshot:
    """Everything that collect and ingest know of an instance, as of one version. Not changed once it is made.

    `version` only grows. `salt` keys every hash of this instance (tokens, fingerprints); it never leaves the server.
    `grants` has one entry per token hash. `documents` holds the sites as they stand in the JSON; `site` decodes the ones
    that are asked for, so that a cold start does not pay for ten thousand others.
    """

    __slots__ = ("_decoded", "documents", "grants", "salt", "settings", "version")

    def __init__(
        self,
        version: int,
        salt: str,
        settings: Settings = Settings(),  # noqa: B008 - a named tuple of nothing
        grants: Mapping[str, Grant] = _NOTHING,
        documents: Mapping[int, Mapping[str, Any]] = _NOTHING,
    ) -> None:
        self.version = version
        self.salt = salt
        self.settings = settings
        self.grants = grants
        self.documents = documents
        self._decoded: dict[int, TrackedSite] = {}

    def has_goal(self, idsite: int, idgoal: int) -> bool:
        """Whether the site has the goal, and it is not deleted."""
        return any(goal["idgoal"] == idgoal for goal in self.documents.get(idsite, _NOTHING).get("goals", ()))

    def site(self, idsite: int) -> TrackedSite | None:
        """The site, or None if there is none with this number."""
        if idsite not in self._decoded and idsite in self.documents:
            from tidemark.model.tracked_site import tracked_site  # noqa: PLC0415 - collect rarely needs it

            self._decoded[idsite] = tracked_site(idsite, self.documents[idsite], self.settings)
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
        return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, data: bytes) -> TrackerSnapshot:
        """The snapshot of bytes that to_json made. Raises ValueError or KeyError for anything else."""
        document = json.loads(data)
        return cls(
            version=document["version"],
            salt=document["salt"],
            settings=Settings(document["settings"]),
            grants={key: _grant(value) for key, value in document["grants"].items()},
            documents={int(idsite): value for idsite, value in document["sites"].items()},
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TrackerSnapshot) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"TrackerSnapshot(version={self.version}, {len(self.documents)} sites)"


class EarlierSnapshots(Protocol):
    """Snapshots of earlier versions, for hits that waited in the queue while something was changed."""

    def as_of(self, current: TrackerSnapshot, version: int) -> TrackerSnapshot:
        """What `current` was at an earlier version; `current` itself for its own version and unknown ones."""
        ...


def _grant_document(grant: Grant) -> dict[str, Any]:
    document: dict[str, Any] = {"superuser": True} if grant.is_superuser else {"writable": sorted(grant.writable)}
    if grant.expires_at is not None:
        document["expires_at"] = grant.expires_at
    if grant.post_only:
        document["post_only"] = True
    return document


def _grant(document: Mapping[str, Any]) -> Grant:
    return Grant(
        is_superuser=bool(document.get("superuser")),
        writable=frozenset(document.get("writable", ())),
        expires_at=document.get("expires_at"),
        post_only=bool(document.get("post_only")),
    )
