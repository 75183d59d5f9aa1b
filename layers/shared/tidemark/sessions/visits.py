"""The visits table of a visit log, and the summary of its visitors. Source: Matomo 5.2, tracking behaviour, section 6."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import conform, given
from tidemark.model.hit import ActionType, ReferrerType
from tidemark.model.log import VISITOR_COLUMNS
from tidemark.plugin.dimension import Dimension, Keep, Scope
from tidemark.sessions.chain import Chain
from tidemark.sessions.hits import CART, ORDER, single
from tidemark.sessions.rules import Rules
from tidemark.sessions.vectors import count_in, first_of, last_of, last_so_far

_SUMMARY_ORDER: Final = ("visitor_id", "last_visit_start", "first_sequence", "first_visit_start", "visits")
VISITOR_ORDER: Final = [(name, "ascending") for name in (*_SUMMARY_ORDER, "last_order_start")]
"""How the rows of the summary stand: by all columns, so that equal rows stand so whatever they come from."""
BUYER_NONE, BUYER_ORDERED, BUYER_OPEN_CART, BUYER_ORDERED_THEN_CART = range(4)


@dataclass(frozen=True, slots=True)
class Identity:
    """What earlier visits say of a visit's visitor; one value per visit."""

    returning: pa.UInt8Array
    count_visits: pa.Int64Array
    seconds_since_first: pa.Int64Array
    seconds_since_last: pa.Int64Array
    seconds_since_order_at_start: pa.Int64Array
    """NULL: never ordered before; an order of the visit itself does not count."""
    first_start: pa.Int64Array
    """When the visitor's first visit began."""
    order_start: pa.Int64Array
    """When the visitor's last visit with an order began, this one included; NULL: never ordered."""


def identity_of(chain: Chain, history: pa.Table) -> Identity:
    """What is known of the visitors of all visits; `history` has the last visit of each on earlier days."""
    found = chain.recognised
    at = pc.index_in(found.history_id, value_set=single(history["visitor_id"]))
    at = pc.if_else(pc.is_valid(found.history_id), at, pa.scalar(None, pa.int32()))
    first = pc.coalesce(single(history["first_visit_start"]).take(at), found.root_start)
    previous = pc.coalesce(found.previous_start, single(history["last_visit_start"]).take(at))
    order = pc.coalesce(found.order_start, single(history["last_order_start"]).take(at))
    earlier = pc.fill_null(single(history["visits"]).take(at).cast(pa.int64()), 0)
    since_first = pc.if_else(found.is_known, pc.subtract(found.start, first), 0)
    since_last = pc.fill_null(pc.subtract(found.start, previous), 0)
    has_ordered = pc.fill_null(pc.greater(previous, order), False)
    starts_with_order = pc.fill_null(pc.equal(_at_start(chain, "ecommerce"), ORDER), False)
    returning = pc.if_else(pc.or_(has_ordered, starts_with_order), 2, found.is_known.cast(pa.int64()))
    return Identity(
        returning=returning.cast(pa.uint8()),
        count_visits=pc.add(pc.add(found.earlier_visits, 1), earlier),
        seconds_since_first=_not_negative(since_first),
        seconds_since_last=_not_negative(since_last),
        seconds_since_order_at_start=_not_negative(pc.subtract(found.start, order)),
        first_start=pc.if_else(found.is_known, first, found.start),
        order_start=pc.if_else(found.has_order, found.start, order),
    )


