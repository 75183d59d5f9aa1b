"""Hits cut into visits: ordinary visitors by vectors, odd ones by the sequential recogniser.

Source: Matomo 5.2, tracking behaviour, section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import listed
from tidemark.model.hit import ActionType, ReferrerType
from tidemark.sessions.hits import Hits, flag, single
from tidemark.sessions.recogniser import DIRECT, DROPPED, Recogniser, ReferrerKey, SeenHit, SeenVisit
from tidemark.sessions.rules import Rules
from tidemark.sessions.vectors import changes, is_one_of, positions, row_numbers, running_max, runs_of, within

COUNTED = (ActionType.PAGE, ActionType.OUTLINK, ActionType.DOWNLOAD, ActionType.SEARCH, ActionType.EVENT)
"""What visit_total_actions counts. Source: Matomo 5.2, tracking behaviour, section 6."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Some of the hits, cut into visits numbered from 0; `place` and `visit` are as long as the hits that are kept."""

    place: pa.Int64Array
    visit: pa.Int64Array
    first_place: pa.Int64Array
    visitor_id: pa.UInt64Array
    """NULL where nobody gave one; so with `first_id`, the one at the start."""
    first_id: pa.UInt64Array
    is_known: pa.BooleanArray
    history_id: pa.UInt64Array
    parent: pa.Int64Array
    """Number of the visitor's visit before; NULL for none."""
    pages_before: pa.Int64Array
    """Pages that a conversion by the visit's first hit counts in addition (see recogniser.py)."""
    start_before: pa.Int64Array
    """From when a goal measures the duration at the visit's first hit; NULL if not at all (see recogniser.py)."""


def cut_ordinary(hits: Hits, place: pa.Int64Array, earlier: pa.UInt64Array, rules: Rules) -> Cut:
    """Visits of ordinary visitors, each of whose keys comes with all its hits, received in the order of their times."""
    keys = runs_of(pc.or_(changes(hits.has_id.take(place)), changes(hits.key.take(place))))
    time, has_id = hits.time.take(place), hits.has_id.take(place)
    is_ping = flag(hits, "is_ping", place)
    last_action = within(running_max(time, pc.invert(is_ping), keys), keys)
    ended = pc.fill_null(pc.less_equal(last_action, pc.subtract(time, rules.visit_length)), True)
    is_new = pc.or_(ended, flag(hits, "wants_new_visit", place))
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
    visitor_id = pc.if_else(has_id, key, nobody)
    numbers = row_numbers(len(visits))
    return Cut(
        place=place.filter(kept),
        visit=visits.number,
        first_place=place.take(at_start),
        visitor_id=visitor_id,
        first_id=visitor_id,
        is_known=pc.or_(has_parent, has_history),
        history_id=pc.if_else(has_history, key, nobody),
        parent=pc.if_else(has_parent, pc.subtract(numbers, 1), pa.scalar(None, pa.int64())),
        pages_before=pa.repeat(pa.scalar(0, pa.int64()), len(visits)),
        start_before=pa.nulls(len(visits), pa.int64()),
    )


def cut_odd(hits: Hits, place: pa.Int64Array, earlier: pa.UInt64Array, rules: Rules) -> Cut:
    """Visits of any visitors, one hit after the other in the order of reception."""
    place = place.take(_by_reception(hits, place))
    seen = _seen_hits(hits, place)
    ids = set(hits.key.take(place).unique().to_pylist())
    known = set(earlier.filter(pc.is_in(earlier, value_set=pa.array(sorted(ids), pa.uint64()))).to_pylist())
    recogniser = Recogniser(rules, known, knows_users=any(hit.user_id for hit in seen))
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
    return Cut(
        place=place.take(by_visit),
        visit=visit.take(by_visit),
        first_place=pa.array([first[one.number] for one in visits], pa.int64()),
        visitor_id=_field(visits, "visitor_id", pa.uint64()),
        first_id=_field(visits, "first_id", pa.uint64()),
        is_known=_field(visits, "is_known", pa.bool_()),
        history_id=_field(visits, "history_id", pa.uint64()),
        parent=_field(visits, "parent", pa.int64()),
        pages_before=_field(visits, "pages_before", pa.int64()),
        start_before=_field(visits, "start_before", pa.int64()),
    )


def _field(visits: list[SeenVisit], name: str, type: pa.DataType) -> pa.Array:  # noqa: A002 (Arrow's word)
    return pa.array([getattr(visit, name) for visit in visits], type)


def _by_reception(hits: Hits, place: pa.Int64Array) -> pa.Int64Array:
    """The order of reception of the hits at some places; of one moment by time and hit id."""
    keys = pa.table({"sequence": hits.sequence.take(place), "time": hits.time.take(place)})
    order = _sorted(keys)
    in_order = keys.take(order)
    differs = pc.or_(changes(single(in_order["sequence"])), changes(single(in_order["time"])))
    if pc.all(differs, min_count=0).as_py():
        return order
    return _sorted(keys.append_column("hit_id", single(hits.table["hit_id"]).take(hits.row.take(place))))


def _sorted(keys: pa.Table) -> pa.Array:
    return pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names])


def _seen_hits(hits: Hits, place: pa.Int64Array) -> list[SeenHit]:
    row = hits.row.take(place)
    table = hits.table
    kind = single(table["action_type"]).take(row)
    return [
        SeenHit(*values)
        for values in zip(
            hits.time.take(place).to_pylist(),
            single(table["visitor_id"]).take(row).to_pylist(),
            flag(hits, "is_id_forced", place).to_pylist(),
            hits.fingerprint.take(place).to_pylist(),
            [user or None for user in listed(single(table["user_id"]).take(row))],
            flag(hits, "wants_new_visit", place).to_pylist(),
            flag(hits, "is_ping", place).to_pylist(),
            is_one_of(kind, COUNTED).to_pylist(),
            is_one_of(kind, [ActionType.PAGE]).to_pylist(),
            _referrer_keys(table, row),
            strict=True,
        )
    ]


def _referrer_keys(table: pa.Table, row: pa.Array) -> list[ReferrerKey]:
    names = ("referer_type", "referer_name", "referer_keyword", "is_referer_keyword_assumed")
    made: dict[Any, ReferrerKey] = {}
    keys = []
    for values in zip(*(listed(single(table[name]).take(row)) for name in names), strict=True):
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
