"""Hits to visits: ordinary visitors by vectors, entangled or odd ones by the sequential recogniser.

An ordinary visitor has either an id whose fingerprints nobody shares, or a fingerprint that nobody with an id has:
then the visitor's hits are exactly the rows of one key, and visits are cut by comparing neighbours.
Source: Matomo 5.2, tracking behaviour, section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import given
from tidemark.model.hit import ActionType, ReferrerType
from tidemark.model.period import local_date
from tidemark.sessions.hits import Hits, single
from tidemark.sessions.recogniser import DIRECT, DROPPED, Recogniser, ReferrerKey, SeenHit, SeenVisit
from tidemark.sessions.rules import Rules
from tidemark.sessions.vectors import (
    Runs,
    changes,
    count_in,
    last_before,
    positions,
    running_max,
    runs_of,
    within,
)

COUNTED = (ActionType.PAGE, ActionType.OUTLINK, ActionType.DOWNLOAD, ActionType.SEARCH, ActionType.EVENT)
"""What visit_total_actions counts. Source: Matomo 5.2, tracking behaviour, section 6."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """Hits of visits, in the order of their visits and, inside a visit, of sending; dropped pings are gone.

    What belongs to a visit is as long as `runs`. The chain of a visit are the earlier visits of its visitor.
    """

    hits: Hits
    place: pa.Int64Array
    """Of each row: its place in `hits`."""
    runs: Runs
    first_place: pa.Int64Array
    """The visit's first hit by time."""
    start: pa.Int64Array
    visitor_id: pa.UInt64Array
    """NULL where nobody gave one."""
    root_place: pa.Int64Array
    """The first hit of the first visit of the chain."""
    is_known: pa.BooleanArray
    history_id: pa.UInt64Array
    """Whose earlier days come before the chain; NULL for nobody's."""
    earlier_visits: pa.Int64Array
    """Length of the chain before the visit."""
    root_start: pa.Int64Array
    previous_start: pa.Int64Array
    """NULL for the first of the chain."""
    order_start: pa.Int64Array
    """Start of the chain's last visit with an order before this one; NULL if there is none."""
    has_order: pa.BooleanArray

    def column(self, name: str) -> pa.Array:
        """A column of the hits in the order of these rows."""
        return self.raw(name, self.place)

    def raw(self, name: str, place: pa.Int64Array) -> pa.Array:
        """A column of the hits at some places."""
        return single(self.hits.table[name]).take(self.hits.row.take(place))


@dataclass(frozen=True, slots=True)
class _Cut:
    """Some of the hits, cut into visits numbered from 0; `place` and `visit` are as long as the hits that are kept."""

    place: pa.Int64Array
    visit: pa.Int64Array
    first_place: pa.Int64Array
    visitor_id: pa.UInt64Array
    is_known: pa.BooleanArray
    history_id: pa.UInt64Array
    parent: pa.Int64Array
    """Number of the visitor's visit before; NULL for none."""


def recognise(hits: Hits, earlier: pa.UInt64Array, rules: Rules, zone: tzinfo) -> Recognised:
    """The visits of the hits. `earlier` are the visitor ids that have visits on earlier days."""
    is_odd = odd_visitors(hits, rules)
    ordinary = cut_ordinary(hits, positions(pc.invert(is_odd)), earlier, rules)
    if not pc.any(is_odd).as_py():
        return _in_order(hits, ordinary)
    return _in_order(hits, _joined(ordinary, cut_odd(hits, positions(is_odd), earlier, rules, zone)))


def odd_visitors(hits: Hits, rules: Rules) -> pa.BooleanArray:
    """Of each hit: whether its visitor needs the sequential recogniser."""
    if not rules.cuts_at_midnight:
        return pa.repeat(pa.scalar(True), len(hits))
    keys = runs_of(pc.or_(changes(hits.has_id), changes(hits.key)))
    odd = [_entangled(hits, rules), keys.spread(_bring_referrers(hits, keys, rules))]
    if rules.cuts_on_user:
        odd.append(keys.spread(_several(_codes(hits.column("user_id")), pc.is_valid(hits.column("user_id")), keys)))
    if rules.max_actions:
        sizes = pc.add(pc.subtract(keys.last, keys.first), 1)
        odd.append(keys.spread(pc.greater_equal(sizes, rules.max_actions)))
    # an odd visitor's fingerprint may be shared by hits without an id: all of an entangled group is odd already,
    # and a visitor who is odd for another reason shares no fingerprint with anyone
    found = odd[0]
    for flags in odd[1:]:
        found = pc.or_(found, flags)
    return found


