"""What every answer about pages, titles and links goes through. Source: Matomo 5.2, reports of Actions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit

from tidemark.model.rounding import quotient
from tidemark.model.table import GOALS, LABEL, DataTable
from tidemark.model.timings import TIMINGS
from tidemark.plugin import Filter, TableContext, all_url_encoded, everywhere, url_encoded
from tidemark.plugins.actions.paths import BLANKS, TITLE_NOT_DEFINED, URL_NOT_DEFINED

FOLDER = "folder_url_start"
TITLE = "page_title_path"
_HTTP = "http://"
EXTREMES = tuple(f"{part}_{timing}" for timing in TIMINGS for part in ("min", "max"))

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#039;"})

_SPECIAL = re.compile("[&<>\"']")
_MARKUP = re.compile('[<>"]')
_MARKUP_ESCAPES = str.maketrans({"<": "&lt;", ">": "&gt;", '"': "&quot;"})


def escaped(text: str) -> str:
    """The text as segments carry titles and links: HTML-escaped, which page URLs are not."""
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


def fixed_decimals(table: DataTable, _context: TableContext) -> None:
    """The shortest and longest timings have four decimals, also in formats that write numbers as they are."""
    for name in EXTREMES:
        table.change_cells(name, _four_decimals, summary=True, is_constant=True)


def _four_decimals(value: Any) -> Any:
    return f"{value:.4f}" if isinstance(value, int | float) else value


def _sums_of_nothing(table: DataTable, _context: TableContext) -> None:
    """Sums of timings over several days are 0 where none was measured; those of one day are unknown."""
    for timing in TIMINGS:
        table.change_cells(f"sum_{timing}", _zero_for_none, summary=True, is_constant=True)


def _zero_for_none(value: Any) -> Any:
    return 0 if value is None else value


def _double_encoded(text: str) -> str:
    return url_encoded(url_encoded(text))


def mark_pages(table: DataTable, context: TableContext) -> None:
    """The segments of pages' rows: their URLs, or the start of the URLs in a folder."""
    urls, folders = table.metadata_cells("url"), table.pop_metadata(FOLDER)
    values: list[str | None] = list(all_url_encoded(without_markup(urls)))
    if not all(urls):
        values = [
            encoded if url else "" if folder is None and label == URL_NOT_DEFINED else None
            for url, encoded, folder, label in zip(urls, values, folders, table.cells(LABEL), strict=True)
        ]
    table.put_metadata("segmentValue", values)
    if set(folders) != {None}:
        main_url = context.call.site(context.idsite).main_url.rstrip("/")
        starts = [f"{main_url}/{folder}" for folder in folders]
        segments = [f"pageUrl=^{_double_encoded(start)}" for start in without_markup(starts)]
        pairs = zip(urls, folders, segments, strict=True)
        table.put_metadata("segment", [None if url or folder is None else segment for url, folder, segment in pairs])
    _prefer_https(table, urls, context)


def without_markup(urls: Sequence[Any]) -> Sequence[Any]:
    """Page URLs as segments carry them: of HTML's characters only those of tags are escaped.

    Source: Matomo 5.2, page URLs as they are stored.
    """
    if not _MARKUP.search("".join(filter(None, urls))):
        return urls
    return [_without_markup(url) if url else url for url in urls]


def _without_markup(url: str) -> str:
    """The URL with < > and quotes as entities in its query, or in its fragment if it has no query."""
    page, hash_sign, fragment = url.partition("#")
    path, mark, query = page.partition("?")
    if query:
        return f"{path}{mark}{query.translate(_MARKUP_ESCAPES)}{hash_sign}{fragment}"
    return f"{page}{hash_sign}{fragment.translate(_MARKUP_ESCAPES)}"


def mark_links(table: DataTable, context: TableContext) -> None:
    """The segments of downloads' and outlinks' rows: their URLs."""
    urls = table.metadata_cells("url")
    encoded = all_url_encoded([escaped(url or "") for url in urls])
    table.put_metadata("segmentValue", [text if url else None for url, text in zip(urls, encoded, strict=True)])
    _prefer_https(table, urls, context)


def mark_titles(table: DataTable, _context: TableContext) -> None:
    """The segments of titles' rows: the title, or the start of the titles in a category."""
    pairs = zip(table.pop_metadata(TITLE), table.cells(LABEL), strict=True)
    titles = [escaped(str(label if title is None else title).strip(BLANKS)) for title, label in pairs]
    has_rows_below = table.row_subtables()
    marked = list(zip(titles, all_url_encoded(titles), has_rows_below, strict=True))
    segments = [f"pageTitle=^{url_encoded(encoded)}" if is_folder else None for _, encoded, is_folder in marked]
    table.put_metadata("segment", segments)
    table.put_metadata(
        "segmentValue",
        [None if is_folder else "" if title == TITLE_NOT_DEFINED else encoded for title, encoded, is_folder in marked],
    )


