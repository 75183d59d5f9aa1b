"""Carts and orders: how the e-commerce requests of a visit become conversions and items.

Source: Matomo 5.2, tracking behaviour, section 12.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import listed
from tidemark.sessions.chain import Chain
from tidemark.sessions.hits import CART, ORDER
from tidemark.sessions.vectors import positions

IDGOAL_ORDER, IDGOAL_CART = 0, -1
CART_ORDER_ID: Final = "0"
"""What stands for the order id of items in an open cart."""
MAX_CATEGORIES: Final = 5
MAX_QUANTITY: Final = 1_000_000_000
AMOUNTS: Final = ("revenue", "revenue_subtotal", "revenue_tax", "revenue_shipping", "revenue_discount")


@dataclass(slots=True)
class SoldItem:
    """A product of a cart or order."""

    sku: str
    name: str
    categories: list[str]
    price: float
    quantity: int
    sequence: int = 0
    """Of the request that brought it first."""
    order_id: str = CART_ORDER_ID
    server_time: int = 0
    is_deleted: bool = False


@dataclass(slots=True)
class Sale:
    """An e-commerce request: an order, or a cart as it now is (then without order id)."""

    row: int
    visit: int
    server_time: int
    order_id: str | None
    amounts: dict[str, float | None]
    products: list[SoldItem]
    items: list[SoldItem] = field(default_factory=list)
    """All items that ever stood in the cart or order, once it is entered."""

    @property
    def idgoal(self) -> int:
        """Number of the goal under which it is a conversion."""
        return IDGOAL_CART if self.order_id is None else IDGOAL_ORDER

    @property
    def buster(self) -> int:
        """What tells the orders of a visit apart; there is one cart only."""
        if self.order_id is None:
            return 0
        return int.from_bytes(hashlib.blake2b(self.order_id.encode(), digest_size=7).digest())

    @property
    def revenue(self) -> float | None:
        """The grand total."""
        return self.amounts["revenue"]


@dataclass(slots=True)
class Ledger:
    """The sales of all visits, entered in the order in which they were sent.

    An order id counts once per site: `known_orders` are those of earlier days.
    """

    known_orders: Collection[str]
    order_rows: set[int] = field(default_factory=set)
    """Rows of orders, refused ones too: they convert their visit all the same."""
    _carts: dict[int, Sale] = field(default_factory=dict)
    _frozen: dict[int, Sale] = field(default_factory=dict)
    """Carts that a refused order left behind: the visit counts as ordered, so nothing finds them again."""
    _orders: dict[str, Sale] = field(default_factory=dict)

    def enter(self, sale: Sale) -> None:
        """Take note of the next request."""
        if sale.order_id is None:
            if sale.visit not in self._frozen:
                self._take(sale)
                self._carts[sale.visit] = sale
            return
        self.order_rows.add(sale.row)
        if sale.order_id not in self._orders and sale.order_id not in self.known_orders:
            self._take(sale)
            self._orders[sale.order_id] = sale
        elif sale.visit in self._carts:
            self._frozen[sale.visit] = self._carts.pop(sale.visit)

    def sales(self) -> list[Sale]:
        """Orders and the carts that were left open, in order of rows."""
        found = [*self._orders.values(), *self._carts.values(), *self._frozen.values()]
        return sorted(found, key=lambda sale: sale.row)

    def _take(self, sale: Sale) -> None:
        cart = self._carts.pop(sale.visit, None)
        sale.items = _synchronised(cart.items if cart else [], sale)


def sales_in_order(chain: Chain) -> list[Sale]:
    """The e-commerce requests of all visits, in order of sending."""
    recognised = chain.recognised
    kind = recognised.column("ecommerce")
    rows = positions(
        pc.and_(
            pc.fill_null(pc.is_in(kind, value_set=pa.array([ORDER, CART], pa.uint8())), False), pc.invert(chain.is_ping)
        )
    )
    columns = {name: listed(recognised.at(name, rows)) for name in (*AMOUNTS, "order_id", "items", "hit_id")}
    times, kinds = chain.time.take(rows).to_pylist(), kind.take(rows).to_pylist()
    visits = chain.runs.number.take(rows).to_pylist()
    sequence = recognised.sequence.take(rows).to_pylist()
    sales = []
    for index, row in enumerate(rows.to_pylist()):
        order_id = columns["order_id"][index] or "" if kinds[index] == ORDER else None
        amounts = {name: columns[name][index] for name in AMOUNTS}
        if order_id is None:
            amounts = {name: value if name == "revenue" else None for name, value in amounts.items()}
        products = read_items(columns["items"][index])
        for product in products:
            product.sequence = sequence[index]
        sales.append(Sale(row, visits[index], times[index], order_id, amounts, products))
    by_sending = sorted(range(len(sales)), key=lambda index: (sequence[index], columns["hit_id"][index] or ""))
    return [sales[index] for index in by_sending]


def read_items(text: str | None) -> list[SoldItem]:
    """The products of a hit's JSON; what is none is left out."""
    try:
        entries = orjson.loads(text or "[]")
    except orjson.JSONDecodeError:
        return []
    return [
        _item(*entry)
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, list) and len(entry) == 5 and isinstance(entry[0], str) and entry[0]
    ]


def _item(sku: str, name: Any, categories: Any, price: Any, quantity: Any) -> SoldItem:
    texts = [one for one in categories if isinstance(one, str)] if isinstance(categories, list) else []
    return SoldItem(
        sku=sku,
        name=name if isinstance(name, str) else "",
        categories=texts[:MAX_CATEGORIES],
        price=float(price) if isinstance(price, int | float) else 0.0,
        quantity=int(quantity) if isinstance(quantity, int | float) and abs(quantity) < MAX_QUANTITY else 1,
    )


def _synchronised(cart: list[SoldItem], sale: Sale) -> list[SoldItem]:
    """The cart's items as the sale leaves them: updated by SKU, added, or marked as deleted.

    Of several products with one SKU the last updates an item, the first adds one.
    Source: Matomo 5.2, core/Tracker/GoalManager.recordEcommerceItems.
    """
    order_id = sale.order_id or CART_ORDER_ID
    last = {item.sku: item for item in sale.products}
    new: dict[str, SoldItem] = {}
    for item in sale.products:
        new.setdefault(item.sku, item)
    items = []
    for old in cart:
        update = last.get(old.sku)
        items.append(update or old)
        if update is None:
            old.is_deleted = True
        else:
            update.sequence = old.sequence
    known = {item.sku for item in cart}
    items.extend(item for item in new.values() if item.sku not in known)
    for item in items:
        item.order_id, item.server_time = order_id, sale.server_time
    return items