def cut_ordinary(hits: Hits, place: pa.Int64Array, earlier: pa.UInt64Array, rules: Rules) -> _Cut:
    """Visits of ordinary visitors, each of whose keys comes with all its hits."""
    keys = runs_of(pc.or_(changes(hits.has_id.take(place)), changes(hits.key.take(place))))
    time, has_id = hits.time.take(place), hits.has_id.take(place)
    is_ping = _flag(hits, "is_ping", place)
    last_action = within(running_max(time, pc.invert(is_ping), keys), keys)
    ended = pc.fill_null(pc.less_equal(last_action, pc.subtract(time, rules.visit_length)), True)
    is_new = pc.or_(ended, _flag(hits, "wants_new_visit", place))
    if rules.cuts_always:
        is_new = pa.repeat(pa.scalar(True), len(place))
    kept = pc.invert(pc.and_(is_new, is_ping))
    starts = is_new.filter(kept)
    visits = runs_of(starts)
    at_start = positions(kept).take(visits.first)
    is_first = pc.is_null(last_action).take(at_start)
    recent = pc.greater_equal(last_action, pc.subtract(time, rules.look_back)).take(at_start)
    has_id, key = has_id.take(at_start), hits.key.take(place).take(at_start)
    has_parent = pc.and_(pc.invert(is_first), pc.or_(has_id, pc.fill_null(recent, False)))
    has_history = pc.and_(has_id, pc.is_in(key, value_set=earlier))
    nobody = pa.scalar(None, pa.uint64())
    numbers = pc.subtract(pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), len(visits))), 1)
    return _Cut(
        place=place.filter(kept),
        visit=visits.number,
        first_place=place.take(at_start),
        visitor_id=pc.if_else(has_id, key, nobody),
        is_known=pc.or_(has_parent, has_history),
        history_id=pc.if_else(has_history, key, nobody),
        parent=pc.if_else(has_parent, pc.subtract(numbers, 1), pa.scalar(None, pa.int64())),
    )


def cut_odd(hits: Hits, place: pa.Int64Array, earlier: pa.UInt64Array, rules: Rules, zone: tzinfo) -> _Cut:
    """Visits of any visitors, one hit after the other."""
    order = pc.sort_indices(
        pa.table({"time": hits.time.take(place), "sequence": hits.sequence.take(place)}),
        sort_keys=[("time", "ascending"), ("sequence", "ascending")],
    )
    place = _by_id_where_equal(hits, place.take(order))
    seen = _seen_hits(hits, place, rules, zone)
    ids = set(hits.key.take(place).unique().to_pylist())
    known = set(earlier.filter(pc.is_in(earlier, value_set=pa.array(sorted(ids), pa.uint64()))).to_pylist())
    recogniser = Recogniser(rules, known)
    numbers = recogniser.all(seen)
    visits = recogniser.visits
    first: dict[int, int] = {}
    for where, number in zip(place.to_pylist(), numbers, strict=True):
        if number != DROPPED:
            first.setdefault(number, where)
    visit = pa.array(numbers, pa.int64())
    kept = pc.greater_equal(visit, 0)
    place, visit = place.filter(kept), visit.filter(kept)
    by_visit = pc.sort_indices(visit)
    return _Cut(
        place=place.take(by_visit),
        visit=visit.take(by_visit),
        first_place=pa.array([first[one.number] for one in visits], pa.int64()),
        visitor_id=_field(visits, "visitor_id", pa.uint64()),
        is_known=_field(visits, "is_known", pa.bool_()),
        history_id=_field(visits, "history_id", pa.uint64()),
        parent=_field(visits, "parent", pa.int64()),
    )


def _field(visits: list[SeenVisit], name: str, type: pa.DataType) -> pa.Array:  # noqa: A002 (Arrow's word)
    return pa.array([getattr(visit, name) for visit in visits], type)


def _by_id_where_equal(hits: Hits, place: pa.Int64Array) -> pa.Int64Array:
    """Places in order of time and sequence, brought into the order of hit ids where both are equal."""
    sequence, time = hits.sequence.take(place), hits.time.take(place)
    is_tied = pc.invert(pc.or_(changes(sequence), changes(time)))
    if not pc.any(is_tied).as_py():
        return place
    keys = pa.table({"time": time, "sequence": sequence, "hit_id": hits.column("hit_id").take(place)})
    names = ("time", "sequence", "hit_id")
    return place.take(pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in names]))