def visits_of(
    chain: Chain, who: Identity, is_converting: pa.BooleanArray, last_bonus: pa.Int64Array, rules: Rules
) -> dict[str, pa.Array]:
    """Columns of the visits, in order of the runs.

    `is_converting`: of each row, whether it converts the visit. `last_bonus`: of each visit, the seconds that its last
    request adds by converting (see `total_time`).
    """
    found, runs = chain.recognised, chain.runs
    since_order = pc.if_else(found.has_order, 0, who.seconds_since_order_at_start)
    has_id = pc.is_valid(found.column("visitor_id"))
    columns = {
        "idvisit": found.idvisit,
        "idsite": pa.repeat(pa.scalar(rules.idsite, pa.int32()), len(runs)),
        "visitor_id": found.visitor_id,
        "fingerprint": found.fingerprint,
        "user_id": _at(chain, "user_id", last_of(given(found.column("user_id")), runs)),
        "is_profilable": pc.greater(count_in(has_id, runs), 0),
        "location_ip": _at_start(chain, "location_ip"),
        "visit_first_action_time": found.start,
        "visit_last_action_time": _last_action(chain),
        "first_sequence": found.sequence.take(runs.first),
        "visit_total_time": total_time(chain, last_bonus, rules),
        "visit_total_actions": count_in(chain.is_counted, runs),
        "visit_total_interactions": count_in(chain.is_interaction, runs),
        "visit_total_searches": count_in(chain.is_search, runs),
        "visit_total_events": count_in(pc.equal(chain.kind, int(ActionType.EVENT)), runs),
        "visitor_returning": who.returning,
        "visitor_count_visits": who.count_visits,
        "visitor_seconds_since_first": who.seconds_since_first,
        "visitor_seconds_since_last": who.seconds_since_last,
        "visitor_seconds_since_order": since_order,
        "visit_goal_converted": pc.greater(count_in(is_converting, runs), 0).cast(pa.uint8()),
        "visit_goal_buyer": buyer(chain),
        **entry(chain),
        **exits(chain),
        **referrer(chain),
    }
    overruling: dict[tuple[str, str], pa.Int64Array] = {}
    for dimension in rules.dimensions:
        if dimension.scope is not Scope.VISIT:
            continue
        values = kept(chain, dimension.column, dimension.keep)
        if (told := dimension.overruled_by) is not None:
            if told not in overruling:
                overruling[told] = last_of(_has_text(found.column(told[0]), re.compile(told[1])), runs)
            row = overruling[told]
            values = pc.if_else(pc.is_valid(row), _at(chain, dimension.column, row), values)
        columns[dimension.column] = values
    return columns


def as_of(chain: Chain, dimension: Dimension, values: pa.Array, row: pa.Int64Array) -> pa.Array:
    """A dimension's value at some rows; `values`: what it is of each visit in the end.

    Of one that later hits may overrule it is what had been said by then. Source: Matomo 5.2, plugins/UserCountry/Columns.
    """
    visit = chain.runs.number.take(row)
    if dimension.overruled_by is None:
        return values.take(visit)
    column, pattern = dimension.overruled_by
    told = last_so_far(_has_text(chain.recognised.column(column), re.compile(pattern)), chain.runs).take(row)
    at_first = kept(chain, dimension.column, dimension.keep).take(visit)
    return pc.if_else(pc.is_valid(told), _at(chain, dimension.column, told), at_first)


def _has_text(values: pa.DictionaryArray, pattern: re.Pattern[str]) -> pa.BooleanArray:
    """Where a column of texts has one that the pattern matches in full."""
    matches = [text is not None and pattern.fullmatch(text) is not None for text in values.dictionary.to_pylist()]
    return pc.fill_null(pa.array(matches, pa.bool_()).take(values.indices), False)


def kept(chain: Chain, column: str, keep: Keep) -> pa.Array:
    """A dimension's value of each visit."""
    if keep is Keep.FIRST:
        return _at_start(chain, column)
    is_known = pc.is_valid(chain.recognised.column(column))
    pick = first_of if keep is Keep.FIRST_KNOWN else last_of
    return _at(chain, column, pick(is_known, chain.runs))


def total_time(chain: Chain, last_bonus: pa.Int64Array, rules: Rules) -> pa.Int64Array:
    """Seconds: one more than from the first action to the request that was sent last, a ping too.

    A request that converts the visit of a known visitor adds idgoal + 2 (1 for automatic goals); only the last
    request counts, since each writes the duration anew. A hit that is sent late, with a time of the past, thus shortens
    the visit; one from before the visit's first makes it 0.
    """
    first, last = chain.runs.first, chain.runs.last
    lasted = pc.add(pc.subtract(chain.time.take(last), chain.recognised.start), 1)
    base = pc.if_else(pc.equal(first, last), rules.one_page_time, pc.max_element_wise(lasted, 0))
    return pc.add(base, last_bonus)


def buyer(chain: Chain) -> pa.UInt8Array:
    """visit_goal_buyer: what the last e-commerce request made of the visit."""
    ecommerce = pc.if_else(chain.is_ping, pa.scalar(None, pa.uint8()), chain.recognised.column("ecommerce"))
    is_order, is_cart = (pc.fill_null(pc.equal(ecommerce, kind), False) for kind in (ORDER, CART))
    last = ecommerce.take(last_of(pc.or_(is_order, is_cart), chain.runs))
    has_order = pc.greater(count_in(is_order, chain.runs), 0)
    with_cart = pc.if_else(has_order, BUYER_ORDERED_THEN_CART, BUYER_OPEN_CART)
    state = pc.if_else(pc.equal(last, ORDER), BUYER_ORDERED, with_cart)
    return pc.fill_null(state, BUYER_NONE).cast(pa.uint8())


