"""Recognises visitors one hit after the other, in the order of reception: for odd visitors, and as the reference.

The ordinary visitors (cuts.py) are cut by vectors; on their hits both ways agree, which a test shows.
Source: Matomo 5.2, tracking behaviour, sections 5 and 10.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tidemark.model.hit import ReferrerType
from tidemark.sessions.rules import Rules

DROPPED: Final = -1
"""The visit of a hit that belongs to none (a ping that would open one)."""


class ReferrerKey(NamedTuple):
    """A referrer as far as it can cut a visit; name and keyword in lower case.

    `is_keyword_assumed`: nobody gave a campaign's keyword, the referrer's host stands for it.
    """

    type: int
    name: str
    keyword: str
    is_keyword_assumed: bool = False


DIRECT: Final = ReferrerKey(ReferrerType.DIRECT, "", "")


class SeenHit(NamedTuple):
    """What recognition looks at. Hits are given in order of (sequence, time, hit id)."""

    time: int
    visitor_id: int | None
    is_id_forced: bool
    fingerprint: int
    user_id: str | None
    wants_new_visit: bool
    is_ping: bool
    counts: bool
    """Whether it adds to the visit's number of actions."""
    is_page: bool
    referrer: ReferrerKey


@dataclass(slots=True)
class SeenVisit:
    """A visit while its hits come in."""

    number: int
    visitor_id: int | None
    """None: nobody ever gave one; `root` tells such visitors apart."""
    first_id: int | None
    """The visitor's id when the visit was opened: of a known visitor the one that was known."""
    fingerprint: int
    start: int
    last_action: int
    parent: int | None
    """The visitor's visit before, among those seen here."""
    is_known: bool
    history_id: int | None
    """The visitor whose earlier days count for this visit."""
    root: int
    """The visit in which a visitor without an id was first seen."""
    user_id: str | None = None
    actions: int = 0
    pages: int = 0
    pages_before: int = 0
    """Pages of the visit before, where a referrer cut it: a conversion by this visit's first hit counts them.

    Source: Matomo 5.2, plugins/Goals/Columns/PageviewsBefore (it reads the row that was found).
    """
    start_before: int | None = None
    """Start of the visit before, where a referrer cut it: goals on the duration measure this visit's first hit from it.

    Source: Matomo 5.2, core/Tracker/GoalManager (the properties of the visit that was found are still there).
    """
    referrer: ReferrerKey = DIRECT


class _Index:
    """The visits of each key in order of their last actions, then of their numbers."""

    __slots__ = ("_prefers_older", "_visits")

    def __init__(self, *, prefers_older: bool = False) -> None:
        """`prefers_older`: of visits with equal last actions the first one is found, else the last."""
        self._prefers_older = prefers_older
        self._visits: dict[object, list[_Place]] = {}

    def latest(self, key: object, until: int) -> int | None:
        """Number of the visit whose last action is the latest that is not after a moment."""
        places = self._visits.get(key)
        if not places:
            return None
        at = len(places) if places[-1][0] <= until else bisect_right(places, until, key=_last_action)
        if not at:
            return None
        if self._prefers_older:
            at = bisect_left(places, (places[at - 1][0], -1), hi=at) + 1
        return places[at - 1][1]

    def put(self, key: object, visit: SeenVisit) -> None:
        """Let the visit be found under the key."""
        insort(self._visits.setdefault(key, []), (visit.last_action, visit.number))

    def remove(self, key: object, visit: SeenVisit) -> None:
        """Forget the visit under the key; call it before its last action changes."""
        places = self._visits[key]
        place = (visit.last_action, visit.number)
        if places[-1] == place:
            places.pop()
        else:
            del places[bisect_left(places, place)]

    def move(self, key: object, visit: SeenVisit, last_action: int) -> None:
        """Let the visit be found by a later last action; call it before that changes."""
        places = self._visits[key]
        if places[-1][1] == visit.number:  # nearly always, and it stays the last
            places[-1] = (last_action, visit.number)
        else:
            self.remove(key, visit)
            insort(places, (last_action, visit.number))


_Place = tuple[int, int]
"""Last action and number of a visit."""


def _last_action(place: _Place) -> int:
    return place[0]