def action_filters(mark: Filter, delimiter_setting: str) -> tuple[Filter, ...]:
    """Segments for all rows, tidy labels for flat answers, conversion rates of pages.

    What does not decide which rows are shown is queued, so that only those that are shown pay for it. Flat answers need
    their marks before labels become paths, unless all that the marks are made of is found in the leaves; comparisons
    and pivots before rows are compared or replaced; answers without queued filters have them nevertheless.
    """

    def prepare(table: DataTable, context: TableContext) -> None:
        given = context.call.params
        is_compared = str(given.get("compare", "0")) == "1"
        if (is_compared or str(given.get("showRawMetrics", "0")) == "1") and context.period.day_count > 1:
            everywhere(_sums_of_nothing)(table, context)
        is_unqueued = str(given.get("disable_queued_filters", "0")) == "1"
        is_early = is_compared or is_unqueued or bool(given.get("pivotBy"))
        if not is_flat(context):
            (everywhere(mark) if is_early else later(everywhere(mark)))(table, context)
            return
        settings = context.call.settings
        keeps_folders = str(given.get("include_aggregate_rows", "0")) == "1"
        if mark is mark_pages and not is_early and not keeps_folders and _have_urls(table, is_root=True):
            _forget_folders(table)
            later(mark)(table, context)
        else:
            everywhere(mark)(table, context)
        everywhere(partial(_tidy, settings.text(delimiter_setting), settings.text("General.action_default_name")))(
            table, context
        )

    return (prepare, later(everywhere(fixed_decimals)), page_conversion_rates)


def _have_urls(table: DataTable, *, is_root: bool) -> bool:
    """Whether every row without a subtable has its URL, and no row below the first level stands for others."""
    if table.has_summary_row and not is_root:
        return False
    if not table.all_have_metadata("url"):
        pairs = zip(table.metadata_cells("url"), table.row_subtables(), strict=True)
        if not all(url or is_folder for url, is_folder in pairs):
            return False
    return all(_have_urls(below, is_root=False) for below in table.subtables())


def _forget_folders(table: DataTable) -> None:
    table.drop_metadata(FOLDER)
    for below in table.subtables():
        _forget_folders(below)


def later(change: Filter) -> Filter:
    """A filter that runs after the generic ones."""
    return lambda table, context: table.queue(lambda shown: change(shown, context))


def _tidy(delimiter: str, default_name: str, table: DataTable, _context: TableContext) -> None:
    """A folder's default document is shown as the folder."""
    table.change_cells(LABEL, _folder_of(delimiter, default_name), is_constant=True)


@lru_cache(maxsize=256)
def _folder_of(delimiter: str, default_name: str) -> Callable[[Any], Any]:
    """What gives a folder for the label of its default document, and other labels as they are; the same each time."""
    document, blanks = delimiter + default_name, delimiter or BLANKS

    def tidy(label: Any) -> Any:
        text = str(label)
        return text.removesuffix(default_name).rstrip(blanks) + delimiter if text.endswith(document) else label

    return tidy


def is_flat(context: TableContext) -> bool:
    """Whether the answer has the rows of folders in place of folders."""
    return str(context.call.params.get("flat", "0")) == "1"


def page_conversion_rates(table: DataTable, context: TableContext) -> None:
    """Which share of a goal's conversions saw the page before; at most 1. Only the table itself, not its subtables."""
    cells = table.cells(GOALS)
    goals = dict.fromkeys(goal for own in cells for goal in own or ())
    if not goals:
        return
    names = [_conversions_of(goal) for goal in goals]
    stored = context.call.archives.numbers([context.idsite], [context.period], names, context.segment)
    totals = stored.get((context.idsite, context.period), {})
    conversions = {goal: totals.get(_conversions_of(goal), 0) for goal in goals}
    table.change_cells(GOALS, _page_rates(tuple(conversions.items())), is_constant=True)


@lru_cache(maxsize=256)
def _page_rates(conversions_of: tuple[tuple[Any, float], ...]) -> Callable[[Any], Any]:
    """What gives one row's goals their rates, from each goal and all of its conversions; the same for the same ones."""
    conversions = dict(conversions_of)
    return lambda goals: {goal: _with_page_rate(conversions.get(goal, 0), metrics) for goal, metrics in goals.items()}


def _with_page_rate(conversions: float, metrics: Mapping[str, Any]) -> Mapping[str, Any]:
    if "nb_conversions_page_uniq" not in metrics:
        return metrics
    rate = min(1, quotient(metrics["nb_conversions_page_uniq"], conversions, 3))
    return {**metrics, "nb_conversions_page_rate": rate}


def _conversions_of(goal: object) -> str:
    """The numeric record of a goal's conversions."""
    return f"Goal_{goal}_nb_conversions"


def slash_before_folders(table: DataTable, context: TableContext) -> None:
    """Flat answers show folders like pages, with a slash before them."""
    if is_flat(context):
        table.change_cells(LABEL, _with_slash, is_constant=True)


def _with_slash(label: Any) -> Any:
    return label if str(label).startswith("/") or label == URL_NOT_DEFINED else f"/{label}"


def _prefer_https(table: DataTable, urls: Sequence[Any], context: TableContext) -> None:
    """Links use https where one of the site's own URLs does."""
    if _HTTP not in "".join(filter(None, urls)):
        return
    own = tuple(url.lower() for url in context.call.site(context.idsite).urls)
    table.put_metadata("url", [_secured(url, own) if url and url.startswith(_HTTP) else None for url in urls])


def _secured(url: str, own_urls: tuple[str, ...]) -> str | None:
    """A page's URL with https; None where the site has no such URL of that host."""
    end = url.find("/", len(_HTTP))
    host = urlsplit(url if end < 0 else url[:end]).hostname
    secure = f"https://{host}".lower()
    return f"https://{url.removeprefix(_HTTP)}" if host and any(one.startswith(secure) for one in own_urls) else None
