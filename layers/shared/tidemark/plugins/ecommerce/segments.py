"""Segments on products, orders and carts. Source: Matomo 5.2, segments."""

from __future__ import annotations

from typing import Literal

from tidemark.plugin import Expression, Segment, call, case, col
from tidemark.plugins.ecommerce.records import CATEGORIES, IS_KEPT

CATEGORY = "Ecommerce"


def _item(
    segment: str,
    name: str,
    of: Expression,
    type: Literal["dimension", "metric"] = "dimension",  # noqa: A002 (the field's name)
) -> Segment:
    return Segment(segment, name, CATEGORY, case((IS_KEPT, of)), "items", type)


def _categories(
    segment: str, name: str, table: Literal["items", "actions"], column: str, detail: str = ""
) -> tuple[Segment, ...]:
    """One segment per category of a product, and one that unites them."""
    single = tuple(
        Segment(
            f"{segment}{number}",
            f"{name} {number}",
            CATEGORY,
            call("list_extract", col(column), number),
            table,
            is_listed=False,
        )
        for number in range(1, CATEGORIES + 1)
    )
    union = Segment(segment, name, CATEGORY, None, table, union_of=tuple(one.segment for one in single), detail=detail)
    return (*single, union)


def _revenue(segment: str, name: str, idgoal: int) -> Segment:
    return Segment(segment, name, CATEGORY, case((col("idgoal").eq(idgoal), col("revenue"))), "conversions", "metric")


SEGMENTS: tuple[Segment, ...] = (
    Segment("orderId", "Order ID", CATEGORY, col("order_id"), "conversions", "metric"),
    _revenue("revenueOrder", "Order Revenue", 0),
    _revenue("revenueAbandonedCart", "Revenue Left In Cart", -1),
    _item("productSku", "Product SKU", col("sku")),
    _item("productName", "Product Name", col("name")),
    _item("productPrice", "Product Price", col("price"), "metric"),
    *_categories("productCategory", "Product Category", "items", "categories"),
    Segment("productViewSku", "Viewed Product SKU", CATEGORY, col("product_sku"), "actions"),
    Segment("productViewName", "Viewed Product Name", CATEGORY, col("product_name"), "actions"),
    Segment("productViewPrice", "Viewed Product Price", CATEGORY, col("product_price"), "actions", "metric"),
    *_categories(
        "productViewCategory", "Viewed Product Category", "actions", "product_categories", "productViewCategories"
    ),
)
