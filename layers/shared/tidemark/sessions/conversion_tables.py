"""The conversions and items tables of a visit log. Source: Matomo 5.2, tracking behaviour, sections 11 and 12."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.plugin.dimension import Scope
from tidemark.sessions.chain import Chain
from tidemark.sessions.commerce import AMOUNTS, IDGOAL_CART, MAX_QUANTITY, Sale
from tidemark.sessions.conversions import Reached, attributed
from tidemark.sessions.recognition import Recognised
from tidemark.sessions.rules import Rules
from tidemark.sessions.scopes import Scoped
from tidemark.sessions.vectors import count_so_far, first_of, last_so_far
from tidemark.sessions.visits import Identity, as_of, brings_referrer

FROM_VISIT = ("user_id", "visit_entry_url", "visit_entry_name")


def conversions_of(
    chain: Chain,
    reached: list[Reached],
    who: Identity,
    visits: dict[str, pa.Array],
    dimensions: Scoped,
    variables: Scoped,
    rules: Rules,
) -> dict[str, pa.Array]:
    """Columns of the conversions, in order of visit, hit and goal."""
    row = pa.array([one.row for one in reached], pa.int64())
    recognised = chain.recognised
    visit = chain.runs.number.take(row)
    idgoal = pa.array([one.idgoal for one in reached], pa.int64())
    before = pc.if_else(pc.equal(row, chain.runs.first.take(visit)), recognised.pages_before.take(visit), 0)
    pages = pc.add(chain.pages.take(row), before)
    pages = pc.if_else(pc.equal(idgoal, IDGOAL_CART), pa.scalar(None, pa.int64()), pages)
    columns = {
        "idvisit": recognised.idvisit.take(visit),
        "idsite": pa.repeat(pa.scalar(rules.idsite, pa.int32()), len(row)),
        "visitor_id": recognised.visitor_id.take(visit),
        "server_time": chain.time.take(row),
        "sequence": recognised.sequence.take(row),
        "idgoal": idgoal,
        "buster": pa.array([one.buster for one in reached], pa.int64()),
        "order_id": pa.array([one.sale.order_id if one.sale else None for one in reached], pa.string()),
        "items": pa.array([_quantity(one.sale) for one in reached], pa.int64()),
        "revenue": pa.array([one.revenue for one in reached], pa.float64()),
        "url": recognised.at("conversion_url", row),
        "pageviews_before": pages,
        "position": count_so_far(chain.is_action, chain.runs).take(row),
        "visitor_returning": who.returning.take(visit),
        "visitor_count_visits": who.count_visits.take(visit),
        "visitor_seconds_since_first": who.seconds_since_first.take(visit),
        "visitor_seconds_since_order": _since_order(chain, who, row, visit),
        "custom_dimensions": dimensions.as_of(row),
        "custom_variables_visit": variables.as_converted(row),
    }
    for name in AMOUNTS[1:]:
        columns[name] = pa.array([one.sale.amounts[name] if one.sale else None for one in reached], pa.float64())
    for name in FROM_VISIT:
        columns[name] = visits[name].take(visit)
    for name, values in attributed(chain, row, _referrer_row(chain, row, visit)).items():
        columns[name] = pa.array(values, pa.uint8() if name == "referer_type" else pa.string())
    for dimension in rules.dimensions:
        if dimension.scope is Scope.VISIT and dimension.on_conversion:
            columns[dimension.column] = as_of(chain, dimension, visits[dimension.column], row)
    return columns


def _quantity(sale: Sale | None) -> int | None:
    """The items of a sale, at most as many as may be of one product."""
    return None if sale is None else max(-MAX_QUANTITY, min(sum(one.quantity for one in sale.products), MAX_QUANTITY))


def _since_order(chain: Chain, who: Identity, row: pa.Int64Array, visit: pa.Int64Array) -> pa.Int64Array:
    """Seconds since the visitor's last order when the conversion happened; 0 from the visit's own order on."""
    is_order = pc.equal(pc.fill_null(chain.recognised.column("ecommerce"), 0), 1)
    ordered = last_so_far(pc.and_(is_order, pc.invert(chain.is_ping)), chain.runs).take(row)
    return pc.if_else(pc.is_valid(ordered), 0, who.seconds_since_order_at_start.take(visit))


def _referrer_row(chain: Chain, row: pa.Int64Array, visit: pa.Int64Array) -> pa.Int64Array:
    """The row that the visit's referrer came from when the conversion happened."""
    first = chain.runs.first.take(visit)
    brought = first_of(brings_referrer(chain), chain.runs).take(visit)
    return pc.if_else(pc.fill_null(pc.less_equal(brought, row), False), brought, first)


def items_of(sales: list[Sale], recognised: Recognised, rules: Rules) -> dict[str, pa.Array]:
    """Columns of the items, in order of visit, sale and addition to the cart."""
    rows = [(sale, item) for sale in sales for item in sale.items]
    visit = pa.array([sale.visit for sale, _ in rows], pa.int64())

    def texts(values: list[Any]) -> pa.StringArray:
        return pa.array(values, pa.string())

    return {
        "idvisit": recognised.idvisit.take(visit),
        "idsite": pa.repeat(pa.scalar(rules.idsite, pa.int32()), len(rows)),
        "visitor_id": recognised.visitor_id.take(visit),
        "server_time": pa.array([item.server_time for _, item in rows], pa.int64()),
        "sequence": pa.array([item.sequence for _, item in rows], pa.int64()),
        "order_id": texts([item.order_id for _, item in rows]),
        "sku": texts([item.sku for _, item in rows]),
        "name": texts([item.name for _, item in rows]),
        "categories": pa.array([item.categories for _, item in rows], pa.list_(pa.string())),
        "price": pa.array([item.price for _, item in rows], pa.float64()),
        "quantity": pa.array([item.quantity for _, item in rows], pa.int32()),
        "is_deleted": pa.array([item.is_deleted for _, item in rows], pa.bool_()),
    }
