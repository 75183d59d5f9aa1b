"""Orders, carts, their items, and product views.

Source: Matomo 5.2, tracking behaviour, section 12; parameters ec_* and _pk*.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final

import orjson

from tidemark.model.hit import ActionType, Item
from tidemark.tracking.actions import NO_GOAL
from tidemark.tracking.draft import Draft
from tidemark.tracking.goals import money, put_conversion, revenue
from tidemark.tracking.parameters import decode_entities, integer, is_given, number, structure, text, to_number

ORDER_ID_MAX: Final = 100
MAX_CATEGORIES: Final = 5
MAX_QUANTITY: Final = 2**31 - 1
_AMOUNTS: Final = {
    "ec_st": "revenue_subtotal",
    "ec_tx": "revenue_tax",
    "ec_sh": "revenue_shipping",
    "ec_dt": "revenue_discount",
}
_LEGACY_SLOTS: Final = {"_pkp": "2", "_pks": "3", "_pkn": "4", "_pkc": "5"}


class Ecommerce(IntEnum):
    """What an e-commerce hit is."""

    ORDER = 1
    CART_UPDATE = 2


def put_ecommerce(draft: Draft) -> None:
    """An order or a cart (`idgoal=0`, with or without an order id)."""
    if "idgoal" not in draft.given or integer(draft.given, "idgoal", NO_GOAL) != 0 or integer(draft.given, "ping"):
        return
    items = read_items(draft.given)
    if items is None:
        return
    is_order = is_given(draft.given, "ec_id")
    row = draft.row
    row["ecommerce"] = int(Ecommerce.ORDER if is_order else Ecommerce.CART_UPDATE)
    row["revenue"] = revenue(number(draft.given, "revenue") or 0.0)
    row["items"] = orjson.dumps(
        [[item.sku, item.name, item.categories, item.price, item.quantity] for item in items]
    ).decode()
    if is_order:
        row["order_id"] = text(draft.given, "ec_id")[:ORDER_ID_MAX]
        for name, column in _AMOUNTS.items():
            amount = number(draft.given, name)
            row[column] = None if amount is None else money(amount)
    put_conversion(draft)


def read_items(params: Mapping[str, Any]) -> list[Item] | None:
    """The items by order of sending; those without SKU are left out.

    None if `ec_items` is JSON, but no list: then nothing is recorded.
    """
    given = structure(params, "ec_items")
    if given is None or given in ([], {}, "", 0, False):
        return []
    if isinstance(given, dict):
        given = list(given.values())
    if not isinstance(given, list):
        return None
    return [item for entry in given if (item := _item(entry)) is not None]


def _item(entry: Any) -> Item | None:
    if isinstance(entry, dict):
        entry = list(entry.values())
    if not isinstance(entry, list) or not entry or entry[0] in (None, "", 0, "0", False):
        return None
    sku, name, categories, price, quantity = [*entry, *[None] * 5][:5]
    amount = _number(price)
    count = _number(quantity)
    return Item(
        sku=_joined(sku),
        name=_joined(name) if name else "",
        categories=_categories(categories),
        price=money(amount) if amount is not None else 0.0,
        quantity=min(max(int(count), -MAX_QUANTITY), MAX_QUANTITY) if count else 1,
    )


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    return to_number(value) if isinstance(value, str) and "," not in value else None


def _joined(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(_joined(part) for part in value)
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return decode_entities(str(value)).strip()


def _categories(value: Any) -> tuple[str, ...]:
    if isinstance(value, dict):
        value = list(value.values())
    given = value if isinstance(value, list) else [value]
    named = [_joined(one) for one in given if isinstance(one, (str, int, float)) and one]
    return tuple(name for name in named if name)[:MAX_CATEGORIES]


def put_product_view(draft: Draft) -> None:
    """The product that a page shows: `_pks` …, or the slots of page variables that old clients used.

    What is given, but empty, counts as not defined. Source: Matomo 5.2, plugins/Ecommerce/Columns.
    """
    if draft.action is ActionType.NONE:
        return
    old = _legacy_views(draft.given)
    row = draft.row
    row["product_sku"] = _view(draft, "_pks", old)
    row["product_name"] = _view(draft, "_pkn", old)
    if "_pkc" in draft.given or "_pkc" in old:
        row["product_categories"] = _view_categories(_view(draft, "_pkc", old) or "") or None
    row["product_price"] = to_number(_view(draft, "_pkp", old) or "")


def _view(draft: Draft, name: str, old: Mapping[str, str]) -> str | None:
    """None: not given."""
    return text(draft.given, name).strip() if name in draft.given else old.get(name)


def _legacy_views(params: Mapping[str, Any]) -> dict[str, str]:
    if "cvar" not in params:
        return {}
    given = structure(params, "cvar")
    found: dict[str, str] = {}
    for name, slot in _LEGACY_SLOTS.items():
        pair = given.get(slot) if isinstance(given, dict) else None
        if isinstance(pair, list) and len(pair) == 2 and pair[0] == name and isinstance(pair[1], (str, int, float)):
            found[name] = decode_entities(str(pair[1])).strip()
    return found


def _view_categories(value: str) -> list[str]:
    """A list, or one category: given but empty it counts as one that is not defined."""
    if value.startswith('["'):
        try:
            return list(_categories(orjson.loads(value)))
        except ValueError:
            return []
    return [value]
