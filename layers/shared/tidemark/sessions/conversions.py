"""Conversions of a visit log: which goals, orders and carts its hits reached.

Source: Matomo 5.2, tracking behaviour, sections 10 (attribution), 11 and 12.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import listed
from tidemark.model.hit import ReferrerType
from tidemark.sessions.chain import Chain
from tidemark.sessions.commerce import Ledger, Sale, sales_in_order
from tidemark.sessions.vectors import positions, row_numbers

AUTOMATIC: Final = -1
"""What stands for `idgoal` when the request named no goal."""
REFERRER: Final = ("referer_type", "referer_name", "referer_keyword", "referer_url")
_MAX_GOALS: Final = 1 << 31
_REFERRER_TYPES: Final = tuple(map(int, ReferrerType))


class GoalMatch(NamedTuple):
    """A goal that a hit reaches; with `more_than_minutes` only if the visit has lasted longer than that."""

    idgoal: int
    revenue: float | None
    allow_multiple: bool
    more_than_minutes: float | None = None


class Reached(NamedTuple):
    """A conversion: by which row, of what."""

    row: int
    idgoal: int
    buster: int
    revenue: float | None
    sale: Sale | None = None


@dataclass(slots=True)
class Converted:
    """All conversions, in order of their rows; which rows convert their visits; the sales with their items."""

    reached: list[Reached]
    is_converting: pa.BooleanArray
    idgoal: pa.Int64Array
    """Of each row: the goal that its request named; AUTOMATIC for none."""
    sales: list[Sale] = field(default_factory=list)


def convert(chain: Chain, known_orders: Collection[str]) -> Converted:
    """The conversions of all visits. `known_orders`: order ids of earlier days, which are refused."""
    recognised = chain.recognised
    reached, rows, named = _goals(chain)
    ledger = Ledger(known_orders)
    for sale in sales_in_order(chain):
        ledger.enter(sale)
    sales = ledger.sales()
    reached.extend(Reached(sale.row, sale.idgoal, sale.buster, sale.revenue, sale) for sale in sales)
    orders = ledger.order_rows
    rows |= orders
    flags = pc.is_in(row_numbers(recognised.runs.rows), value_set=pa.array(sorted(rows), pa.int64()))
    idgoal = [AUTOMATIC] * recognised.runs.rows
    for row, goal in named.items():
        idgoal[row] = goal
    for row in orders:
        idgoal[row] = 0
    reached.sort(key=lambda one: (one.row, one.idgoal, one.buster))
    return Converted(reached, flags, pa.array(idgoal, pa.int64()), sales)


def _goals(chain: Chain) -> tuple[list[Reached], set[int], dict[int, int]]:
    """Conversions of goals, the rows that convert, and the goal that a row named if it did.

    A goal is reached once per visit unless it allows more; then the hit's sequence tells the conversions apart.
    """
    recognised = chain.recognised
    texts = recognised.column("goals")
    rows = positions(pc.and_(pc.is_valid(texts), pc.invert(chain.is_ping)))
    matches = [tuple(read_goals(text)) for text in texts.dictionary.to_pylist()]
    visit = chain.runs.number.take(rows)
    is_first = pc.equal(rows, chain.runs.first.take(visit))
    since = pc.if_else(is_first, recognised.start_before.take(visit), recognised.start.take(visit))
    lasted = pc.subtract(chain.time.take(rows), since)
    is_manual = pc.and_(pc.invert(chain.is_action), pc.invert(_is_sale(chain))).take(rows)
    reached: list[Reached] = []
    converting: set[int] = set()
    named: dict[int, int] = {}
    seen: set[tuple[int, int]] = set()
    columns = (rows, visit, texts.indices.take(rows), lasted, is_manual)
    sequence = recognised.sequence.take(rows).to_pylist()
    for place, (row, number, code, seconds, manual) in enumerate(
        zip(*(column.to_pylist() for column in columns), strict=True)
    ):
        for goal in matches[code]:
            if _is_too_early(goal, seconds):
                continue
            converting.add(row)
            if manual:
                named[row] = goal.idgoal
            if goal.allow_multiple:
                reached.append(Reached(row, goal.idgoal, sequence[place], goal.revenue))
            elif (number, goal.idgoal) not in seen:
                seen.add((number, goal.idgoal))
                reached.append(Reached(row, goal.idgoal, 0, goal.revenue))
    return reached, converting, named


def _is_too_early(goal: GoalMatch, seconds: int | None) -> bool:
    """Whether the goal asks for a visit that has lasted longer; None for one that has just begun."""
    minutes = goal.more_than_minutes
    return minutes is not None and (seconds is None or seconds <= 60 * minutes)


def read_goals(text: str | None) -> Iterator[GoalMatch]:
    """The goals of a hit's JSON; what is none is left out."""
    try:
        entries = orjson.loads(text or "[]")
    except orjson.JSONDecodeError:
        return
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, list) and len(entry) in {3, 4} and _is_goal(entry[0]):
            yield GoalMatch(entry[0], _number(entry[1]), bool(entry[2]), *map(_number, entry[3:]))


def _is_goal(number: Any) -> bool:
    return type(number) is int and 0 < number < _MAX_GOALS


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _is_sale(chain: Chain) -> pa.BooleanArray:
    return pc.is_valid(chain.recognised.column("ecommerce"))


def attributed(chain: Chain, row: pa.Int64Array, visit_row: pa.Int64Array) -> dict[str, list[Any]]:
    """The referrer that each conversion is put down to.

    `row`: of each conversion, its hit; `visit_row`: the row that the visit's referrer came from by then.
    Source: tracking behaviour, section 10.
    """
    recognised = chain.recognised
    own = zip(*(listed(recognised.at(name, visit_row)) for name in REFERRER), strict=True)
    sent = listed(recognised.at("attribution", row))
    chosen = [_attribution(visit, text) for visit, text in zip(own, sent, strict=True)]
    return {name: [one[place] for one in chosen] for place, name in enumerate(REFERRER)}


def _attribution(visit: tuple[Any, ...], text: str | None) -> tuple[Any, ...]:
    sent = _read_attribution(text)
    if sent is None:
        return visit
    is_campaign_visit = visit[0] == ReferrerType.CAMPAIGN and bool(visit[1])
    return visit if is_campaign_visit and sent[0] != ReferrerType.CAMPAIGN else sent


def _read_attribution(text: str | None) -> tuple[Any, ...] | None:
    try:
        sent = orjson.loads(text or "null")
    except orjson.JSONDecodeError:
        return None
    if not isinstance(sent, list) or len(sent) != len(REFERRER):
        return None
    if type(sent[0]) is not int or sent[0] not in _REFERRER_TYPES:
        return None
    return (sent[0], *(one if isinstance(one, str) else None for one in sent[1:]))
