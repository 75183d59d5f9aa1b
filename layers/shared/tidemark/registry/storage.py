"""Loads and commits catalogues, and publishes the tracker's snapshot of each.

A commit is one transaction that holds only if nobody else committed meanwhile: whoever loses loads again and repeats. The
snapshot is written after it. Should the process die between the two, `snapshot_version` stays behind `version`, and whoever
looks next (the next change, an authenticated call, the scheduled `heal`) writes it.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tidemark.model.access import Role
from tidemark.model.settings import Settings
from tidemark.model.snapshot import SNAPSHOT_KEY, Grant, TrackerSnapshot
from tidemark.model.tracked_site import site_document
from tidemark.registry.catalogue import token_identity
from tidemark.registry.items import KINDS, STATE_KEY, catalogue_of
from tidemark.registry.past import superseded
from tidemark.stores.ports import (
    Absent,
    AnyOf,
    ConditionFailedError,
    Delete,
    Equals,
    LessThan,
    NotFoundError,
    PreconditionFailedError,
    Put,
    UnavailableError,
    Update,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tidemark.model.custom_dimension import CustomDimension
    from tidemark.model.goal import Goal
    from tidemark.model.site import Site
    from tidemark.model.user import AppToken, User
    from tidemark.registry.catalogue import Catalogue
    from tidemark.stores.ports import Item, KeyedObjects, Operation, Table

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Written:
    """A snapshot object that was seen in the store."""

    etag: str
    version: int


@dataclass(slots=True)
class _SiteDocuments:
    """The sites' parts of the snapshot, made anew only for sites that changed."""

    _made: dict[int, tuple[Site, tuple[Goal, ...], tuple[CustomDimension, ...], dict[str, Any]]] = field(
        default_factory=dict
    )

    def of(self, catalogue: Catalogue) -> dict[int, dict[str, Any]]:
        made = {}
        for idsite, site in catalogue.sites.items():
            goals, dimensions = catalogue.goals.get(idsite, ()), catalogue.custom_dimensions.get(idsite, ())
            kept = self._made.get(idsite)
            if kept is None or kept[0] is not site or kept[1] is not goals or kept[2] is not dimensions:
                kept = (site, goals, dimensions, site_document(site, goals, dimensions))
            made[idsite] = kept
        self._made = made
        return {idsite: kept[3] for idsite, kept in made.items()}


