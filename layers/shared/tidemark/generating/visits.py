"""What a visitor does in a visit: a walk through the pages of a shop, hit by hit."""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded by the caller: the same seed gives the same traffic
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from tidemark.generating.visitors import Visitor
from tidemark.generating.world import Product, World, world

Hit = tuple[int, dict[str, Any]]
"""Seconds since the visit's begin, and the parameters that tell this hit from the visitor's others."""

CHANNELS: Final = ("direct", "search", "social", "website", "campaign", "assistant")
CHANNEL_WEIGHTS: Final = (32, 32, 12, 10, 10, 4)
BOUNCES: Final = 0.34
MEAN_STEPS: Final = 5.0
MAX_STEPS: Final = 40
BUYS: Final = 0.3
"""Of those who put something into the cart."""
PING_SECONDS: Final = 30

_STEPS: Final = ("category", "product", "article", "help", "search", "download", "outlink", "event", "content", "cart")
_STEP_WEIGHTS: Final = (20, 26, 12, 6, 6, 3, 3, 12, 6, 6)


class Walk:
    """One visit under way."""

    def __init__(self, dice: random.Random, visitor: Visitor, origin: str, order_id: str) -> None:
        """`origin` is the site's address; an order would get this id."""
        self._dice = dice
        self._visitor = visitor
        self._origin = origin
        self._order_id = order_id
        self._world: World = world()
        self._at = 0
        self._url = ""
        self._cart: dict[str, list[Any]] = {}

    def hits(self) -> Iterator[Hit]:
        """The visit's hits, in order."""
        yield self._landing()
        if self._dice.random() < BOUNCES:
            if self._dice.random() < 0.3:
                yield self._hit({"url": self._url, "ping": 1}, PING_SECONDS)
            return
        for _ in range(min(1 + int(self._dice.expovariate(1 / MEAN_STEPS)), MAX_STEPS)):
            yield from self._step(self._dice.choices(_STEPS, _STEP_WEIGHTS)[0])
        if self._cart and self._dice.random() < BUYS:
            yield from self._checkout()

    # ---- single hits

    def _landing(self) -> Hit:
        channel = self._dice.choices(CHANNELS, CHANNEL_WEIGHTS)[0]
        query, referrer = "", ""
        if channel == "campaign":
            name, keyword, source, medium, content = self._world.campaigns.pick(self._dice)
            given = {"mtm_campaign": name, "mtm_kwd": keyword, "mtm_source": source, "mtm_medium": medium}
            query = "?" + urlencode({key: value for key, value in {**given, "mtm_content": content}.items() if value})
        elif channel != "direct":
            (referrer,) = self._world.referrers[channel].pick(self._dice)
            referrer = referrer.format(quote(self._dice.choice(self._world.keywords)))
        where = self._dice.random()
        if where < 0.45:
            hit = self._page("/" + query, "Ridgeline Outfitters", 0)
        elif where < 0.7:
            hit = self._product_page(self._dice.choice(self._world.products), 0, query)
        else:
            hit = self._article(0, query)
        hit[1]["urlref"] = referrer
        hit[1]["dimension1"] = self._visitor.kind
        if self._visitor.kind != "guest":
            hit[1]["_cvar"] = json.dumps({"1": ["Plan", self._visitor.kind]})
        return hit

    def _step(self, kind: str) -> Iterator[Hit]:
        world_, dice = self._world, self._dice
        match kind:
            case "category":
                categories = dice.choice(world_.products).categories
                yield self._page("/shop/" + categories[0].lower(), f"Shop / {categories[0]}")
            case "product":
                yield self._product_page(dice.choice(world_.products))
            case "article":
                yield self._article()
            case "help":
                slug, title = dice.choice(world_.help)
                yield self._page(f"/help/{slug}", f"Help / {title}")
            case "search":
                keyword, category, count = world_.searches.pick(dice)
                found = {"search": keyword, "search_count": count} | ({"search_cat": category} if category else {})
                yield self._hit({"url": f"{self._origin}/search?q={quote(keyword)}", **found})
            case "download" | "outlink":
                yield self._leaving(kind)
            case "event":
                yield self._event()
            case "content":
                yield from self._content()
            case "cart":
                yield from self._add_to_cart(dice.choice(world_.products))

    def _hit(self, params: Mapping[str, Any], pause: int | None = None) -> Hit:
        """A hit some time after the one before."""
        self._at += int(self._dice.lognormvariate(3.3, 0.9)) + 2 if pause is None else pause
        return self._at, dict(params)

    def _page(self, path: str, title: str, pause: int | None = None, template: str = "page") -> Hit:
        self._url = self._origin + path
        times = {
            "pf_net": self._milliseconds(60),
            "pf_srv": self._milliseconds(180),
            "pf_tfr": self._milliseconds(90),
            "pf_dm1": self._milliseconds(240),
            "pf_dm2": self._milliseconds(420),
            "pf_onl": self._milliseconds(30),
        }
        viewed = {"url": self._url, "action_name": title, "pv_id": f"{self._dice.getrandbits(24):06x}"}
        measured = {"dimension2": template, "bw_bytes": self._dice.randrange(20_000, 200_000)}
        return self._hit({**viewed, **times, **_vitals(times), **measured}, pause)

    def _article(self, pause: int | None = None, query: str = "") -> Hit:
        slug, title = self._dice.choice(self._world.articles)
        hit = self._page(f"/journal/{slug}{query}", f"Journal / {title}", pause, "article")
        author = self._dice.choice(self._world.authors)
        hit[1].update(dimension3=author, cvar=json.dumps({"1": ["Author", author]}))
        return hit

    def _product_page(self, product: Product, pause: int | None = None, query: str = "") -> Hit:
        hit = self._page(product.path + query, product.title, pause, "product")
        kinds = json.dumps(list(product.categories))
        hit[1].update(_pks=product.sku, _pkn=product.name, _pkc=kinds, _pkp=product.price)
        return hit

    def _leaving(self, kind: str) -> Hit:
        if kind == "outlink":
            (url,) = self._world.outlinks.pick(self._dice)
            return self._hit({"url": url, "link": url})
        (path,) = self._world.downloads.pick(self._dice)
        url = self._origin + path
        return self._hit({"url": url, "download": url, "bw_bytes": self._dice.randrange(80_000, 4_000_000)})

    def _event(self) -> Hit:
        category, action, name, value = self._world.events.pick(self._dice)
        told = {"e_c": category, "e_a": action, "e_n": name} | ({} if value is None else {"e_v": value})
        return self._hit({"url": self._url, "ca": 1, **told})

    def _content(self) -> Iterator[Hit]:
        name, piece, target = self._dice.choice(self._world.contents)
        block = {"url": self._url, "ca": 1, "c_n": name, "c_p": piece, "c_t": target}
        yield self._hit(block, 1)
        if self._dice.random() < 0.2:
            yield self._hit({**block, "c_i": "click"}, 3)

    def _add_to_cart(self, product: Product) -> Iterator[Hit]:
        yield self._product_page(product)
        item = self._cart.setdefault(
            product.sku, [product.sku, product.name, list(product.categories), product.price, 0]
        )
        item[4] += self._dice.choice((1, 1, 1, 2))
        yield self._hit({"url": self._url, "idgoal": 0, "revenue": self._total(), "ec_items": self._items()}, 4)

    def _checkout(self) -> Iterator[Hit]:
        yield self._page("/cart", "Cart")
        yield self._page("/checkout/address", "Checkout / Address")
        yield self._page("/checkout/payment", "Checkout / Payment")
        subtotal = self._total()
        shipping = 0.0 if subtotal >= 150 else 5.9
        discount = round(subtotal * 0.1, 2) if self._dice.random() < 0.2 else 0.0
        amounts = {"ec_st": subtotal, "ec_tx": round(subtotal * 0.19, 2), "ec_sh": shipping, "ec_dt": discount}
        total = round(subtotal + shipping - discount, 2)
        order = {"idgoal": 0, "ec_id": self._order_id, "revenue": total, "ec_items": self._items(), **amounts}
        yield self._page("/checkout/thanks", "Checkout / Thank you")
        yield self._hit({"url": self._url, **order}, 1)

    def _items(self) -> str:
        return json.dumps(list(self._cart.values()))

    def _total(self) -> float:
        total: float = sum(price * quantity for _, _, _, price, quantity in self._cart.values())
        return round(total, 2)

    def _milliseconds(self, usual: int) -> int:
        return int(usual * self._dice.lognormvariate(0, 0.6))


def _vitals(times: Mapping[str, int]) -> dict[str, int | float]:
    """The web vitals that go with a page's times."""
    first_byte = times["pf_net"] + times["pf_srv"]
    first_paint = first_byte + times["pf_dm1"]
    return {
        "wv_ttfb": first_byte,
        "wv_fcp": first_paint,
        "wv_lcp": first_paint + times["pf_dm2"],
        "wv_inp": 24 + times["pf_dm1"] // 2,
        "wv_cls": times["pf_tfr"] % 40 / 200,
    }