def entry(chain: Chain) -> dict[str, pa.Array]:
    """Entry page: the first request's, if it is a page view or search; else the first page view's URL, without name.

    A search has the URL '' for ever; so has a page view without URL that came first.
    """
    runs = chain.runs
    kind = chain.kind.take(runs.first)
    is_page, is_search = pc.equal(kind, int(ActionType.PAGE)), pc.equal(kind, int(ActionType.SEARCH))
    starts = pc.or_(is_page, is_search)
    has_url = given(chain.recognised.column("url"))
    later = first_of(pc.and_(chain.is_page, has_url), runs)
    page = pc.if_else(is_page, runs.first, pc.if_else(is_search, pa.scalar(None, pa.int64()), later))
    url = _text(chain, "url", page)
    title = _text(chain, "title", pc.if_else(is_page, runs.first, pa.scalar(None, pa.int64())))
    keyword = _text(chain, "search_keyword", pc.if_else(is_search, runs.first, pa.scalar(None, pa.int64())))
    return {
        "visit_entry_url": pc.if_else(starts, pc.fill_null(url, ""), url),
        "visit_entry_url_prefix": _at(chain, "url_prefix", page),
        "visit_entry_name": pc.coalesce(title, keyword),
        "visit_entry_type": pc.if_else(starts, kind, chain.kind.take(page)),
    }


def exits(chain: Chain) -> dict[str, pa.Array]:
    """Exit page: the last page view or search; a search has no URL, a page view without title keeps the name before.

    The type is that of the name, where there is one: a search stays the exit if a page without title follows it.
    """
    runs = chain.runs
    last, named = last_of(chain.is_interaction, runs), last_of(chain.is_named, runs)
    is_page = pc.equal(chain.kind.take(last), int(ActionType.PAGE))
    page = pc.if_else(is_page, last, pa.scalar(None, pa.int64()))
    kind = chain.kind.take(pc.coalesce(named, last))
    is_search = pc.equal(kind, int(ActionType.SEARCH))
    title, keyword = _text(chain, "title", named), _text(chain, "search_keyword", named)
    return {
        "visit_exit_url": _at(chain, "url", page),
        "visit_exit_url_prefix": _at(chain, "url_prefix", page),
        "visit_exit_name": pc.if_else(is_search, keyword, title),
        "visit_exit_type": kind,
    }


def referrer(chain: Chain) -> dict[str, pa.Array]:
    """The first referrer that is not direct, else direct. Source: tracking behaviour, section 10."""
    row = pc.coalesce(first_of(brings_referrer(chain), chain.runs), chain.runs.first)
    columns = {name: _at(chain, name, row) for name in ("referer_name", "referer_keyword", "referer_url")}
    kind = pc.fill_null(_at(chain, "referer_type", row), int(ReferrerType.DIRECT))
    return {"referer_type": kind, **columns}


def brings_referrer(chain: Chain) -> pa.BooleanArray:
    """Of each row: whether its referrer is not direct."""
    kind = chain.recognised.column("referer_type")
    return pc.fill_null(pc.not_equal(kind, int(ReferrerType.DIRECT)), False)


def visitors_of(visits: Mapping[str, pa.Array], seen: pa.UInt64Array) -> pa.Table:
    """What later days need to know of each visit's visitor: VISITOR_COLUMNS, sorted.

    `visits` has them as columns. `seen` are the ids that hits bore; those whose visits other ids took over have none.
    """
    made = conform(pa.table(dict(visits)), VISITOR_COLUMNS)
    others = seen.filter(pc.invert(pc.is_in(seen, value_set=visits["visitor_id"])))
    none = pa.repeat(pa.scalar(0, pa.int32()), len(others))
    rest = conform(pa.table({"visitor_id": others, "visits": none}), VISITOR_COLUMNS)
    return pa.concat_tables([made, rest]).combine_chunks().sort_by(VISITOR_ORDER)


def _at(chain: Chain, column: str, row: pa.Int64Array) -> pa.Array:
    """A column of the hits at some rows; NULL for no row."""
    return chain.recognised.at(column, row)


def _at_start(chain: Chain, column: str) -> pa.Array:
    return _at(chain, column, chain.runs.first)


def _text(chain: Chain, column: str, row: pa.Int64Array) -> pa.StringArray:
    return _at(chain, column, row).cast(pa.string())


def _last_action(chain: Chain) -> pa.Int64Array:
    """Of each visit: the time of its latest action, not counting pings."""
    last = chain.runs.last
    own = pc.if_else(chain.is_ping.take(last), pa.scalar(None, pa.int64()), chain.time.take(last))
    before = chain.last_action.take(last)
    return pc.max_element_wise(own, before)


def _not_negative(values: pa.Int64Array) -> pa.Int64Array:
    return pc.if_else(pc.greater_equal(values, 0), values, pa.scalar(None, pa.int64()))
