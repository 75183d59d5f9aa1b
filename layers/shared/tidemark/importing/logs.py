"""Matomo's log tables as the visit log of a local day.

Source: Matomo 5.2, database schema; tracking behaviour, sections 6 to 13.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import pyarrow as pa

from tidemark.columns import ARROW_TYPES, DICTIONARY
from tidemark.importing.database import ROWS_AT_ONCE, MatomoDatabase, Row, Text
from tidemark.importing.values import (
    address,
    custom_values,
    custom_variables,
    number_of,
    real,
    seconds,
    seconds_of_day,
    sequence,
)
from tidemark.model.action_type import ActionType
from tidemark.model.daylog import LogTable
from tidemark.model.hit import Column

Columns = Callable[[LogTable], tuple[Column, ...]]
Link = tuple[int, int]
"""An action's place in the order of sending, and in its visit."""
ACTION_ORDER: Final = "idvisit, idlink_va"
TITLE: Final = 4
VISITS_AT_ONCE: Final = 1000
_VISIT_TEXTS: Final = (
    *("visit_entry_idaction_url", "visit_entry_idaction_name", "visit_exit_idaction_url", "visit_exit_idaction_name"),
)
_PRODUCT: Final = ("idaction_product_cat", *(f"idaction_product_cat{number}" for number in range(2, 6)))
_CATEGORIES: Final = ("idaction_category", *(f"idaction_category{number}" for number in range(2, 6)))
_AMOUNTS: Final = ("revenue", "revenue_subtotal", "revenue_tax", "revenue_shipping", "revenue_discount")
_PERFORMANCE: Final = (
    *("time_network", "time_server", "time_transfer", "time_dom_processing", "time_dom_completion", "time_on_load"),
)


@dataclass(frozen=True, slots=True)
class SiteRules:
    """How a site's rows are read: its numbers there and here, and its dimensions by scope and column."""

    old_idsite: int
    idsite: int
    visit_dimensions: Mapping[int, int] = field(default_factory=dict)
    action_dimensions: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayReader:
    """Reads a site's rows between two moments in UTC (the end excluded), some thousands at once.

    Visits belong to the day of their last action, everything else to that of its own time.
    """

    database: MatomoDatabase
    rules: SiteRules
    first: str
    end: str

    def tables(self, columns: Columns) -> dict[LogTable, pa.Table]:
        """The day's tables for the visit log. No more rows are held at once than a table has in one batch."""
        links: dict[int, Link] = dict.fromkeys(self._links(), (0, 1))
        return {
            "visits": _table(self._visits(), columns("visits")),
            "actions": _table(self._actions(links), columns("actions")),
            "conversions": _table(self._conversions(links), columns("conversions")),
            "items": _table(self._items(), columns("items")),
        }

    def _batches(self, table: str, time: str, order: str) -> Iterator[list[Row]]:
        where = f"idsite = %s AND {time} >= %s AND {time} < %s"
        return self.database.batches(table, where, (self.rules.old_idsite, self.first, self.end), order)

    def _visits(self) -> Iterator[list[Row]]:
        for rows in self._batches("log_visit", "visit_last_action_time", "idvisit"):
            texts = self._texts(rows)
            yield [_visit(row, texts, self.rules) for row in rows]

    def _links(self) -> Iterator[int]:
        """The actions that conversions happened with."""
        for rows in self._batches("log_conversion", "server_time", "idvisit"):
            yield from (row["idlink_va"] for row in rows if row.get("idlink_va"))

    def _actions(self, links: dict[int, Link]) -> Iterator[list[Row]]:
        """Actions; where those of `links` stand is put there."""
        chained = _chained(
            row for rows in self._batches("log_link_visit_action", "server_time", ACTION_ORDER) for row in rows
        )
        while some := list(islice(chained, ROWS_AT_ONCE)):
            texts = self._texts([row for row, _, _ in some])
            made = [_action(row, position, after, texts, self.rules) for row, position, after in some]
            for (row, position, _), action in zip(some, made, strict=True):
                if row["idlink_va"] in links:
                    links[row["idlink_va"]] = action["sequence"], position
            yield made

    def _conversions(self, links: Mapping[int, Link]) -> Iterator[list[Row]]:
        for rows in self._batches("log_conversion", "server_time", "idvisit, server_time, idgoal, buster"):
            visits = self._visits_of(rows)
            texts = self._texts([*rows, *visits.values()])
            yield [_conversion(row, visits, links, texts, self.rules) for row in rows]

    def _items(self) -> Iterator[list[Row]]:
        place = 0
        for rows in self._batches("log_conversion_item", "server_time", "idvisit, server_time, idorder, idaction_sku"):
            texts = self._texts(rows)
            yield [_item(row, place + number, texts, self.rules) for number, row in enumerate(rows)]
            place += len(rows)

    def _visits_of(self, rows: Iterable[Row]) -> dict[int, Row]:
        """The visits that rows belong to, on this day or not."""
        known: dict[int, Row] = {}
        numbers = sorted({row["idvisit"] for row in rows})
        for start in range(0, len(numbers), VISITS_AT_ONCE):
            some = numbers[start : start + VISITS_AT_ONCE]
            marks = ", ".join(["%s"] * len(some))
            known |= {row["idvisit"]: row for row in self.database.rows("log_visit", f"idvisit IN ({marks})", some)}
        return known

    def _texts(self, rows: Iterable[Row]) -> Mapping[int, Text]:
        """The entries of the dictionary that rows name."""
        return self.database.texts(
            {value for row in rows for name, value in row.items() if "idaction" in name and value}
        )


