"""Orders, carts and product views in the visit log. Source: Matomo 5.2, Live API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tidemark.model.action_type import REFERRER_TYPE_NAMES
from tidemark.model.rounding import round_half_up
from tidemark.model.visit_reader import ACTION_NUMBER, LoggedVisit, LogRow, Sales, VisitReader
from tidemark.plugin import Details, DetailsContext, Entry, VisitDetails

ORDER, CART = 0, -1
OPEN_CART: Final = frozenset({"", "0", None})
"""Order ids of items that are in a cart."""
AMOUNTS: Final = {
    "revenueSubTotal": "revenue_subtotal",
    "revenueTax": "revenue_tax",
    "revenueShipping": "revenue_shipping",
    "revenueDiscount": "revenue_discount",
}
TOTALS: Final = {
    "totalEcommerceRevenue": (ORDER, "revenue"),
    "totalEcommerceConversions": (ORDER, "conversions"),
    "totalEcommerceItems": (ORDER, "items"),
    "totalAbandonedCartsRevenue": (CART, "revenue"),
    "totalAbandonedCarts": (CART, "conversions"),
    "totalAbandonedCartsItems": (CART, "items"),
}
IN_PROFILES: Final = (
    "totalEcommerceRevenue",
    "totalEcommerceConversions",
    "totalEcommerceItems",
    "totalAbandonedCarts",
    "totalAbandonedCartsRevenue",
    "totalAbandonedCartsItems",
)
"""The same totals in the order of a visitor's profile."""


def visit_fields(visit: LoggedVisit, context: DetailsContext) -> Details:
    """What the visitor ever ordered and left in carts, on sites with e-commerce."""
    idsite, visitor = visit.row["idsite"], visit.row["visitor_id"]
    if not context.call.site(idsite).ecommerce:
        return {}
    sales = context.once(("sales", idsite), lambda: _sales(idsite, context))
    return {
        name: round_half_up(getattr(sales.get((visitor, idgoal), Sales()), amount), 2)
        for name, (idgoal, amount) in TOTALS.items()
    }


def _sales(idsite: int, context: DetailsContext) -> Mapping[tuple[int, int], Sales]:
    """Sales to all visitors who are told of."""
    rows = (visit.row for visit in context.visits)
    visitors = {row["visitor_id"] for row in rows if row["idsite"] == idsite and row["visitor_id"] is not None}
    return context.call.service(VisitReader).sales(idsite, visitors)


def columns(row: LogRow) -> Details:
    """The product that a page shows."""
    product = {
        "productViewPrice": row["product_price"],
        "productViewName": row["product_name"],
        "productViewSku": row["product_sku"],
    }
    return {name: value for name, value in product.items() if value}


def describe(entry: Entry, _visit: LoggedVisit, _context: DetailsContext) -> None:
    """The categories of the product or page."""
    categories = [category for category in entry.row.get("product_categories") or () if category]
    if categories:
        entry.details["productViewCategories"] = categories


def entries(visit: LoggedVisit, context: DetailsContext) -> list[Entry]:
    """A line per order, and one for the open cart."""
    pages = {row["sequence"]: row[ACTION_NUMBER] for row in visit.actions}
    sales = [row for row in visit.conversions if row["idgoal"] <= ORDER]
    return [_entry(row, visit, context, pages.get(row["sequence"])) for row in sales]


def _entry(row: LogRow, visit: LoggedVisit, context: DetailsContext, page_id: int | None) -> Entry:
    is_order = row["idgoal"] == ORDER
    kind = "ecommerceOrder" if is_order else "ecommerceAbandonedCart"
    items = [_item(item) for item in visit.items if _belongs(item, row["order_id"], is_order=is_order)]
    revenue = _amount(row["revenue"])
    details: Details = {
        "type": kind,
        **({"orderId": row["order_id"]} if is_order else {}),
        "revenue": revenue,
        **({name: _amount(row[column]) for name, column in AMOUNTS.items()} if is_order else {}),
        "items": row["items"],
        "serverTimePretty": None,
        "idpageview": None,
        "referrerType": REFERRER_TYPE_NAMES.get(row["referer_type"], ""),
        "referrerName": row["referer_name"] or None,
        "referrerKeyword": row["referer_keyword"] or None,
        "itemDetails": items,
    }
    names = ", ".join(item["itemName"] or "" for item in items)
    subtitle = f"{context.money(row['idsite'], revenue)} revenue - {row['items']} items: {names})"
    title = f"Ordered ({row['order_id']})" if is_order else "Abandoned Cart"
    return Entry(kind, row, details, page_id, title, subtitle)


def _belongs(item: LogRow, order_id: str | None, *, is_order: bool) -> bool:
    is_same = item["order_id"] == order_id if is_order else item["order_id"] in OPEN_CART
    return is_same and not item["is_deleted"]


def _item(item: LogRow) -> dict[str, Any]:
    categories = [category.strip() for category in item["categories"] or () if category]
    return {
        "itemSKU": item["sku"],
        "itemName": item["name"] or None,
        "itemCategory": categories[0] if categories else None,
        "price": _amount(item["price"]),
        "quantity": item["quantity"],
        "categories": categories,
    }


def _amount(amount: float | None) -> float:
    return round_half_up(amount or 0, 2)


def profile_totals(visits: Sequence[Details], _context: DetailsContext) -> Details:
    """What the visitor ever ordered and left in carts."""
    newest: Details = visits[0] if visits else {}
    return {name: newest[name] for name in IN_PROFILES if name in newest}


DETAILS = VisitDetails(
    70, visit=visit_fields, entries=entries, columns=columns, describe=describe, totals=profile_totals
)
