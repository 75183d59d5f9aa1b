"""Hits to visits: ordinary visitors by vectors, entangled or odd ones by the sequential recogniser.

An ordinary visitor has either an id whose fingerprints nobody shares, or a fingerprint that nobody with an id has:
then the visitor's hits are exactly the rows of one key, and visits are cut by comparing neighbours.
Source: Matomo 5.2, tracking behaviour, section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import given, listed
from tidemark.model.hit import ActionType, ReferrerType
from tidemark.sessions.hits import ORDER, Hits, single
from tidemark.sessions.recogniser import DIRECT, DROPPED, Recogniser, ReferrerKey, SeenHit, SeenVisit
from tidemark.sessions.rules import Rules
from tidemark.sessions.vectors import (
    Runs,
    changes,
    count_in,
    last_before,
    mixed,
    positions,
    row_numbers,
    running_max,
    runs_of,
    shifted,
    within,
)

_VISIT_SALT = 0x5649534954
_VISITOR_SALT = 0x56495349544F52

COUNTED = (ActionType.PAGE, ActionType.OUTLINK, ActionType.DOWNLOAD, ActionType.SEARCH, ActionType.EVENT)
"""What visit_total_actions counts. Source: Matomo 5.2, tracking behaviour, section 6."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """Hits of visits, in the order of their visits and, inside a visit, of sending; dropped pings are gone.

    What belongs to a visit is as long as `runs`. The chain of a visit are the earlier visits of its visitor.
    """

    table: pa.Table
    """The hits as they were given, with texts encoded."""
    row: pa.Int64Array
    """Of each row: which one it is in the table."""
    time: pa.Int64Array
    sequence: pa.Int64Array
    runs: Runs
    idvisit: pa.Int64Array
    fingerprint: pa.UInt64Array
    """The visit's first hit's."""
    start: pa.Int64Array
    visitor_id: pa.UInt64Array
    """One made of the chain's first hit where nobody gave one."""
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
        return single(self.table[name]).take(self.row)

    def at(self, name: str, row: pa.Int64Array) -> pa.Array:
        """A column of the hits at some of these rows; NULL for no row."""
        return single(self.table[name]).take(self.row.take(row))


@dataclass(frozen=True, slots=True)
class Cut:
    """Some of the hits, cut into visits numbered from 0; `place` and `visit` are as long as the hits that are kept."""

    place: pa.Int64Array
    visit: pa.Int64Array
    first_place: pa.Int64Array
    visitor_id: pa.UInt64Array
    is_known: pa.BooleanArray
    history_id: pa.UInt64Array
    parent: pa.Int64Array
    """Number of the visitor's visit before; NULL for none."""


def recognise(hits: Hits, earlier: pa.UInt64Array, rules: Rules) -> Recognised:
    """The visits of the hits. `earlier` are the visitor ids that have visits on earlier days."""
    is_odd = odd_visitors(hits, rules)
    cuts = [cut_ordinary(hits, positions(pc.invert(is_odd)), earlier, rules)]
    if pc.any(is_odd).as_py():
        cuts.append(cut_odd(hits, positions(is_odd), earlier, rules))
    return in_order(hits, cuts)


def odd_visitors(hits: Hits, rules: Rules) -> pa.BooleanArray:
    """Of each hit: whether its visitor needs the sequential recogniser."""
    keys = runs_of(pc.or_(changes(hits.has_id), changes(hits.key)))
    odd = [_entangled(hits, rules), keys.spread(_bring_referrers(hits, keys, rules))]
    user_id = hits.column("user_id")
    if user_id.null_count < len(user_id):
        cuts = pc.or_(pc.invert(hits.has_id.take(keys.first)), rules.cuts_on_user)
        odd.append(keys.spread(pc.and_(cuts, _several(_codes(user_id), given(user_id), keys))))
    if rules.max_actions:
        sizes = pc.add(pc.subtract(keys.last, keys.first), 1)
        odd.append(keys.spread(pc.greater_equal(sizes, rules.max_actions)))
    # an odd visitor's fingerprint may be shared by hits without an id: all of an entangled group is odd already,
    # and a visitor who is odd for another reason shares no fingerprint with anyone
    found = odd[0]
    for flags in odd[1:]:
        found = pc.or_(found, flags)
    return found


