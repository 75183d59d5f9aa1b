"""What every answer about pages, titles and links goes through. Source: Matomo 5.2, reports of Actions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from tidemark.model.rounding import quotient
from tidemark.model.table import LABEL, DataTable, Row
from tidemark.model.timings import TIMINGS
from tidemark.plugin import Filter, TableContext, everywhere, url_encoded
from tidemark.plugins.actions.paths import BLANKS, TITLE_NOT_DEFINED, URL_NOT_DEFINED

FOLDER = "folder_url_start"
TITLE = "page_title_path"
EXTREMES = tuple(f"{part}_{timing}" for timing in TIMINGS for part in ("min", "max"))

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#039;"})
_MARKUP = re.compile('[<>"]')
_MARKUP_ESCAPES = str.maketrans({"<": "&lt;", ">": "&gt;", '"': "&quot;"})

Mark = Callable[[Row, TableContext], None]


def escaped(text: str) -> str:
    """The text as segments carry titles and links: HTML-escaped, which page URLs are not."""
    return text.translate(_ESCAPES)


def fixed_decimals(table: DataTable, _context: TableContext) -> None:
    """The shortest and longest timings have four decimals, also in formats that write numbers as they are."""
    for row in table:
        for name in EXTREMES:
            value = row.columns.get(name)
            if isinstance(value, int | float):
                row.columns[name] = f"{value:.4f}"


def _double_encoded(text: str) -> str:
    return url_encoded(url_encoded(text))


def _has_folder(row: Row) -> bool:
    return row.subtable_id is not None or row.subtable is not None


def mark_page(row: Row, context: TableContext) -> None:
    """The segment of a page's row: its URL, or the start of the URLs in a folder."""
    url = row.metadata.get("url")
    folder = row.metadata.pop(FOLDER, None)
    if url:
        row.metadata["segmentValue"] = url_encoded(without_markup([url])[0])
        _prefer_https(row, url, context)
    elif folder is not None:
        main_url = context.call.site(context.idsite).main_url.rstrip("/")
        (start,) = without_markup([f"{main_url}/{folder}"])
        row.metadata["segment"] = f"pageUrl=^{_double_encoded(start)}"
    elif row.label == URL_NOT_DEFINED:
        row.metadata["segmentValue"] = ""


def without_markup(urls: Sequence[Any]) -> Sequence[Any]:
    """Page URLs as segments carry them: of HTML's characters only those of tags are escaped.

    Source: Matomo 5.2, page URLs as they are stored.
    """
    if not _MARKUP.search("".join(filter(None, urls))):
        return urls
    return [url.translate(_MARKUP_ESCAPES) if url else url for url in urls]


def mark_link(row: Row, context: TableContext) -> None:
    """The segment of a download's or outlink's row: its URL."""
    url = row.metadata.get("url")
    if url:
        row.metadata["segmentValue"] = url_encoded(escaped(url))
        _prefer_https(row, url, context)


def mark_title(row: Row, _context: TableContext) -> None:
    """The segment of a title's row: the title, or the start of the titles in a category."""
    title = escaped(str(row.metadata.pop(TITLE, row.label)).strip(BLANKS))
    if _has_folder(row):
        row.metadata["segment"] = f"pageTitle=^{_double_encoded(title)}"
    else:
        row.metadata["segmentValue"] = "" if title == TITLE_NOT_DEFINED else url_encoded(title)


def action_filters(mark: Mark, delimiter_setting: str) -> tuple[Filter, ...]:
    """Segments for all rows, tidy labels for flat answers, conversion rates of pages.

    What does not decide which rows are shown is queued, so that only those that are shown pay for it. Flat answers need
    their marks before labels become paths.
    """

    def mark_all(table: DataTable, context: TableContext) -> None:
        for row in table.rows:
            mark(row, context)

    def prepare(table: DataTable, context: TableContext) -> None:
        if not _is_flat(context):
            later(everywhere(mark_all))(table, context)
            return
        settings = context.call.settings
        everywhere(mark_all)(table, context)
        everywhere(partial(_tidy, settings.text(delimiter_setting), settings.text("General.action_default_name")))(
            table, context
        )

    return (prepare, later(everywhere(fixed_decimals)), page_conversion_rates)


def later(change: Filter) -> Filter:
    """A filter that runs after the generic ones."""
    return lambda table, context: table.queue(lambda shown: change(shown, context))


def _tidy(delimiter: str, default_name: str, table: DataTable, _context: TableContext) -> None:
    """A folder's default document is shown as the folder."""
    for row in table.rows:
        label = str(row.label)
        if label.endswith(delimiter + default_name):
            row.columns[LABEL] = label.removesuffix(default_name).rstrip(delimiter or BLANKS) + delimiter


def _is_flat(context: TableContext) -> bool:
    return str(context.call.params.get("flat", "0")) == "1"


def page_conversion_rates(table: DataTable, context: TableContext) -> None:
    """Which share of a goal's conversions saw the page before; at most 1. Only the table itself, not its subtables."""
    goals = dict.fromkeys(goal for row in table.rows for goal in row.columns.get("goals", ()))
    if not goals:
        return
    names = [_conversions_of(goal) for goal in goals]
    stored = context.call.archives.numbers([context.idsite], [context.period], names, context.segment)
    totals = stored.get((context.idsite, context.period), {})
    for row in table.rows:
        for goal, metrics in row.columns.get("goals", {}).items():
            if "nb_conversions_page_uniq" in metrics:
                conversions = totals.get(_conversions_of(goal), 0)
                metrics["nb_conversions_page_rate"] = min(
                    1, quotient(metrics["nb_conversions_page_uniq"], conversions, 3)
                )


def _conversions_of(goal: object) -> str:
    """The numeric record of a goal's conversions."""
    return f"Goal_{goal}_nb_conversions"


def slash_before_folders(table: DataTable, context: TableContext) -> None:
    """Flat answers show folders like pages, with a slash before them."""
    if _is_flat(context):
        for row in table.rows:
            if not str(row.label).startswith("/") and row.label != URL_NOT_DEFINED:
                row.columns[LABEL] = f"/{row.label}"


def _prefer_https(row: Row, url: str, context: TableContext) -> None:
    """Links use https where one of the site's own URLs does."""
    if url.startswith("http://"):
        host = urlsplit(url).hostname or ""
        secure = f"https://{host}".lower()
        if host and any(own.lower().startswith(secure) for own in context.call.site(context.idsite).urls):
            row.metadata["url"] = "https://" + url.removeprefix("http://")