@dataclass(slots=True)
class Recogniser:
    """Gives every hit its visit. `earlier` are the visitor ids that have a history on earlier days.

    Where midnight ends visits, it is given the hits of one day only.
    """

    rules: Rules
    earlier: Collection[int]
    knows_users: bool = True
    """Whether any of the hits has a user id."""
    visits: list[SeenVisit] = field(default_factory=list)
    _by_id: _Index = field(default_factory=lambda: _Index(prefers_older=True))
    """Source: Matomo 5.2, core/Db/Schema/Mysql (the index over visitor ids descends by time, hence ascends by visit)."""
    _by_fingerprint: _Index = field(default_factory=_Index)
    _by_fingerprint_and_user: _Index = field(default_factory=_Index)

    def all(self, hits: Iterable[SeenHit]) -> list[int]:
        """The number of the visit of each hit, or DROPPED."""
        return [self.visit_of(hit) for hit in hits]

    def visit_of(self, hit: SeenHit) -> int:
        """The number of the hit's visit, an old or a new one, or DROPPED."""
        found, is_known = self._find(hit)
        if found is None or self._is_new(hit, found):
            if hit.is_ping:
                return DROPPED
            visit = self._open(hit, found, is_known)
            if found is not None and not self._ended(hit, found):
                visit.pages_before, visit.start_before = found.pages, found.start
            return visit.number
        self._go_on(hit, found)
        return found.number

    def _find(self, hit: SeenHit) -> tuple[SeenVisit | None, bool]:
        """The visitor's last visit, if it was seen here, and whether the visitor is known at all.

        A visit may have gone on after the hit, but for no longer than a visit lasts.
        """
        found, is_known = None, False
        if hit.visitor_id is not None:
            found = self._visit(self._by_id.latest(hit.visitor_id, hit.time + self.rules.visit_length))
            is_known = found is not None or hit.visitor_id in self.earlier
        if not is_known and (hit.visitor_id is None or not self._matches_id_only(hit)):
            found = self._find_by_fingerprint(hit)
            is_known = found is not None
        if found is not None and 0 < self.rules.max_actions <= found.actions:
            return None, False
        return found, is_known

    def _find_by_fingerprint(self, hit: SeenHit) -> SeenVisit | None:
        until = hit.time + self.rules.visit_length
        if hit.user_id is None:
            found = self._visit(self._by_fingerprint.latest(hit.fingerprint, until))
        else:
            anonymous = self._by_fingerprint_and_user.latest((hit.fingerprint, None), until)
            own = self._by_fingerprint_and_user.latest((hit.fingerprint, hit.user_id), until)
            found = _later(self._visit(anonymous), self._visit(own))
        return found if found is not None and found.last_action >= hit.time - self.rules.look_back else None

    def _visit(self, number: int | None) -> SeenVisit | None:
        return None if number is None else self.visits[number]

    def _matches_id_only(self, hit: SeenHit) -> bool:
        return self.rules.trusts_ids or (hit.is_id_forced and hit.user_id is None)

    def _is_new(self, hit: SeenHit, last: SeenVisit) -> bool:
        return self._ended(hit, last) or self._brings_referrer(hit, last)

    def _ended(self, hit: SeenHit, last: SeenVisit) -> bool:
        """Whether the visit is over for other reasons than a referrer."""
        rules = self.rules
        return (
            hit.wants_new_visit
            or rules.cuts_always
            or last.last_action <= hit.time - rules.visit_length
            or (rules.cuts_on_user and None not in (last.user_id, hit.user_id) and last.user_id != hit.user_id)
        )

    def _brings_referrer(self, hit: SeenHit, last: SeenVisit) -> bool:
        new = _as_seen_from(last.referrer, hit.referrer)
        if new[:3] == last.referrer[:3]:
            return False
        if new.type == ReferrerType.CAMPAIGN and self.rules.cuts_on_campaign:
            return last.referrer.type != ReferrerType.DIRECT
        return new.type == ReferrerType.WEBSITE and self.rules.cuts_on_website

    def _open(self, hit: SeenHit, last: SeenVisit | None, is_known: bool) -> SeenVisit:
        number = len(self.visits)
        visitor_id = hit.visitor_id if last is None else last.visitor_id
        visit = SeenVisit(
            number=number,
            visitor_id=visitor_id,
            first_id=visitor_id,
            fingerprint=hit.fingerprint,
            start=hit.time,
            last_action=hit.time,
            parent=None if last is None else last.number,
            is_known=is_known,
            history_id=(hit.visitor_id if is_known else None) if last is None else last.history_id,
            root=number if last is None else last.root,
            user_id=hit.user_id,
            actions=int(hit.counts),
            pages=int(hit.is_page),
            referrer=hit.referrer,
        )
        self.visits.append(visit)
        self._put(visit)
        return visit

    def _go_on(self, hit: SeenHit, visit: SeenVisit) -> None:
        visitor_id = visit.visitor_id if hit.visitor_id is None else hit.visitor_id
        user_id = visit.user_id if hit.user_id is None else hit.user_id
        last_action = visit.last_action if hit.is_ping else max(visit.last_action, hit.time)
        if visitor_id != visit.visitor_id or user_id != visit.user_id:
            self._remove(visit)
            visit.visitor_id, visit.user_id, visit.last_action = visitor_id, user_id, last_action
            self._put(visit)
        elif last_action != visit.last_action:
            for index, key in self._places(visit):
                index.move(key, visit, last_action)
            visit.last_action = last_action
        if visit.referrer.type == ReferrerType.DIRECT:
            visit.referrer = hit.referrer
        visit.actions += hit.counts
        visit.pages += hit.is_page

    def _put(self, visit: SeenVisit) -> None:
        for index, key in self._places(visit):
            index.put(key, visit)

    def _remove(self, visit: SeenVisit) -> None:
        for index, key in self._places(visit):
            index.remove(key, visit)

    def _places(self, visit: SeenVisit) -> list[tuple[_Index, object]]:
        places: list[tuple[_Index, object]] = [(self._by_fingerprint, visit.fingerprint)]
        if self.knows_users:
            places.append((self._by_fingerprint_and_user, (visit.fingerprint, visit.user_id)))
        if visit.visitor_id is not None:
            places.append((self._by_id, visit.visitor_id))
        return places


def _later(one: SeenVisit | None, other: SeenVisit | None) -> SeenVisit | None:
    """The visit with the later action, the younger one if they are equal."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda visit: (visit.last_action, visit.number))


def _as_seen_from(current: ReferrerKey, new: ReferrerKey) -> ReferrerKey:
    """The referrer with the keyword that the current visit's campaign has, where nobody gave one.

    Source: Matomo 5.2, tracking behaviour, section 10, rule 3.
    """
    if new.is_keyword_assumed and current.type == new.type == ReferrerType.CAMPAIGN and current.name == new.name:
        return current
    return new
