"""Erased data subjects: what is remembered of them, so that nothing of theirs comes back, and the receipt of the erasure.

Nothing here names a person: identities are keyed hashes, hits are named by their random ids.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol


class SubjectKind(StrEnum):
    """What a data subject can be known by."""

    VISITOR = "visitor"
    """The visitor id, 16 hexadecimal characters in lower case."""
    USER = "user"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Subject:
    """A person as they are known: by the value of one kind."""

    kind: SubjectKind
    value: str


def visitor_text(visitor_id: int) -> str:
    """A visitor id as clients write it."""
    return f"{visitor_id:016x}"


def identity_hash(subject: Subject, salt: str) -> str:
    """The keyed hash by which an erased identity is remembered, 32 hexadecimal characters."""
    told = f"erased|{subject.kind}|{subject.value}"
    return hmac.new(salt.encode(), told.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What must not come back: hits by their ids, and hits of identities that were sent, or happened, before the erasure.

    `before` is a hit's `sequence`: who comes back later is tracked anew. What is told later of the time before `until` (unix
    seconds of the instance's clock), by an importer, say, is not recorded either. No `idsites`: all sites.
    """

    before: int
    idsites: frozenset[int] = frozenset()
    identities: frozenset[str] = frozenset()
    hit_ids: frozenset[str] = frozenset()
    until: int = 0

    def concerns(self, idsite: int) -> bool:
        """Whether hits of the site are meant."""
        return not self.idsites or idsite in self.idsites


class Tombstones:
    """All tombstones of an instance as of one moment."""

    __slots__ = ("_all", "_hashes", "_salt", "version")

    def __init__(self, tombstones: Iterable[Tombstone] = (), salt: str = "", version: str = "") -> None:
        """`version` differs when the tombstones do."""
        self._all = tuple(tombstones)
        self._salt = salt
        self._hashes: dict[Subject, str] = {}
        self.version = version

    def __bool__(self) -> bool:
        return bool(self._all)

    def cover(
        self, idsite: int, sequence: int, hit_id: str, subjects: Collection[Subject], moment: int | None = None
    ) -> bool:
        """Whether the hit was erased, or would have been if it had been stored; `moment`: when it happened, if known."""
        for one in self._all:
            if hit_id in one.hit_ids:
                return True
            is_before = sequence <= one.before or (moment is not None and moment < one.until)
            is_meant = one.identities and one.concerns(idsite) and is_before
            if is_meant and any(self._hash(subject) in one.identities for subject in subjects):
                return True
        return False

    def _hash(self, subject: Subject) -> str:
        known = self._hashes.get(subject)
        if known is None:
            known = self._hashes[subject] = identity_hash(subject, self._salt)
        return known


class ErasedSubjects(Protocol):
    """Tells ingest what was erased."""

    def tombstones(self, salt: str) -> Tombstones:
        """All that hold now."""
        ...


class ErasureState(StrEnum):
    """How far an erasure is."""

    ORDERED = "ordered"
    """Hits are dropped from now on; what is stored is being looked through."""
    ERASED = "erased"
    """All was looked through once; what others were writing meanwhile is looked for again after a while."""
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an erasure touched. Times: UTC unix seconds of the machine's clock. No `idsites`: all sites."""

    id: str
    login: str
    kinds: tuple[str, ...]
    """What the subjects were named by: visitor, user, address or visits."""
    idsites: tuple[int, ...]
    requested_at: float
    state: ErasureState = ErasureState.ORDERED
    erased_at: float = 0.0
    days: Mapping[int, tuple[date, ...]] = field(default_factory=dict)
    """Local days of each site that had hits of theirs, and were made anew."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """What was dropped, by name: hits, hit_files, imported_visits, rejected, tracking_failures, waiting_messages (spilled
    ones and dead letters that had hits of theirs), visit_log_files, archives."""
    first: str = ""
    last: str = ""
    """UTC dates between which the hits lie, for erasures of single visits; else empty."""


VisitsByDay = Mapping[tuple[int, date], Sequence[int]]
"""Visit ids by site and local day of their log."""


class DataSubjects(Protocol):
    """Erases data subjects; asked for as ``context.service(DataSubjects)``."""

    def erase_visits(self, visits: VisitsByDay, login: str) -> Receipt:
        """Erase visits with all their hits, in the name of a user."""
        ...

    def erase(self, subject: Subject, idsites: Sequence[int], login: str) -> Receipt:
        """Erase all that was ever tracked of a subject, on some sites or (none given) all."""
        ...

    def receipts(self) -> Sequence[Receipt]:
        """All erasures, oldest first."""
        ...