def cut_ordinary(hits: Hits, place: pa.Int64Array, earlier: pa.UInt64Array, rules: Rules) -> Cut:
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
    numbers = row_numbers(len(visits))
    return Cut(
        place=place.filter(kept),
        visit=visits.number,
        first_place=place.take(at_start),
        visitor_id=pc.if_else(has_id, key, nobody),
        is_known=pc.or_(has_parent, has_history),
        history_id=pc.if_else(has_history, key, nobody),
        parent=pc.if_else(has_parent, pc.subtract(numbers, 1), pa.scalar(None, pa.int64())),
    )


def cut_odd(hits: Hits, place: pa.Int64Array, earlier: pa.UInt64Array, rules: Rules) -> Cut:
    """Visits of any visitors, one hit after the other."""
    order = pc.sort_indices(
        pa.table({"time": hits.time.take(place), "sequence": hits.sequence.take(place)}),
        sort_keys=[("time", "ascending"), ("sequence", "ascending")],
    )
    place = _by_id_where_equal(hits, place.take(order))
    seen = _seen_hits(hits, place)
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
    return Cut(
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
    keys = pa.table(
        {"time": time, "sequence": sequence, "hit_id": single(hits.table["hit_id"]).take(hits.row.take(place))}
    )
    names = ("time", "sequence", "hit_id")
    return place.take(pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in names]))


