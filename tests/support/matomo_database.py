"""Fills a database with Matomo's schema with the rows that Matomo would hold of an instance's visits.

Written from the schema alone: it goes the way from a visit log to Matomo's rows that the import comes back.
"""

from __future__ import annotations

import ipaddress
import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tidemark.bootstrap import Instance
from tidemark.importing.tables import NAMES
from tidemark.model.period import Period

SCHEMA = Path(__file__).with_name("matomo_schema.sql")
NOT_IN_MATOMO = "WebVitals_"
IDS = {name: number for number, name in reversed(NAMES.items())}
EVER = date(1990, 1, 1), date(2030, 1, 1)
URL, TITLE, SEARCH, SKU, PRODUCT, CATEGORY = 1, 4, 8, 5, 6, 7
EVENT_CATEGORY, EVENT_ACTION, EVENT_NAME = 10, 11, 12
CONTENT_NAME, CONTENT_PIECE, CONTENT_TARGET, CONTENT_INTERACTION = 13, 14, 15, 16
SAME_IN_VISITS = (
    *("config_browser_engine", "config_browser_name", "config_browser_version", "config_client_type", "config_cookie"),
    *("config_device_brand", "config_device_model", "config_device_type", "config_flash", "config_java", "config_os"),
    *("config_os_version", "config_pdf", "config_quicktime", "config_realplayer", "config_resolution"),
    *("config_silverlight", "config_windowsmedia", "location_browser_lang", "location_city", "location_country"),
    *("location_latitude", "location_longitude", "location_region", "referer_keyword", "referer_name", "referer_type"),
    *("referer_url", "user_id", "visit_goal_buyer", "visit_goal_converted", "visit_total_actions"),
    *("visit_total_events", "visit_total_interactions", "visit_total_searches", "visit_total_time"),
    *("visitor_count_visits", "visitor_returning", "visitor_seconds_since_first", "visitor_seconds_since_last"),
    "visitor_seconds_since_order",
)
SAME_IN_ACTIONS = (
    *("pageview_position", "bandwidth", "idpageview", "product_price", "search_count", "time_dom_completion"),
    *("time_dom_processing", "time_network", "time_on_load", "time_server", "time_transfer"),
)
SAME_IN_CONVERSIONS = (
    *("idgoal", "items", "revenue", "revenue_shipping", "revenue_subtotal", "revenue_tax"),
    *("revenue_discount", "pageviews_before", "visitor_returning", "visitor_seconds_since_first"),
    *("visitor_seconds_since_order", "visitor_count_visits", "referer_type", "referer_name", "referer_keyword"),
    *("location_country", "location_region", "location_city", "location_latitude", "location_longitude"),
    *("config_browser_name", "config_client_type", "config_device_type", "config_device_brand", "config_device_model"),
)


