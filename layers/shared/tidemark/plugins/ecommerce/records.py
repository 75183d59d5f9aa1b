"""Products by SKU, name and category: sold, left in carts and viewed. Source: Matomo 5.2, records (Goals_Items…)."""

from __future__ import annotations

from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin import (
    Expression,
    Limit,
    Measure,
    Part,
    Record,
    Source,
    call,
    case,
    col,
    count,
    distinct,
    mean,
    total,
)

VALUE_NOT_DEFINED = "Value not defined"
CATEGORIES = 5
LIMIT = Limit("General.datatable_archiving_maximum_rows_products")

IS_CART = call("coalesce", col("order_id"), "").is_in("", "0")
IS_KEPT = ~call("coalesce", col("is_deleted"), False)

ITEM_METRICS: tuple[Measure, ...] = (
    total("revenue", col("price") * col("quantity"), decimals=2),
    total("quantity", col("quantity")),
    total("price", col("price"), decimals=2),
)
SOLD: tuple[Measure, ...] = (*ITEM_METRICS, distinct("orders", col("order_id")))
LEFT: tuple[Measure, ...] = (*ITEM_METRICS, distinct("orders", col("idvisit")))
VIEWED: tuple[Measure, ...] = (
    distinct("nb_visits", col("idvisit")),
    distinct("nb_uniq_visitors", col("visitor_id"), "sum_daily_nb_uniq_visitors"),
    count("nb_actions"),
    mean("avg_price_viewed", col("product_price")),
)


def uses_ecommerce(site: TrackedSite) -> bool:
    """Whether the site sells anything."""
    return site.site.ecommerce


def _main(value: Expression) -> Expression:
    return case((call("coalesce", value, "").eq(""), VALUE_NOT_DEFINED), otherwise=value)


def _records(name: str, keys: tuple[tuple[Expression, Expression], ...]) -> tuple[Record, Record]:
    """The table of orders and that of carts, by pairs of an item's and a view's column.

    Missing values of the first pair have a row, those of others (further categories) do not.
    """

    def parts(sold: tuple[Measure, ...], kind: Expression) -> tuple[Part, ...]:
        found: list[Part] = []
        for number, (item, view) in enumerate(keys):
            known = item.ne("") if number else item.is_null() | item.not_null()
            seen = view.ne("") if number else view.not_null()
            found.append(Part(Source.ITEMS, (_main(item),), sold, kind & IS_KEPT & known))
            found.append(Part(Source.ACTIONS, (_main(view),), VIEWED, seen))
        return tuple(found)

    orders = Record(name, parts(SOLD, ~IS_CART), limit=LIMIT, sort="revenue", needs=uses_ecommerce)
    carts = Record(f"{name}_Cart", parts(LEFT, IS_CART), limit=LIMIT, sort="revenue", needs=uses_ecommerce)
    return orders, carts


def _category(column: str, number: int) -> Expression:
    return call("list_extract", col(column), number)


SKUS = _records("Goals_ItemsSku", ((col("sku"), col("product_sku")),))
NAMES = _records("Goals_ItemsName", ((col("name"), col("product_name")),))
BY_CATEGORY = _records(
    "Goals_ItemsCategory",
    tuple(
        (_category("categories", number), _category("product_categories", number))
        for number in range(1, CATEGORIES + 1)
    ),
)
RECORDS: tuple[Record, ...] = (*SKUS, *NAMES, *BY_CATEGORY)