def _seen_hits(hits: Hits, place: pa.Int64Array, rules: Rules, zone: tzinfo) -> list[SeenHit]:
    row = hits.row.take(place)
    time = hits.time.take(place).to_pylist()
    day = [0] * len(time) if rules.cuts_at_midnight else [local_date(one, zone).toordinal() for one in time]
    table = hits.table
    return [
        SeenHit(*values)
        for values in zip(
            time,
            day,
            single(table["visitor_id"]).take(row).to_pylist(),
            _flag(hits, "is_id_forced", place).to_pylist(),
            hits.fingerprint.take(place).to_pylist(),
            [user or None for user in single(table["user_id"]).take(row).to_pylist()],
            _flag(hits, "wants_new_visit", place).to_pylist(),
            _flag(hits, "is_ping", place).to_pylist(),
            _is_one_of(single(table["action_type"]).take(row), COUNTED).to_pylist(),
            _referrer_keys(table, row),
            strict=True,
        )
    ]


def _referrer_keys(table: pa.Table, row: pa.Array) -> list[ReferrerKey]:
    names = ("referer_type", "referer_name", "referer_keyword", "is_referer_keyword_assumed")
    made: dict[Any, ReferrerKey] = {}
    keys = []
    for values in zip(*(single(table[name]).take(row).to_pylist() for name in names), strict=True):
        if values not in made:
            made[values] = referrer_key(*values)
        keys.append(made[values])
    return keys


def referrer_key(
    type: int | None,  # noqa: A002 (the column's word)
    name: str | None,
    keyword: str | None,
    is_assumed: bool | None,
) -> ReferrerKey:
    """A hit's referrer as far as it can cut a visit."""
    if type is None or type == ReferrerType.DIRECT:
        return DIRECT
    return ReferrerKey(type, (name or "").lower(), (keyword or "").lower(), bool(is_assumed))


def _entangled(hits: Hits, rules: Rules) -> pa.BooleanArray:
    """Of each hit: whether its visitor shares a fingerprint with hits of another key, and one of them looks at it."""
    is_user = pc.and_(given(hits.column("user_id")), not rules.cuts_on_user)
    looks = pa.repeat(pa.scalar(True), len(hits))
    if rules.trusts_ids:
        looks = pc.invert(hits.has_id)
    else:
        forced = pc.and_(hits.column("is_id_forced"), pc.invert(given(hits.column("user_id"))))
        looks = pc.invert(pc.and_(hits.has_id, pc.fill_null(forced, False)))
    groups = (
        pa.table(
            {
                "fingerprint": hits.fingerprint,
                "key": hits.key,
                "has_id": hits.has_id.cast(pa.uint8()),
                "looks": looks.cast(pa.uint8()),
                "is_user": is_user.cast(pa.uint8()),
            }
        )
        .group_by("fingerprint", use_threads=False)
        .aggregate(
            [
                ("key", "min"),
                ("key", "max"),
                ("has_id", "min"),
                ("has_id", "max"),
                ("looks", "max"),
                ("is_user", "min"),
            ]
        )
    )
    several = pc.or_(
        pc.not_equal(groups["key_min"], groups["key_max"]), pc.not_equal(groups["has_id_min"], groups["has_id_max"])
    )
    shared = pc.and_(pc.and_(several, pc.equal(groups["looks_max"], 1)), pc.equal(groups["is_user_min"], 0))
    fingerprints = single(groups["fingerprint"].filter(shared))
    if not len(fingerprints):
        return pa.repeat(pa.scalar(False), len(hits))
    is_shared = pc.is_in(hits.fingerprint, value_set=fingerprints)
    ids = hits.key.filter(pc.and_(is_shared, hits.has_id)).unique()
    return pc.or_(is_shared, pc.and_(hits.has_id, pc.is_in(hits.key, value_set=ids)))


def _bring_referrers(hits: Hits, keys: Runs, rules: Rules) -> pa.BooleanArray:
    """Of each key: whether its hits come from several referrers, one of which can cut a visit."""
    kind = pc.fill_null(hits.column("referer_type"), int(ReferrerType.DIRECT))
    cutting = [ReferrerType.CAMPAIGN] * rules.cuts_on_campaign + [ReferrerType.WEBSITE] * rules.cuts_on_website
    can_cut = pc.greater(count_in(_is_one_of(kind, cutting), keys), 0)
    if not pc.any(can_cut).as_py():
        return can_cut
    is_given = pc.greater(kind, 0) if rules.cuts_on_website else pc.not_equal(kind, int(ReferrerType.DIRECT))
    differs = _several(kind.cast(pa.int64()), is_given, keys)
    for name in ("referer_name", "referer_keyword"):
        differs = pc.or_(differs, _several(_codes(hits.column(name)), is_given, keys))
    return pc.and_(can_cut, differs)


def _several(codes: pa.Int64Array, flags: pa.BooleanArray, runs: Runs) -> pa.BooleanArray:
    """Of each run: whether its flagged rows have several codes."""
    before = last_before(flags, runs)
    differs = pc.fill_null(pc.not_equal(codes, codes.take(before)), False)
    return pc.greater(count_in(pc.and_(flags, differs), runs), 0)