def _seen_hits(hits: Hits, place: pa.Int64Array) -> list[SeenHit]:
    row = hits.row.take(place)
    table = hits.table
    return [
        SeenHit(*values)
        for values in zip(
            hits.time.take(place).to_pylist(),
            single(table["visitor_id"]).take(row).to_pylist(),
            _flag(hits, "is_id_forced", place).to_pylist(),
            hits.fingerprint.take(place).to_pylist(),
            [user or None for user in listed(single(table["user_id"]).take(row))],
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


def _entangled(hits: Hits, rules: Rules) -> pa.BooleanArray:
    """Of each hit: whether its visitor shares a fingerprint with hits of another key, and one of them looks at it."""
    is_user = given(hits.column("user_id"))
    if rules.trusts_ids:
        looks = pc.invert(hits.has_id)
    else:
        forced = pc.and_(pc.fill_null(hits.column("is_id_forced"), False), pc.invert(is_user))
        looks = pc.invert(pc.and_(hits.has_id, forced))
    keys = {"key": hits.key, "has_id": hits.has_id.cast(pa.uint8())}
    flags = {"looks": looks.cast(pa.uint8()), "is_user": is_user.cast(pa.uint8())}
    groups = _grouped({"fingerprint": hits.fingerprint, **keys, **flags}, ("fingerprint",))
    is_shared = pc.and_(_has_several_keys(groups), pc.equal(groups["looks_max"], 1))
    shared = single(groups["fingerprint"].filter(is_shared))
    if not len(shared):
        return pa.repeat(pa.scalar(False), len(hits))
    # users with ids of their own look at the fingerprint, but find nobody else there
    of_users = single(groups["fingerprint"].filter(pc.and_(is_shared, pc.equal(groups["is_user_min"], 1))))
    shared = shared.filter(pc.invert(pc.is_in(shared, value_set=_of_single_users(hits, of_users))))
    at_shared = pc.is_in(hits.fingerprint, value_set=shared)
    ids = hits.key.filter(pc.and_(at_shared, hits.has_id)).unique()
    return pc.or_(at_shared, pc.and_(hits.has_id, pc.is_in(hits.key, value_set=ids)))


def _of_single_users(hits: Hits, fingerprints: pa.UInt64Array) -> pa.UInt64Array:
    """Those of the fingerprints, all of whose hits have user ids, on which each user has one key only."""
    if not len(fingerprints):
        return fingerprints
    rows = positions(pc.is_in(hits.fingerprint, value_set=fingerprints))
    columns = {
        "fingerprint": hits.fingerprint.take(rows),
        "user": hits.column("user_id").indices.take(rows),
        "key": hits.key.take(rows),
        "has_id": hits.has_id.take(rows).cast(pa.uint8()),
    }
    groups = _grouped(columns, ("fingerprint", "user"))
    torn = single(groups["fingerprint"].filter(_has_several_keys(groups)))
    return fingerprints.filter(pc.invert(pc.is_in(fingerprints, value_set=torn)))


def _grouped(columns: dict[str, pa.Array], by: tuple[str, ...]) -> pa.Table:
    """Smallest and largest of each other column, as <name>_min and <name>_max."""
    others = [name for name in columns if name not in by]
    wanted = [(name, kind) for name in others for kind in ("min", "max")]
    return pa.table(columns).group_by(list(by), use_threads=False).aggregate(wanted)


def _has_several_keys(groups: pa.Table) -> pa.ChunkedArray:
    return pc.or_(
        pc.not_equal(groups["key_min"], groups["key_max"]), pc.not_equal(groups["has_id_min"], groups["has_id_max"])
    )


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


def in_order(hits: Hits, cuts: list[Cut]) -> Recognised:
    """The visits of all cuts, one cut after the other, their hits in order of sending."""
    place, visit = _joined(cuts)
    sequence, is_start = hits.sequence.take(place), changes(visit)
    steps_back = pc.fill_null(pc.less(sequence, shifted(sequence)), False)
    if pc.any(pc.and_(steps_back, pc.invert(is_start))).as_py():
        order = pc.sort_indices(
            pa.table({"visit": visit, "sequence": sequence}),
            sort_keys=[("visit", "ascending"), ("sequence", "ascending")],
        )
        place, sequence = place.take(order), sequence.take(order)
    runs = runs_of(is_start)
    row = hits.row.take(place)
    has_order = pc.greater(count_in(_is_order(hits.table, row), runs), 0)
    chains = []
    done = 0
    for cut in cuts:
        chains.append(_chain(hits, cut, has_order.slice(done, len(cut.first_place))))
        done += len(cut.first_place)
    return Recognised(
        table=hits.table,
        row=row,
        time=hits.time.take(place),
        sequence=sequence,
        runs=runs,
        has_order=has_order,
        **{name: pa.concat_arrays([chain[name] for chain in chains]) for name in chains[0]},
    )


def _joined(cuts: list[Cut]) -> tuple[pa.Int64Array, pa.Int64Array]:
    """Places and visits of all cuts, the visits numbered through."""
    visits = []
    done = 0
    for cut in cuts:
        visits.append(pc.add(cut.visit, done))
        done += len(cut.first_place)
    return pa.concat_arrays([cut.place for cut in cuts]), pa.concat_arrays(visits)


def _is_order(table: pa.Table, row: pa.Array) -> pa.BooleanArray:
    is_order = pc.fill_null(pc.equal(single(table["ecommerce"]), ORDER), False)
    return pc.and_(is_order, pc.invert(pc.fill_null(single(table["is_ping"]), False))).take(row)


def _chain(hits: Hits, cut: Cut, has_order: pa.BooleanArray) -> dict[str, pa.Array]:
    """Who the visits' visitors are, and what is known of their earlier visits of the day."""
    start = hits.time.take(cut.first_place)
    number = row_numbers(len(start))
    if pc.all(pc.fill_null(pc.equal(cut.parent, pc.subtract(number, 1)), True)).as_py():
        chains = runs_of(pc.is_null(cut.parent))
        root = chains.spread(chains.first)
        depth, order = pc.subtract(number, root), last_before(has_order, chains)
    else:
        root, depth, order = _walk(cut.parent.to_pylist(), has_order.to_pylist())
    made_id = mixed(hits.key.take(cut.first_place), hits.sequence.take(cut.first_place), _VISITOR_SALT)
    idvisit = mixed(hits.key.take(cut.first_place), hits.sequence.take(cut.first_place), _VISIT_SALT)
    return {
        "idvisit": pc.shift_right(idvisit, pa.scalar(1, pa.uint64())).cast(pa.int64()),
        "fingerprint": hits.fingerprint.take(cut.first_place),
        "start": start,
        "visitor_id": pc.coalesce(cut.visitor_id, made_id.take(root)),
        "is_known": cut.is_known,
        "history_id": cut.history_id.take(root),
        "earlier_visits": depth,
        "root_start": start.take(root),
        "previous_start": start.take(cut.parent),
        "order_start": start.take(order),
    }


def _walk(parents: list[int | None], has_order: list[bool]) -> tuple[pa.Int64Array, pa.Int64Array, pa.Int64Array]:
    """Root, depth and nearest earlier visit with an order of each visit, when chains branch or interleave.

    Parents have smaller numbers.
    """
    roots: list[int] = []
    depths: list[int] = []
    orders: list[int | None] = []
    for number, parent in enumerate(parents):
        roots.append(number if parent is None else roots[parent])
        depths.append(0 if parent is None else depths[parent] + 1)
        orders.append(None if parent is None else parent if has_order[parent] else orders[parent])
    return pa.array(roots, pa.int64()), pa.array(depths, pa.int64()), pa.array(orders, pa.int64())
