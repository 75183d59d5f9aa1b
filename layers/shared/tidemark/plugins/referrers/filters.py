"""How rows of referrers become readable: labels, addresses, segments. Source: Matomo 5.2, reports of Referrers."""

from __future__ import annotations

import re
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from tidemark.definitions.search_engines import definitions, url_of_engine
from tidemark.definitions.social_networks import main_host_of_network
from tidemark.model.natural_order import natural_key
from tidemark.model.table import LABEL, DataTable, Row
from tidemark.plugin import (
    Filter,
    Record,
    TableContext,
    group_by_label,
    metadata_from,
    metadata_from_label,
    prepend_segment,
    relabel,
    segment_by_label,
    url_encoded,
)

KEYWORD_NOT_DEFINED = "Keyword not defined"
_SCHEME = re.compile(r"[a-zA-Z_-]+://")


def is_flat(context: TableContext) -> bool:
    """Whether the answer will be one level."""
    return str(context.call.params.get("flat", "0")) == "1"


def subtables_by_label(table: DataTable, _context: TableContext) -> None:
    """The rows inside a channel stand in order of their names, whatever the channels are sorted by."""
    for row in table:
        if row.subtable is not None:
            row.subtable.rows.sort(key=lambda below: natural_key(str(below.label)))


def unless_flat(change: Filter) -> Filter:
    """A filter for answers with levels."""

    def apply(table: DataTable, context: TableContext) -> None:
        if not is_flat(context):
            change(table, context)

    return apply


def keyword_name(keyword: Any) -> str:
    """The keyword, or that there is none."""
    return str(keyword) or KEYWORD_NOT_DEFINED


name_keywords = relabel(keyword_name)


def engine_link(address: str | None, keyword: Any) -> str | None:
    """The engine's result page for a keyword; None if it has none."""
    host = (address or "").partition("//")[2]
    engine = definitions().get(host)
    if engine is None or not engine.backlink or not str(keyword):
        return None
    words = url_encoded(keyword).replace("%2B", "+")
    return f"{address}{'' if str(address).endswith('/') else '/'}{engine.backlink.replace('{k}', words)}"


UNKNOWN_URL = "URL unknown!"


def add_engine_url(table: DataTable, _context: TableContext) -> None:
    """Engines get their address; the summary row is an unknown engine."""
    for row in table:
        row.metadata["url"] = url_of_engine(str(row.label)) or UNKNOWN_URL


add_network_url = metadata_from_label("url", lambda name: main_host_of_network(str(name)))


def links_of_keywords(table: DataTable, engine: Row | None) -> None:
    """Keywords of an engine link to its result pages."""
    address = engine.metadata.get("url") or url_of_engine(str(engine.label)) if engine is not None else None
    for row in table.rows:
        link = engine_link(address, row.label)
        if link is not None:
            row.metadata["url"] = link
        row.columns[LABEL] = keyword_name(row.label)


def links_of_engines(table: DataTable, keyword: Row | None) -> None:
    """Engines of a keyword link to their result pages for it."""
    for row in table.rows:
        address = url_of_engine(str(row.label))
        link = engine_link(address, keyword.label) if keyword is not None else None
        if link or address:
            row.metadata["url"] = link or address


def prepare_flat_engines(table: DataTable, context: TableContext) -> None:
    """Flat answers: every keyword links to its result page."""
    if is_flat(context):
        add_engine_url(table, context)
        for row in table.rows:
            if row.subtable is not None:
                row.subtable.queue(partial(links_of_keywords, engine=row))


def prepare_flat_keywords(table: DataTable, context: TableContext) -> None:
    """Flat answers: every engine links to its result page."""
    if is_flat(context):
        for row in table.rows:
            if row.subtable is not None:
                row.subtable.queue(partial(links_of_engines, keyword=Row({LABEL: row.label})))


def path_of(url: Any) -> str:
    """Path and query of a URL without the first slash, "index" for none or "0" (which is empty in PHP)."""
    parts = urlsplit(str(url))
    page = parts.path.removeprefix("/") + (f"?{parts.query}" if parts.query else "")
    return page if page not in {"", "0"} else "index"


def name_pages(table: DataTable, context: TableContext) -> None:
    """Pages of a website: their URL as metadata, their path as label."""
    metadata_from_label("url")(table, context)
    group_by_label(path_of)(table, context)


def name_flat_pages(table: DataTable, context: TableContext) -> None:
    """Flat answers: pages by their paths."""
    if is_flat(context):
        for row in table.rows:
            if row.subtable is not None:
                name_pages(row.subtable, context)


segment_of_page = metadata_from("url", "segment", lambda url: f"referrerUrl=={url_encoded(url)}")


def name_urls(table: DataTable, context: TableContext) -> None:
    """URLs of a social network: as metadata, and without their scheme as label."""
    metadata_from_label("url")(table, context)
    relabel(lambda url: _SCHEME.sub("", str(url), count=1) if _SCHEME.match(str(url)) else url)(table, context)


def parent_row(context: TableContext, record: Record) -> Row | None:
    """The row of the main table whose subtable is asked for."""
    table = context.call.archives.table(context.idsite, context.period, record.name, context.segment)
    wanted = context.idsubtable
    return next((row for row in table.rows if wanted is not None and row.subtable_id == wanted), None)


def keywords_of_engine(record: Record) -> Filter:
    """The subtable of an engine: links and segments of its keywords."""

    def apply(table: DataTable, context: TableContext) -> None:
        engine = parent_row(context, record)
        segment_by_label("referrerKeyword")(table, context)
        if engine is not None:
            prepend_segment(f"referrerName=={engine.label};referrerType==search;")(table, context)
        links_of_keywords(table, engine)

    return apply


def engines_of_keyword(record: Record) -> Filter:
    """The subtable of a keyword: links and segments of its engines."""

    def apply(table: DataTable, context: TableContext) -> None:
        keyword = parent_row(context, record)
        label = keyword.label if keyword is not None else ""
        segment_by_label("referrerName")(table, context)
        prepend_segment(f"referrerKeyword=={label};referrerType==search;")(table, context)
        links_of_engines(table, keyword)

    return apply


def keywords_of_campaign(record: Record) -> Filter:
    """The subtable of a campaign: segments of its keywords."""

    def apply(table: DataTable, context: TableContext) -> None:
        campaign = parent_row(context, record)
        label = campaign.label if campaign is not None else ""
        segment_by_label("referrerKeyword")(table, context)
        prepend_segment(f"referrerName=={label};referrerType==campaign;")(table, context)

    return apply
