"""The hit: one tracked request as ingest writes it to the hit log.

CORE_COLUMNS are the columns that sessions need; plugins' Dimensions add further columns of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from tidemark.model.action_type import ActionType, ReferrerType

__all__ = [
    "BY_REQUEST",
    "CORE_COLUMNS",
    "ActionType",
    "Client",
    "Column",
    "ColumnType",
    "Item",
    "Location",
    "MatchedGoal",
    "Referrer",
    "ReferrerType",
]

ColumnType = Literal["string", "int64", "int32", "uint64", "uint8", "float64", "bool", "json", "strings"]
"""Logical types of log columns: `json` is text holding JSON, `strings` a list of texts; all are nullable."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a log table."""

    name: str
    type: ColumnType
    about: str = ""


@dataclass(frozen=True, slots=True)
class Referrer:
    """A resolved referrer."""

    type: ReferrerType = ReferrerType.DIRECT
    name: str = ""
    keyword: str | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Client:
    """What a user agent (and its client hints) says. Codes are Matomo's; empty text means unknown."""

    type: str = ""
    """"browser", "mobile app", "feed reader" …"""
    code: str = ""
    """Two letters of a browser ("FF"), else the client's name."""
    name: str = ""
    version: str = ""
    engine: str = ""
    os_code: str = ""
    """Three letters ("WIN")."""
    os_version: str = ""
    device_type: int | None = None
    """Number as in tracking behaviour, section 17: 0 desktop, 1 smartphone …"""
    brand: str = ""
    model: str = ""
    is_bot: bool = False
    bot_name: str = ""
    bot_category: str = ""


BY_REQUEST: Final = "request"


@dataclass(frozen=True, slots=True)
class Location:
    """Where an address is. Country lower case, "xx" if unknown."""

    country: str = "xx"
    region: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    provider: str | None = None
    """How it was found: by a database, the CDN's headers, the language.

    BY_REQUEST and the names of attributes: an authorised request said these ("request country city").
    """
    network: str | None = None
    """Name of the network that the address belongs to, where a database tells it."""


@dataclass(frozen=True, slots=True)
class MatchedGoal:
    """A goal that a hit converts, by the definitions at the hit's time.

    With `more_than_minutes` only if the visit lasts longer than that when the hit happens, and is not new: a goal on
    the visit's duration, which only sessions know.
    """

    idgoal: int
    revenue: float = 0.0
    allow_multiple: bool = False
    more_than_minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A product of a cart or order."""

    sku: str
    name: str = ""
    categories: tuple[str, ...] = field(default=())
    price: float = 0.0
    quantity: int = 1


CORE_COLUMNS: tuple[Column, ...] = (
    # identity and order
    Column("hit_id", "string", "unique; duplicates by redelivery carry the same"),
    Column("idsite", "int32"),
    Column("server_time", "int64", "unix seconds: cdt or time of reception"),
    Column("sequence", "int64", "microseconds of reception * 4096 + place among the hits of that moment"),
    # visitor
    Column("visitor_id", "uint64", "from uid, cid, third-party cookie or _id; NULL if none"),
    Column("is_id_forced", "bool", "cid was given: match on the id only"),
    Column("user_id", "string"),
    Column("fingerprint", "uint64", "keyed hash; changes with the site's local day"),
    Column("location_ip", "string", "masked as the privacy settings say"),
    Column("wants_new_visit", "bool", "new_visit=1"),
    Column("is_ping", "bool"),
    # what was done
    Column("action_type", "uint8", "ActionType; NULL-free"),
    Column("url", "string", "normalised, without protocol and www.; outlinks and downloads as given"),
    Column("url_prefix", "uint8", "0 http://, 1 http://www., 2 https://, 3 https://www., NULL none"),
    Column("title", "string", "page title (type 4)"),
    Column("search_keyword", "string"),
    Column("search_category", "string"),
    Column("search_count", "int32"),
    Column("event_category", "string"),
    Column("event_action", "string"),
    Column("event_name", "string"),
    Column("event_value", "float64"),
    Column("content_name", "string"),
    Column("content_piece", "string"),
    Column("content_target", "string"),
    Column("content_interaction", "string", "NULL: an impression"),
    Column("idpageview", "string", "pv_id"),
    Column("time_network", "int32", "milliseconds, as the next five"),
    Column("time_server", "int32"),
    Column("time_transfer", "int32"),
    Column("time_dom_processing", "int32"),
    Column("time_dom_completion", "int32"),
    Column("time_on_load", "int32"),
    Column("bandwidth", "int64", "bytes"),
    Column("product_sku", "string"),
    Column("product_name", "string"),
    Column("product_categories", "strings"),
    Column("product_price", "float64"),
    # conversions
    Column("goals", "json", "list of MatchedGoal as [idgoal, revenue, allow_multiple, more_than_minutes or null]"),
    Column("ecommerce", "uint8", "1 order, 2 cart update, NULL neither"),
    Column("order_id", "string"),
    Column("revenue", "float64", "grand total of the order or cart"),
    Column("revenue_subtotal", "float64"),
    Column("revenue_tax", "float64"),
    Column("revenue_shipping", "float64"),
    Column("revenue_discount", "float64"),
    Column("items", "json", "list of Item as [sku, name, [categories], price, quantity]"),
    Column("conversion_url", "string", "full url of a converting hit's page or action, excluded parameters taken out"),
    Column(
        "attribution",
        "json",
        "[type, name, keyword, url] from _rcn and _rck (a campaign), else _ref, of a converting hit; NULL: the visit's",
    ),
    # referrer of a landing
    Column("referer_type", "uint8", "ReferrerType"),
    Column("referer_name", "string"),
    Column("referer_keyword", "string"),
    Column("referer_url", "string"),
    Column(
        "is_referer_keyword_assumed",
        "bool",
        "a campaign came without keyword and the referrer's host stands for it: a visit of this campaign keeps its own",
    ),
    # scopes of the site's own
    Column("custom_dimensions", "json", "{iddimension: value}, both scopes"),
    Column("custom_variables_visit", "json", "{slot: [name, value]}"),
    Column("custom_variables_page", "json", "{slot: [name, value]}"),
    # everything else, so that nothing is lost before its feature exists
    Column("raw", "json", "request parameters that no column above holds unchanged; never tokens or addresses"),
)