@dataclass(slots=True)
class Storage:
    """The registry's table and the snapshot object. `first` makes the catalogue of an instance that has none yet."""

    table: Table
    objects: KeyedObjects
    first: Callable[[], Catalogue]
    real_now: Callable[[], float] = time.time
    _documents: _SiteDocuments = field(default_factory=_SiteDocuments)
    _written: _Written | None = None

    def state(self) -> Item | None:
        """The instance's state item: version, snapshot_version, salt, last_site. None while nothing was ever set up."""
        return self.table.get(*STATE_KEY)

    def ensure_state(self) -> Item:
        """The state item of an instance that is set up now, if it was not before."""
        state = self.state()
        while state is None:
            self.write_first(self.first())
            state = self.state()
        return state

    def write_first(self, catalogue: Catalogue) -> None:
        """Begin an instance; nothing happens if another process was faster."""
        self._written = None
        state = {**_state(catalogue), "salt": catalogue.salt, "snapshot_version": 0}
        puts = [Put(kind.item(key, fact)) for kind in KINDS for key, fact in kind.facts(catalogue).items()]
        try:
            self.table.transact([Put({**state, "pk": STATE_KEY[0], "sk": STATE_KEY[1]}, Absent()), *puts])
        except ConditionFailedError:
            return
        self.publish(catalogue)

    def load(self, state: Mapping[str, Any]) -> Catalogue:
        """The catalogue as of one version, at least that of `state`."""
        while True:
            items = {kind.partition: list(self.table.query(kind.partition)) for kind in KINDS}
            after = self.state() or state
            if after["version"] == state["version"]:
                return catalogue_of(after, items)
            state = after

    def commit(self, before: Catalogue, after: Catalogue) -> Catalogue:
        """Store what differs, and give `after` with its version.

        Raises: ConditionFailedError or TransactionConflictError if another change came first; nothing is stored then.
        """
        after = replace(after, version=before.version + 1)
        state = Update(*STATE_KEY, assign=_state(after), condition=Equals("version", before.version))
        past = superseded(before, after, self.real_now())
        self.table.transact([*operations(before, after), *past, state])
        self.publish(after)
        return after

    def heal(self, state: Mapping[str, Any], catalogue: Catalogue) -> None:
        """Write the snapshot if it is older than the catalogue."""
        if state["snapshot_version"] < catalogue.version:
            self.publish(catalogue)

    def publish(self, catalogue: Catalogue) -> None:
        """Bring the snapshot object to this version, unless it is newer.

        If the object store does not answer the change stands none the less, and the snapshot is healed later.
        """
        data = self.snapshot(catalogue).to_json()
        try:
            self._write_snapshot(catalogue.version, data)
            self._note_snapshot(catalogue.version)
        except UnavailableError:
            logger.exception("tracker snapshot not written", extra={"version": catalogue.version})

    def snapshot(self, catalogue: Catalogue) -> TrackerSnapshot:
        """What the tracker has to know of the catalogue."""
        return TrackerSnapshot(
            version=catalogue.version,
            salt=catalogue.salt,
            settings=Settings(catalogue.given),
            grants={
                token.hash: grant._replace(expires_at=token.expires_at, post_only=token.post_only)
                for user in catalogue.users.values()
                for token in user.tokens
                for grant in _grants(user, token, catalogue)
            },
            documents=self._documents.of(catalogue),
        )

    def _write_snapshot(self, version: int, data: bytes) -> None:
        while self._written is None or self._written.version < version:
            before = self._written
            try:
                if before is None:
                    etag = self.objects.put(SNAPSHOT_KEY, data, if_absent=True)
                else:
                    etag = self.objects.put(SNAPSHOT_KEY, data, if_match=before.etag)
            except PreconditionFailedError:
                self._written = self._stored_snapshot()
            else:
                self._written = _Written(etag, version)

    def _stored_snapshot(self) -> _Written | None:
        """Which snapshot the object is now."""
        try:
            stored = self.objects.get(SNAPSHOT_KEY)
        except NotFoundError:
            return None
        return _Written(stored.etag, TrackerSnapshot.from_json(stored.data).version)

    def _note_snapshot(self, version: int) -> None:
        older = AnyOf((Absent("snapshot_version"), LessThan("snapshot_version", version)))
        try:
            self.table.update(*STATE_KEY, assign={"snapshot_version": version}, condition=older)
        except ConditionFailedError:
            return


def operations(before: Catalogue, after: Catalogue) -> list[Operation]:
    """The writes that turn the stored `before` into `after`; facts that are the same object are not written."""
    writes: list[Operation] = []
    for kind in KINDS:
        old, new = kind.facts(before), kind.facts(after)
        if old is new:
            continue
        writes += [Put(kind.item(key, fact)) for key, fact in new.items() if old.get(key) is not fact]
        writes += [Delete(kind.partition, kind.write_key(key)) for key in old if key not in new]
    return writes


def _state(catalogue: Catalogue) -> dict[str, Any]:
    return {"version": catalogue.version, "last_site": catalogue.last_site}


def _grants(user: User, token: AppToken, catalogue: Catalogue) -> list[Grant]:
    """The grant of a user's token, if there is anything that may be written by it."""
    identity = token_identity(catalogue, user, token)
    if identity.no_changes:
        return []
    if identity.is_superuser:
        return [Grant(is_superuser=True)]
    writable = frozenset(idsite for idsite, role in identity.roles.items() if role >= Role.WRITE)
    return [Grant(writable=writable)] if writable else []
