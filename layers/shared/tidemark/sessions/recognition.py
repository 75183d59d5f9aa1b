"""Hits to visits: who came when, in order of sending, and what is known of earlier visits of the day.

Source: Matomo 5.2, tracking behaviour, sections 5 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.sessions.cuts import Cut, cut_odd, cut_ordinary
from tidemark.sessions.hits import ORDER, Hits, single
from tidemark.sessions.odd_visitors import odd_visitors
from tidemark.sessions.rules import Rules
from tidemark.sessions.vectors import (
    Runs,
    changes,
    count_in,
    last_before,
    mixed,
    positions,
    reordered,
    row_numbers,
    runs_of,
)

_VISIT_SALT: Final = 0x5649534954
_VISITOR_SALT: Final = 0x56495349544F52


@dataclass(frozen=True, slots=True)
class Recognised:
    """Hits of visits, by the visits' start and sending and, inside a visit, in order of sending; dropped pings are gone.

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
    first_id: pa.UInt64Array
    """The visitor id at the visit's first hit; later ones may give another."""
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
    pages_before: pa.Int64Array
    """Pages that a conversion by the visit's first hit counts in addition (see recogniser.py)."""
    start_before: pa.Int64Array
    """From when a goal measures the duration at the visit's first hit; NULL if not at all (see recogniser.py)."""

    def column(self, name: str) -> pa.Array:
        """A column of the hits in the order of these rows."""
        return single(self.table[name]).take(self.row)

    def at(self, name: str, row: pa.Int64Array) -> pa.Array:
        """A column of the hits at some of these rows; NULL for no row."""
        return single(self.table[name]).take(self.row.take(row))


def recognise(hits: Hits, earlier: pa.UInt64Array, rules: Rules) -> Recognised:
    """The visits of the hits. `earlier` are the visitor ids that have visits on earlier days."""
    is_odd = odd_visitors(hits, rules)
    cuts = [cut_ordinary(hits, positions(pc.invert(is_odd)), earlier, rules)]
    if pc.any(is_odd).as_py():
        cuts.append(cut_odd(hits, positions(is_odd), earlier, rules))
    return in_order(hits, cuts)


def in_order(hits: Hits, cuts: list[Cut]) -> Recognised:
    """The visits of all cuts by their start, those of one second in order of sending, and so their hits."""
    place, visit = _joined(cuts)
    cut_runs = runs_of(changes(visit))
    has_order = pc.greater(count_in(_is_order(hits.table, hits.row.take(place)), cut_runs), 0)
    chains = []
    done = 0
    for cut in cuts:
        chains.append(_chain(hits, cut, has_order.slice(done, len(cut.first_place))))
        done += len(cut.first_place)
    known = {name: pa.concat_arrays([chain[name] for chain in chains]) for name in chains[0]}
    sent = hits.sequence.take(place.take(cut_runs.first))
    by_start = pc.sort_indices(
        pa.table({"start": known["start"], "sent": sent, "idvisit": known["idvisit"]}),
        sort_keys=[("start", "ascending"), ("sent", "ascending"), ("idvisit", "ascending")],
    ).cast(pa.int64())
    moved, runs = reordered(cut_runs, by_start)
    place = place.take(moved)
    return Recognised(
        table=hits.table,
        row=hits.row.take(place),
        time=hits.time.take(place),
        sequence=hits.sequence.take(place),
        runs=runs,
        has_order=has_order.take(by_start),
        **{name: values.take(by_start) for name, values in known.items()},
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
        "first_id": pc.coalesce(cut.first_id, made_id.take(root)),
        "is_known": cut.is_known,
        "history_id": cut.history_id.take(root),
        "earlier_visits": depth,
        "root_start": start.take(root),
        "previous_start": start.take(cut.parent),
        "order_start": start.take(order),
        "pages_before": cut.pages_before,
        "start_before": cut.start_before,
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