class Filler:
    """Writes rows into a fresh database."""

    def __init__(self, connection) -> None:
        self._cursor = connection.cursor()
        self._numbers: dict[tuple[str, int, int | None], int] = {}
        self._visits: dict[int, int] = {}
        for statement in SCHEMA.read_text().split(";\n"):
            if statement.strip():
                self._cursor.execute(statement)

    def insert(self, table: str, **row: Any) -> int:
        names = ", ".join(f"`{name}`" for name in row)
        marks = ", ".join(["%s"] * len(row))
        self._cursor.execute(f"INSERT INTO matomo_{table} ({names}) VALUES ({marks})", list(row.values()))
        return int(self._cursor.lastrowid)

    def text(self, text: str | None, kind: int, prefix: int | None = None) -> int | None:
        """The number of a dictionary entry."""
        if text is None:
            return None
        key = (text, kind, prefix)
        if key not in self._numbers:
            facts = {"name": text, "hash": zlib.crc32(text.encode()), "type": kind, "url_prefix": prefix}
            self._numbers[key] = self.insert("log_action", **facts)
        return self._numbers[key]

    def administration(self, instance: Instance) -> None:
        """Sites, goals, dimensions and segments of the instance."""
        registry = instance.registry()
        for site in registry.sites():
            self.insert(
                "site",
                **{
                    name: getattr(site, name)
                    for name in ("idsite", "name", "main_url", "timezone", "currency", "group")
                },
                **{name: int(getattr(site, name)) for name in ("ecommerce", "sitesearch", "exclude_unknown_urls")},
                **{f"sitesearch_{one}_parameters": "" for one in ("keyword", "category")},
                **{f"excluded_{one}": "" for one in ("ips", "parameters", "user_agents", "referrers")},
                type=site.type,
                ts_created=_moment(site.ts_created),
            )
            for goal in registry.goals(site.idsite):
                same = ("name", "match_attribute", "pattern", "pattern_type", "description", "revenue")
                flags = {name: int(getattr(goal, name)) for name in ("case_sensitive", "allow_multiple")}
                self.insert(
                    "goal", idsite=site.idsite, idgoal=goal.idgoal, **{one: getattr(goal, one) for one in same}, **flags
                )
            for one in registry.custom_dimensions(site.idsite):
                same = {name: getattr(one, name) for name in ("idcustomdimension", "name", "index", "scope")}
                self.insert("custom_dimensions", idsite=site.idsite, active=1, extractions="[]", **same)
        for one in registry.segments():
            same = {
                name: getattr(one, name) for name in ("idsegment", "name", "definition", "login", "enable_only_idsite")
            }
            self.insert("segment", enable_all_users=1, **same)

    def visits(self, instance: Instance, idsite: int) -> None:
        """All visits of a site."""
        slots = {"visit": {}, "action": {}}
        for one in instance.registry().custom_dimensions(idsite):
            slots[one.scope][str(one.idcustomdimension)] = one.index
        logs = instance._visit_logs()
        logs.ensure(idsite, EVER[1])
        for log in logs.days(idsite, *EVER):
            rows = {name: logs.read(log, name).to_pylist() for name in ("visits", "actions", "conversions", "items")}
            for row in rows["visits"]:
                self._visit(row, slots["visit"])
            links = {}
            for row in rows["actions"]:
                links[row["idvisit"], row["position"]] = self._action(row, slots["action"])
            for row in rows["conversions"]:
                self._conversion(row, slots["visit"], links.get((row["idvisit"], row["position"])))
            for row in rows["items"]:
                self._item(row)

    def archives(self, instance: Instance, idsite: int) -> None:
        """Matomo's own numbers of every day: here those of the instance itself."""
        archiver, logs = instance.archiver(), instance._visit_logs()
        for number, log in enumerate(logs.days(idsite, *EVER), 1):
            table = f"archive_numeric_{log.day:%Y_%m}"
            self._cursor.execute(
                f"CREATE TABLE IF NOT EXISTS matomo_{table} (idarchive INTEGER UNSIGNED NOT NULL, name VARCHAR(190) NOT "
                "NULL, idsite INTEGER UNSIGNED, date1 DATE, date2 DATE, period TINYINT UNSIGNED, ts_archived DATETIME, "
                "value DOUBLE, PRIMARY KEY (idarchive, name))"
            )
            facts = {"idarchive": number, "idsite": idsite, "date1": log.day, "date2": log.day, "period": 1}
            archive = archiver.ensure(idsite, Period.day(log.day))
            numbers = {} if archive is None else archive.numbers
            for name, value in {**numbers, "done": 1}.items():
                if value:
                    self.insert(table, **facts, name=name, value=value, ts_archived=_moment(1_700_000_000))
            self._blobs(instance, idsite, log.day, facts)

    def _blobs(self, instance: Instance, idsite: int, day: date, facts: Mapping[str, Any]) -> None:
        """The day's tables as Matomo stores them: the root under its name, all subtables in a chunk."""
        table = f"archive_blob_{day:%Y_%m}"
        self._cursor.execute(
            f"CREATE TABLE IF NOT EXISTS matomo_{table} (idarchive INTEGER UNSIGNED NOT NULL, name VARCHAR(190) NOT NULL, "
            "idsite INTEGER UNSIGNED, date1 DATE, date2 DATE, period TINYINT UNSIGNED, ts_archived DATETIME, "
            "value MEDIUMBLOB, PRIMARY KEY (idarchive, name))"
        )
        archives = instance.reporter().archives
        for record in instance.plugins().records():
            found = archives.table(idsite, Period.day(day), record.name, expanded=True)
            subtables: dict[int, str] = {}
            root = _rows(found, subtables)
            if not root or record.name.startswith(NOT_IN_MATOMO):
                continue
            blobs = {record.name: serialized(root)}
            if subtables:
                blobs[f"{record.name}_chunk_0_99"] = serialized(subtables)
            for name, text in blobs.items():
                self.insert(table, **facts, name=name, value=zlib.compress(text.encode()))

    def _visit(self, row: Mapping[str, Any], slots: Mapping[str, int]) -> None:
        is_search_first, is_search_last = (row[f"visit_{end}_type"] == SEARCH for end in ("entry", "exit"))
        entry = self.text(row["visit_entry_url"] or None, URL, row["visit_entry_url_prefix"])
        self._visits[row["idvisit"]] = self.insert(
            "log_visit",
            idsite=row["idsite"],
            idvisitor=row["visitor_id"].to_bytes(8, "big"),
            config_id=(row["fingerprint"] or 0).to_bytes(8, "big"),
            location_ip=ipaddress.ip_address(row["location_ip"]).packed,
            profilable=row["is_profilable"],
            visit_first_action_time=_moment(row["visit_first_action_time"]),
            visit_last_action_time=_moment(row["visit_last_action_time"]),
            visitor_localtime=None if row["visitor_localtime"] is None else timedelta(seconds=row["visitor_localtime"]),
            visit_entry_idaction_url=0 if row["visit_entry_url"] == "" else entry,
            visit_entry_idaction_name=self.text(row["visit_entry_name"], SEARCH if is_search_first else TITLE),
            visit_exit_idaction_url=self.text(row["visit_exit_url"], URL, row["visit_exit_url_prefix"]) or 0,
            visit_exit_idaction_name=self.text(row["visit_exit_name"], SEARCH if is_search_last else TITLE),
            **{name: row[name] for name in SAME_IN_VISITS},
            **_custom(row["custom_dimensions"], slots),
            **_variables(row["custom_variables_visit"]),
        )

    def _action(self, row: Mapping[str, Any], slots: Mapping[str, int]) -> int:
        kind = row["action_type"]
        name = {SEARCH: (row["search_keyword"], SEARCH), EVENT_CATEGORY: (row["event_name"], EVENT_NAME)}
        categories = row["product_categories"] or []
        before = self.text(row["search_ref"], SEARCH) if row["search_ref"] else self.text(row["title_ref"], TITLE)
        return self.insert(
            "log_link_visit_action",
            idsite=row["idsite"],
            idvisitor=row["visitor_id"].to_bytes(8, "big"),
            idvisit=self._visits[row["idvisit"]],
            server_time=_moment(row["server_time"]),
            time_spent_ref_action=row["time_spent_ref"],
            idaction_url=self.text(row["url"], kind if kind != SEARCH else URL, row["url_prefix"]),
            idaction_name=self.text(*name.get(kind, (row["title"], TITLE))),
            idaction_url_ref=self.text(row["url_ref"], URL, 2) or 0,
            idaction_name_ref=before,
            idaction_event_category=self.text(row["event_category"], EVENT_CATEGORY),
            idaction_event_action=self.text(row["event_action"], EVENT_ACTION),
            custom_float=row["event_value"],
            idaction_content_name=self.text(row["content_name"], CONTENT_NAME),
            idaction_content_piece=self.text(row["content_piece"], CONTENT_PIECE),
            idaction_content_target=self.text(row["content_target"], CONTENT_TARGET),
            idaction_content_interaction=self.text(row["content_interaction"], CONTENT_INTERACTION),
            idaction_product_sku=self.text(row["product_sku"], SKU),
            idaction_product_name=self.text(row["product_name"], PRODUCT),
            **{
                f"idaction_product_cat{number if number > 1 else ''}": self.text(category, CATEGORY)
                for number, category in enumerate(categories, 1)
            },
            search_cat=row["search_category"],
            **{one: row[one] for one in SAME_IN_ACTIONS},
            **_custom(row["custom_dimensions"], slots),
            **_variables(row["custom_variables_page"]),
        )

    def _conversion(self, row: Mapping[str, Any], slots: Mapping[str, int], link: int | None) -> None:
        self.insert(
            "log_conversion",
            idvisit=self._visits[row["idvisit"]],
            idsite=row["idsite"],
            idvisitor=row["visitor_id"].to_bytes(8, "big"),
            server_time=_moment(row["server_time"]),
            idlink_va=link,
            idorder=row["order_id"] or None,
            buster=row["buster"] % 2**32,
            url=row["url"] or "",
            **{name: row[name] for name in SAME_IN_CONVERSIONS},
            **_custom(row["custom_dimensions"], slots),
            **_variables(row["custom_variables_visit"]),
        )

    def _item(self, row: Mapping[str, Any]) -> None:
        categories = [*(row["categories"] or []), None, None, None, None, None]
        names = ["idaction_category", *(f"idaction_category{number}" for number in range(2, 6))]
        self.insert(
            "log_conversion_item",
            idsite=row["idsite"],
            idvisitor=row["visitor_id"].to_bytes(8, "big"),
            server_time=_moment(row["server_time"]),
            idvisit=self._visits[row["idvisit"]],
            idorder=row["order_id"] or "0",
            idaction_sku=self.text(row["sku"], SKU),
            idaction_name=self.text(row["name"], PRODUCT) or 0,
            **{name: self.text(one, CATEGORY) or 0 for name, one in zip(names, categories, strict=False)},
            price=row["price"],
            quantity=row["quantity"],
            deleted=int(row["is_deleted"]),
        )


