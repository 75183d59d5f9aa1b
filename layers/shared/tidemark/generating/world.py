"""The made-up world: places, devices, referrers, products and pages of an outdoor shop, with their weights."""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded by its callers: the same seed gives the same traffic
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).with_name("world.json")


@dataclass(frozen=True, slots=True)
class Weighted:
    """Things to choose from; each is chosen in proportion to its weight."""

    things: tuple[Any, ...]
    cumulated: tuple[float, ...]

    @classmethod
    def of(cls, rows: list[Any]) -> Weighted:
        """Rows that begin with their weight."""
        return cls(tuple(row[1:] for row in rows), tuple(accumulate(row[0] for row in rows)))

    def pick(self, dice: random.Random) -> Any:
        """One of them."""
        return dice.choices(self.things, cum_weights=self.cumulated)[0]


@dataclass(frozen=True, slots=True)
class Product:
    """What the shop sells."""

    sku: str
    name: str
    categories: tuple[str, ...]
    price: float

    @property
    def path(self) -> str:
        """Path of its page."""
        return "/shop/" + "/".join(_slug(one) for one in (*self.categories, self.name))

    @property
    def title(self) -> str:
        """Title of its page."""
        return " / ".join(("Shop", *self.categories, self.name))


@dataclass(frozen=True, slots=True)
class World:
    """All that visits are made of."""

    places: Weighted
    """(country, language, hours east of UTC, beginnings of addresses)"""
    devices: Weighted
    """(user agent, screens)"""
    referrers: dict[str, Weighted]
    keywords: tuple[str, ...]
    campaigns: Weighted
    """(name, keyword, source, medium, content)"""
    products: tuple[Product, ...]
    articles: tuple[tuple[str, str], ...]
    authors: tuple[str, ...]
    help: tuple[tuple[str, str], ...]
    searches: Weighted
    """(keyword, category, results)"""
    downloads: Weighted
    outlinks: Weighted
    events: Weighted
    """(category, action, name, value)"""
    contents: tuple[tuple[str, str, str], ...]
    sites: tuple[str, ...]


@cache
def world() -> World:
    """The world, read once."""
    facts = json.loads(_FILE.read_text(encoding="utf-8"))
    return World(
        places=Weighted.of(facts["places"]),
        devices=Weighted.of(facts["devices"]),
        referrers={kind: Weighted.of(rows) for kind, rows in facts["referrers"].items()},
        keywords=tuple(facts["keywords"]),
        campaigns=Weighted.of(facts["campaigns"]),
        products=tuple(Product(sku, name, tuple(kinds), price) for sku, name, kinds, price in facts["products"]),
        articles=tuple((slug, title) for slug, title in facts["articles"]),
        authors=tuple(facts["authors"]),
        help=tuple((slug, title) for slug, title in facts["help"]),
        searches=Weighted.of(facts["searches"]),
        downloads=Weighted.of(facts["downloads"]),
        outlinks=Weighted.of(facts["outlinks"]),
        events=Weighted.of(facts["events"]),
        contents=tuple((name, piece, target) for name, piece, target in facts["contents"]),
        sites=tuple(facts["sites"]),
    )


def _slug(text: str) -> str:
    return text.lower().replace(" ", "-")