def _table(batches: Iterable[Sequence[Row]], columns: Sequence[Column]) -> pa.Table:
    """Columns that no row tells are left out. Texts are encoded by dictionary, for most of them repeat."""
    types = {one.name: DICTIONARY if one.type == "string" else ARROW_TYPES[one.type] for one in columns}
    told: set[str] = set()
    made = []
    for rows in batches:
        told = told.union(*(row.keys() for row in rows))
        made.append(pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in types.items()}))
    if not made:
        return pa.table({})
    return pa.concat_tables(made).select([name for name in types if name in told]).unify_dictionaries()


def _chained(rows: Iterable[Row]) -> Iterator[tuple[Row, int, int | None]]:
    """Each action with its place in its visit, and the seconds until the next one; rows come visit by visit."""
    place, before = 0, None
    for row in rows:
        if before is not None:
            follows = row["idvisit"] == before["idvisit"]
            yield before, place, row["time_spent_ref_action"] if follows else None
            place = place if follows else 0
        place += 1
        before = row
    if before is not None:
        yield before, place, None


# ---- rows


def _visit(row: Row, texts: Mapping[int, Text], rules: SiteRules) -> Row:
    start = seconds(row["visit_first_action_time"]) or 0
    entry_url, entry_name = (texts.get(row.get(f"visit_entry_idaction_{one}") or 0) for one in ("url", "name"))
    exit_url, exit_name = (texts.get(row.get(f"visit_exit_idaction_{one}") or 0) for one in ("url", "name"))
    has_entry = row.get("visit_entry_idaction_url") is not None
    return {
        **{name: row[name] for name in row if name.startswith(("config_", "referer_", "visit_total_", "visitor_"))},
        **_place(row),
        "idvisit": row["idvisit"],
        "idsite": rules.idsite,
        "visitor_id": number_of(row["idvisitor"]),
        "fingerprint": number_of(row["config_id"]),
        "user_id": row.get("user_id"),
        "is_profilable": None if row.get("profilable") is None else bool(row["profilable"]),
        "location_ip": address(row["location_ip"]),
        "visit_first_action_time": start,
        "visit_last_action_time": seconds(row["visit_last_action_time"]),
        "first_sequence": sequence(start, row["idvisit"] % 4096),
        "visit_goal_converted": row.get("visit_goal_converted"),
        "visit_goal_buyer": row.get("visit_goal_buyer"),
        "visitor_localtime": seconds_of_day(row.get("visitor_localtime")),
        "visit_entry_url": entry_url[0] if entry_url else "" if has_entry else None,
        "visit_entry_url_prefix": entry_url[2] if entry_url else None,
        "visit_entry_name": entry_name[0] if entry_name else None,
        "visit_entry_type": _page_type(entry_url, entry_name),
        "visit_exit_url": exit_url[0] if exit_url else None,
        "visit_exit_url_prefix": exit_url[2] if exit_url else None,
        "visit_exit_name": exit_name[0] if exit_name else None,
        "visit_exit_type": _page_type(exit_url, exit_name),
        "custom_dimensions": custom_values(row, rules.visit_dimensions),
        "custom_variables_visit": custom_variables(row),
    }


def _place(row: Row) -> Row:
    given = {f"location_{one}": row.get(f"location_{one}") for one in ("browser_lang", "city", "country", "region")}
    points = {name: real(row.get(name)) for name in ("location_latitude", "location_longitude")}
    return {**given, **points, "location_network": row.get("location_provider")}


def _page_type(url: Text | None, name: Text | None) -> int | None:
    """Whether a visit began or ended with a page view or a search; None for neither."""
    if name is not None and name[1] == ActionType.SEARCH:
        return int(ActionType.SEARCH)
    return int(ActionType.PAGE) if url is not None or name is not None else None


