"""Reports about products."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tidemark.model.rounding import quotient
from tidemark.model.table import LABEL, DataTable, Table, table_leaves
from tidemark.plugin import (
    Access,
    Context,
    Metric,
    ProcessedMetric,
    Record,
    Report,
    drop_columns,
    method,
    number,
    segment_by_label,
)
from tidemark.plugins.ecommerce.records import BY_CATEGORY, NAMES, SKUS, VALUE_NOT_DEFINED

METRICS: tuple[Metric, ...] = (
    Metric("quantity", "Quantity", documentation="How many pieces were sold or left in carts."),
    Metric("orders", "Unique Purchases", documentation="How many orders had the product."),
    Metric("abandoned_carts", "Abandoned Carts", documentation="How many visits left the product in their cart."),
)


def _times(columns: Mapping[str, Any]) -> float | int:
    """How many orders or carts had the product."""
    return number(columns, "orders" if "orders" in columns else "abandoned_carts")


def _per_order(column: str, digits: int) -> Callable[[Mapping[str, Any]], float | int]:
    return lambda columns: quotient(number(columns, column), _times(columns), digits)


PROCESSED: tuple[ProcessedMetric, ...] = (
    ProcessedMetric(
        "avg_price",
        "Average Price",
        ("price", "orders", "abandoned_carts"),
        _per_order("price", 2),
        "money",
        "What a piece cost on average.",
    ),
    ProcessedMetric(
        "avg_quantity",
        "Average Quantity",
        ("quantity", "orders", "abandoned_carts"),
        _per_order("quantity", 1),
        "float",
        "How many pieces an order or cart had on average.",
    ),
    ProcessedMetric(
        "conversion_rate",
        "Product Conversion Rate",
        ("orders", "abandoned_carts", "nb_visits"),
        lambda columns: quotient(_times(columns), number(columns, "nb_visits"), 4),
        "percent",
        "Which share of the visits that saw the product bought it.",
    ),
)


def _prepare(table: DataTable, not_defined: str, *, is_cart: bool) -> None:
    for row in table.rows:
        viewed = row.columns.pop("avg_price_viewed", None)
        if viewed is not None and not row.columns.get("price"):
            row.columns["avg_price"] = viewed
        if row.label == VALUE_NOT_DEFINED:
            row.columns[LABEL] = not_defined
    for row in table:
        if is_cart and "orders" in row.columns:
            row.columns["abandoned_carts"] = row.columns.pop("orders")


def _items(action: str, records: tuple[Record, Record], not_defined: str) -> Callable[..., Any]:
    @method(f"Goals.{action}", Access.VIEW)
    def items(
        ctx: Context, idSite: str, period: str, date: str, abandonedCarts: bool = False, segment: str = ""
    ) -> Table:
        table = ctx.record_table(records[abandonedCarts].name, idSite, period, date, segment)
        for leaf in table_leaves(table):
            _prepare(leaf, not_defined, is_cart=abandonedCarts)
        return table

    return items


def _report(action: str, name: str, segment: str, records: tuple[Record, Record], order: int) -> Report:
    return Report(
        f"Goals.{action}",
        name,
        "Ecommerce",
        "Products",
        record=records[0],
        dimension=name,
        dimension_id=f"Ecommerce.{segment[0].upper()}{segment[1:]}",
        is_named_at_once=True,
        metrics=("revenue", "quantity", "orders", "nb_visits"),
        labels={"revenue": "Product Revenue", "orders": "Unique Purchases"},
        processed=PROCESSED,
        filters=(segment_by_label(segment),),
        queued=(drop_columns("price"),),
        default_sort="revenue",
        order=order,
        documentation="What was sold, left in carts and looked at.",
    )


FUNCTIONS: tuple[Callable[..., Any], ...] = (
    _items("getItemsSku", SKUS, "Product SKU not defined"),
    _items("getItemsName", NAMES, "Product Name not defined"),
    _items("getItemsCategory", BY_CATEGORY, "Product Category not defined"),
)
REPORTS: tuple[Report, ...] = (
    _report("getItemsSku", "Product SKU", "productSku", SKUS, 31),
    _report("getItemsName", "Product Name", "productName", NAMES, 30),
    _report("getItemsCategory", "Product Category", "productCategory", BY_CATEGORY, 32),
)
