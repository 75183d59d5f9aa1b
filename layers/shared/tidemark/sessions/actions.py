"""The actions table of a visit log. Source: Matomo 5.2, tracking behaviour, sections 7 to 9."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.model.hit import ActionType
from tidemark.plugin.dimension import Scope
from tidemark.sessions.chain import Chain, time_since_action
from tidemark.sessions.hits import single
from tidemark.sessions.rules import Rules
from tidemark.sessions.vectors import (
    Runs,
    changes,
    count_so_far,
    following,
    last_so_far,
    positions,
    row_numbers,
    runs_of,
)

PERFORMANCE = (
    "time_network",
    "time_server",
    "time_transfer",
    "time_dom_processing",
    "time_dom_completion",
    "time_on_load",
)
COPIED = (
    "url",
    "url_prefix",
    "title",
    "search_keyword",
    "search_category",
    "search_count",
    "event_category",
    "event_action",
    "event_name",
    "event_value",
    "content_name",
    "content_piece",
    "content_target",
    "content_interaction",
    "idpageview",
    "bandwidth",
    "product_sku",
    "product_name",
    "product_categories",
    "product_price",
    "custom_variables_page",
)
"""Columns that an action has from its hit, unchanged."""


def actions_of(chain: Chain, dimensions: pa.Array, rules: Rules) -> dict[str, pa.Array]:
    """Columns of the actions, in order of visit and sending. `dimensions` are the texts of action scope of all rows."""
    row = positions(chain.is_action)
    raw_row = chain.recognised.row.take(row)
    visit = chain.runs.number.take(row)
    runs = _runs(visit)
    page, name = chain.page_before.take(row), chain.name_before.take(row)
    spent = time_since_action(chain).take(row)
    columns = {
        "idvisit": chain.recognised.idvisit.take(visit),
        "idsite": pa.repeat(pa.scalar(rules.idsite, pa.int32()), len(row)),
        "visitor_id": pc.coalesce(_own_visitor_id(chain, row), chain.recognised.first_id.take(visit)),
        "server_time": chain.time.take(row),
        "sequence": chain.recognised.sequence.take(row),
        "position": count_so_far(pa.repeat(pa.scalar(True), len(row)), runs),
        "action_type": chain.kind.take(row),
        "url_ref": _where(chain, "url", page, ActionType.PAGE),
        "title_ref": _where(chain, "title", name, ActionType.PAGE),
        "search_ref": _where(chain, "search_keyword", name, ActionType.SEARCH),
        "ref_type": chain.kind.take(page),
        "time_spent_ref": spent,
        "time_spent": following(spent, runs),
        "pageview_position": _or_null(chain.interactions.take(row)),
        "custom_dimensions": dimensions.take(row),
    }
    own = [dimension for dimension in rules.dimensions if dimension.scope is Scope.ACTION]
    columns |= told(chain, row, (*PERFORMANCE, *(one.column for one in own if one.told_later)))
    for column in (*COPIED, *(one.column for one in own if not one.told_later)):
        columns[column] = single(chain.recognised.table[column]).take(raw_row)
    return columns


def _own_visitor_id(chain: Chain, row: pa.Int64Array) -> pa.UInt64Array:
    """The id by which the visitor was known when the action came: that of the last hit so far which bore one.

    NULL: the one at the visit's start. The first hit's own does not count, the visitor may have been known by another.
    Source: Matomo 5.2, core/Tracker/Action (log_link_visit_action.idvisitor).
    """
    given = chain.recognised.column("visitor_id")
    goes_on = pc.invert(changes(chain.runs.number))
    return given.take(last_so_far(pc.and_(pc.is_valid(given), goes_on), chain.runs).take(row))


def _runs(visit: pa.Int64Array) -> Runs:
    return runs_of(changes(visit))


def _or_null(values: pa.Int64Array) -> pa.Int64Array:
    return pc.if_else(pc.greater(values, 0), values, pa.scalar(None, pa.int64()))


def _where(chain: Chain, column: str, row: pa.Int64Array, kind: ActionType) -> pa.Array:
    """The column at rows of that kind; NULL elsewhere."""
    wanted = pc.if_else(pc.equal(chain.kind.take(row), int(kind)), row, pa.scalar(None, pa.int64()))
    return chain.recognised.at(column, wanted)


def told(chain: Chain, row: pa.Int64Array, names: Sequence[str]) -> dict[str, pa.Array]:
    """Columns of the actions that only page views have, with what other requests of the page view told.

    Source: Matomo 5.2, tracking behaviour, section 8. Unlike there, a request that overtook its page view counts too.
    """
    own = {name: chain.recognised.at(name, row) for name in names}
    others = _other_tellers(chain, names)
    if not pc.any(others).as_py():
        return own
    is_page = chain.is_page.take(row)
    own = {name: pc.if_else(is_page, values, pa.scalar(None, values.type)) for name, values in own.items()}
    tellers = positions(others.take(chain.recognised.row))
    place = pc.index_in(_page_of(chain, tellers), value_set=row)
    return {name: _updated(values, place, chain.recognised.at(name, tellers)) for name, values in own.items()}


def _updated(own: pa.Array, place: pa.Int32Array, told_values: pa.Array) -> pa.Array:
    """The values with those of later requests at some places (NULL: nowhere); of one place the last counts."""
    counts = positions(pc.and_(pc.is_valid(place), pc.is_valid(told_values)))
    if not len(counts):
        return own
    last = pa.table({"place": place.take(counts), "teller": counts}).group_by("place", use_threads=False)
    changed = last.aggregate([("teller", "max")]).sort_by("place")
    mask = pc.is_in(row_numbers(len(own)), value_set=changed["place"].cast(pa.int64()))
    return pc.replace_with_mask(own, mask, single(told_values.take(changed["teller_max"])))


def _other_tellers(chain: Chain, names: Sequence[str]) -> pa.BooleanArray:
    """Of each hit as given: whether it tells of a page view without being one."""
    table = chain.recognised.table
    tells = pc.is_valid(single(table[names[0]]))
    for name in names[1:]:
        tells = pc.or_(tells, pc.is_valid(single(table[name])))
    is_page = pc.fill_null(pc.equal(single(table["action_type"]), int(ActionType.PAGE)), False)
    is_ping = pc.fill_null(single(table["is_ping"]), False)
    return pc.and_(tells, pc.or_(is_ping, pc.invert(is_page)))


def _page_of(chain: Chain, rows: pa.Int64Array) -> pa.Int64Array:
    """The row of the page view of which a request tells, the first of its visit with that id; NULL if there is none."""
    visits = chain.runs.number.take(rows)
    pages = positions(pc.and_(chain.is_page, pc.is_in(chain.runs.number, value_set=visits.unique())))
    every = pa.concat_arrays([pages, rows])
    ids = chain.recognised.at("idpageview", every).dictionary_encode()
    is_named = pc.fill_null(pc.not_equal(ids.dictionary, "").take(ids.indices), False)
    code = pc.add(pc.multiply(chain.runs.number.take(every), len(ids.dictionary)), ids.indices.cast(pa.int64()))
    code = pc.if_else(is_named, code, pa.scalar(None, pa.int64()))
    of_pages, wanted = code.slice(0, len(pages)), code.slice(len(pages))
    return pages.take(pc.index_in(wanted, value_set=of_pages, skip_nulls=True))