def _action(row: Row, position: int, after: int | None, texts: Mapping[int, Text], rules: SiteRules) -> Row:
    def text(name: str) -> str | None:
        found = texts.get(row.get(name) or 0)
        return None if found is None else found[0]

    url, name = texts.get(row.get("idaction_url") or 0), texts.get(row.get("idaction_name") or 0)
    name_before = texts.get(row.get("idaction_name_ref") or 0)
    kind = _action_type(row, url, name)
    moment = seconds(row["server_time"]) or 0
    is_search_before = name_before is not None and name_before[1] == ActionType.SEARCH
    url_before = None if is_search_before else text("idaction_url_ref")
    categories = [text(column) for column in _PRODUCT]
    return {
        "idvisit": row["idvisit"],
        "idsite": rules.idsite,
        "visitor_id": number_of(row["idvisitor"]),
        "server_time": moment,
        "sequence": sequence(moment, position),
        "position": position,
        "action_type": kind,
        "url": url[0] if url else None,
        "url_prefix": url[2] if url else None,
        "title": name[0] if name and name[1] == TITLE else None,
        "url_ref": url_before,
        "title_ref": name_before[0] if name_before and not is_search_before else None,
        "search_ref": name_before[0] if name_before and is_search_before else None,
        "ref_type": _page_type(texts.get(row.get("idaction_url_ref") or 0), name_before),
        "time_spent_ref": row.get("time_spent_ref_action"),
        "time_spent": after,
        "pageview_position": row.get("pageview_position"),
        "search_keyword": name[0] if name and kind == ActionType.SEARCH else None,
        "search_category": row.get("search_cat"),
        "search_count": row.get("search_count"),
        "event_category": text("idaction_event_category"),
        "event_action": text("idaction_event_action"),
        "event_name": name[0] if name and kind == ActionType.EVENT else None,
        "event_value": real(row.get("custom_float")) if kind == ActionType.EVENT else None,
        "content_name": text("idaction_content_name"),
        "content_piece": text("idaction_content_piece"),
        "content_target": text("idaction_content_target"),
        "content_interaction": text("idaction_content_interaction"),
        "idpageview": row.get("idpageview"),
        **{one: row.get(one) for one in _PERFORMANCE},
        "bandwidth": row.get("bandwidth"),
        "product_sku": text("idaction_product_sku"),
        "product_name": text("idaction_product_name"),
        "product_categories": [one for one in categories if one is not None] or None,
        "product_price": real(row.get("product_price")),
        "custom_dimensions": custom_values(row, rules.action_dimensions),
        "custom_variables_page": custom_variables(row),
    }


def _action_type(row: Row, url: Text | None, name: Text | None) -> int:
    if row.get("idaction_event_category"):
        return int(ActionType.EVENT)
    if row.get("idaction_content_name"):
        return int(ActionType.CONTENT)
    if name is not None and name[1] == ActionType.SEARCH:
        return int(ActionType.SEARCH)
    if url is not None and url[1] in {ActionType.OUTLINK, ActionType.DOWNLOAD}:
        return int(url[1])
    return int(ActionType.PAGE)


def _conversion(
    row: Row, visits: Mapping[int, Row], links: Mapping[int, Link], texts: Mapping[int, Text], rules: SiteRules
) -> Row:
    visit = visits.get(row["idvisit"], {})
    entry_url = texts.get(visit.get("visit_entry_idaction_url") or 0)
    entry_name = texts.get(visit.get("visit_entry_idaction_name") or 0)
    moment = seconds(row["server_time"]) or 0
    place, position = links.get(row.get("idlink_va") or 0, (0, 1))
    return {
        **{name: row[name] for name in row if name.startswith(("config_", "referer_", "visitor_"))},
        **_place(row),
        **{name: real(row.get(name)) for name in _AMOUNTS},
        "referer_url": visit.get("referer_url"),
        "idvisit": row["idvisit"],
        "idsite": rules.idsite,
        "visitor_id": number_of(row["idvisitor"]),
        "user_id": visit.get("user_id"),
        "server_time": moment,
        "sequence": place or sequence(moment, 0),
        "idgoal": row["idgoal"],
        "buster": row["buster"],
        "order_id": row.get("idorder"),
        "items": row.get("items"),
        "url": row.get("url"),
        "pageviews_before": row.get("pageviews_before"),
        "position": position,
        "visit_entry_url": entry_url[0] if entry_url else None,
        "visit_entry_name": entry_name[0] if entry_name else None,
        "custom_dimensions": custom_values(row, rules.visit_dimensions),
        "custom_variables_visit": custom_variables(row),
    }


def _item(row: Row, place: int, texts: Mapping[int, Text], rules: SiteRules) -> Row:
    def text(name: str) -> str | None:
        found = texts.get(row.get(name) or 0)
        return None if found is None else found[0]

    moment = seconds(row["server_time"]) or 0
    return {
        "idvisit": row["idvisit"],
        "idsite": rules.idsite,
        "visitor_id": number_of(row["idvisitor"]),
        "server_time": moment,
        "sequence": sequence(moment, place % 4096),
        "order_id": row["idorder"],
        "sku": text("idaction_sku"),
        "name": text("idaction_name"),
        "categories": [one for one in map(text, _CATEGORIES) if one is not None],
        "price": real(row["price"]),
        "quantity": row["quantity"],
        "is_deleted": bool(row["deleted"]),
    }