def _codes(texts: pa.DictionaryArray) -> pa.Int64Array:
    """A number for each different text in lower case; -1 for none."""
    lower = pc.utf8_lower(texts.dictionary).dictionary_encode()
    return pc.fill_null(lower.indices.take(texts.indices).cast(pa.int64()), -1)


def _flag(hits: Hits, name: str, place: pa.Int64Array) -> pa.BooleanArray:
    return pc.fill_null(single(hits.table[name]).take(hits.row.take(place)), False)


def _is_one_of(values: pa.Array, wanted: Any) -> pa.BooleanArray:
    return pc.is_in(values, value_set=pa.array([int(one) for one in wanted], values.type))


def _joined(one: _Cut, other: _Cut) -> _Cut:
    """Both cuts as one; the other's visits get the numbers behind."""
    behind = len(one.first_place)
    return _Cut(
        place=pa.concat_arrays([one.place, other.place]),
        visit=pa.concat_arrays([one.visit, pc.add(other.visit, behind)]),
        first_place=pa.concat_arrays([one.first_place, other.first_place]),
        visitor_id=pa.concat_arrays([one.visitor_id, other.visitor_id]),
        is_known=pa.concat_arrays([one.is_known, other.is_known]),
        history_id=pa.concat_arrays([one.history_id, other.history_id]),
        parent=pa.concat_arrays([one.parent, pc.add(other.parent, behind)]),
    )


def _in_order(hits: Hits, cut: _Cut) -> Recognised:
    place = cut.place
    sequence = hits.sequence.take(place)
    is_start = changes(cut.visit)
    steps_back = pc.fill_null(
        pc.less(sequence, pa.concat_arrays([sequence.slice(0, 1), sequence.slice(0, max(0, len(sequence) - 1))])), False
    )
    if pc.any(pc.and_(steps_back, pc.invert(is_start))).as_py():
        order = pc.sort_indices(
            pa.table({"visit": cut.visit, "sequence": sequence}),
            sort_keys=[("visit", "ascending"), ("sequence", "ascending")],
        )
        place = place.take(order)
    runs = runs_of(is_start)
    start = hits.time.take(cut.first_place)
    has_order = pc.greater(count_in(_is_order(hits, place), runs), 0)
    return Recognised(
        hits=hits,
        place=place,
        runs=runs,
        first_place=cut.first_place,
        start=start,
        visitor_id=cut.visitor_id,
        is_known=cut.is_known,
        has_order=has_order,
        **_chain(cut, start, has_order),
    )


def _is_order(hits: Hits, place: pa.Int64Array) -> pa.BooleanArray:
    ecommerce = single(hits.table["ecommerce"]).take(hits.row.take(place))
    is_order = pc.fill_null(pc.equal(ecommerce, 1), False)
    return pc.and_(is_order, pc.invert(_flag(hits, "is_ping", place)))


def _chain(cut: _Cut, start: pa.Int64Array, has_order: pa.BooleanArray) -> dict[str, pa.Array]:
    """What a visit knows of its visitor's earlier visits of the day. Parents have smaller numbers."""
    neighbours = pc.fill_null(
        pc.equal(pc.subtract(pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), len(start))), 2), cut.parent), True
    )
    if pc.all(neighbours).as_py():
        chains = runs_of(pc.is_null(cut.parent))
        root = chains.spread(chains.first)
        numbers = pc.subtract(pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), len(start))), 1)
        depth = pc.subtract(numbers, root)
        order = last_before(has_order, chains)
    else:
        root, depth, order = _walk(cut.parent.to_pylist(), has_order.to_pylist())
    return {
        "root_place": cut.first_place.take(root),
        "history_id": cut.history_id.take(root),
        "earlier_visits": depth,
        "root_start": start.take(root),
        "previous_start": start.take(cut.parent),
        "order_start": start.take(order),
    }


def _walk(parents: list[int | None], has_order: list[bool]) -> tuple[pa.Int64Array, pa.Int64Array, pa.Int64Array]:
    """Root, depth and nearest earlier visit with an order of each visit, when chains branch or interleave."""
    roots: list[int] = []
    depths: list[int] = []
    orders: list[int | None] = []
    for number, parent in enumerate(parents):
        roots.append(number if parent is None else roots[parent])
        depths.append(0 if parent is None else depths[parent] + 1)
        orders.append(None if parent is None else parent if has_order[parent] else orders[parent])
    return pa.array(roots, pa.int64()), pa.array(depths, pa.int64()), pa.array(orders, pa.int64())