def fill(connection, instance: Instance, idsites: Iterable[int]) -> Filler:
    """A database with everything of these sites."""
    filler = Filler(connection)
    filler.administration(instance)
    for idsite in idsites:
        filler.visits(instance, idsite)
        filler.archives(instance, idsite)
    connection.commit()
    return filler


def serialized(value: Any) -> str:
    """A value as PHP's serialize() writes it."""
    if value is None:
        return "N;"
    if isinstance(value, bool):
        return f"b:{int(value)};"
    if isinstance(value, int):
        return f"i:{value};"
    if isinstance(value, float):
        return f"d:{value!r};"
    if isinstance(value, str):
        return f's:{len(value.encode())}:"{value}";'
    return f"a:{len(value)}:{{" + "".join(serialized(key) + serialized(one) for key, one in value.items()) + "}"


def _rows(table, subtables: dict[int, str]) -> dict[int, Any]:
    """Rows in Matomo's form; texts of subtables are added by their numbers."""
    rows: dict[int, Any] = {}
    for number, row in enumerate([*table.rows, table.summary_row]):
        if row is None:
            continue
        place = -1 if row is table.summary_row else number
        columns = {IDS.get(name, name): value for name, value in row.columns.items() if name != "goals"}
        if row.columns.get("goals"):
            goals = {goal: {1: one["nb_conversions"]} for goal, one in row.columns["goals"].items()}
            columns[IDS["goals"]] = {goal: one for goal, one in goals.items() if one[1] is not None}
        subtable = None
        if row.subtable is not None:
            subtable = 1000 + len(subtables)
            subtables[subtable] = ""
            subtables[subtable] = serialized(_rows(row.subtable, subtables))
        rows[place] = {0: columns, 1: {}, 3: subtable}
    return rows


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _custom(document: str | None, slots: Mapping[str, int]) -> dict[str, str]:
    return {f"custom_dimension_{slots[number]}": value for number, value in json.loads(document or "{}").items()}


def _variables(document: str | None) -> dict[str, str]:
    found = json.loads(document or "{}")
    return {
        f"custom_var_{part}{slot}": text for slot, pair in found.items() for part, text in zip("kv", pair, strict=True)
    }
