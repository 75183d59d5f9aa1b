"""Counts what came before and after a page in the visit logs. Implements `tidemark.model.transitions`.

Source: Matomo 5.2, Transitions API.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving.archiver import utc_offset_seconds
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.segments import Segments
from tidemark.archiving.sources import LOG_TABLE
from tidemark.model.action_type import ActionType
from tidemark.model.daylog import DayLog, VisitLogs
from tidemark.model.segment import SegmentExpression
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.tracked_site import TrackedSite
from tidemark.model.transitions import PageKey, PageQuery, PageSteps
from tidemark.plugin.record import Source

_ACTION_COLUMNS: Final = (
    *("idvisit", "action_type", "url", "title", "search_keyword", "url_ref", "title_ref", "search_ref"),
    "pageview_position",
)
_REFERRER_COLUMNS: Final = ("referer_type", "referer_name", "referer_keyword", "referer_url")
_VISIT_COLUMNS: Final = ("idvisit", "visit_entry_url", "visit_entry_name", "visit_entry_type", *_REFERRER_COLUMNS)
_ENTRY_COLUMN: Final = {PageKey.URL: "visit_entry_url", PageKey.TITLE: "visit_entry_name"}
_AFTER_FIRST: Final = 2
"""Position of what follows the first page or search: Matomo knows a search that begins a visit by its title only."""
_FOLLOWING: Final = (ActionType.PAGE, ActionType.SEARCH, ActionType.OUTLINK, ActionType.DOWNLOAD)

Keys = Sequence[str]


class TransitionReader:
    """The visit logs of all sites, brought up to date before they are read."""

    def __init__(self, logs: VisitLogs, catalogue: Catalogue, snapshot: Callable[[], TrackerSnapshot]) -> None:
        self._logs = logs
        self._segments = Segments(catalogue)
        self._snapshot = snapshot

    def steps(self, query: PageQuery) -> PageSteps:
        """The steps to and from a page. Raises: BadSegment."""
        expression = self._segments.check(query.segment)
        before: Counter[tuple[ActionType, str]] = Counter()
        after: Counter[tuple[ActionType, str]] = Counter()
        entries: Counter[tuple[int, str, str, str]] = Counter()
        for visits, actions in self._tables(query, expression):
            before.update(_before(actions, query))
            after.update(_after(actions, query))
            entries.update(_entries(visits, query))
        loops = after.pop((ActionType.PAGE, query.value), 0)
        return PageSteps(before, after, loops, entries)

    def _tables(self, query: PageQuery, expression: SegmentExpression) -> Iterator[tuple[pa.Table, pa.Table]]:
        """Visits and actions of each day that the segment chooses."""
        site = self._snapshot().site(query.idsite)
        if site is None:
            return
        self._logs.ensure(site.idsite, query.last)
        for log in self._logs.days(site.idsite, query.first, query.last):
            if log.rows.get("actions"):
                tables = self._chosen(log, site, expression)
                yield tables[Source.VISITS], tables[Source.ACTIONS]

    def _chosen(self, log: DayLog, site: TrackedSite, expression: SegmentExpression) -> dict[Source, pa.Table]:
        needed = self._segments.columns_needed(expression)
        needed.setdefault(Source.VISITS, set()).update(_VISIT_COLUMNS)
        needed.setdefault(Source.ACTIONS, set()).update(_ACTION_COLUMNS)
        tables = {
            source: self._logs.read(log, LOG_TABLE[source], sorted(columns))
            for source, columns in needed.items()
            if log.rows.get(LOG_TABLE[source])
        }
        if not expression:
            return tables
        parameters = {"idsite": site.idsite, "utc_offset_seconds": utc_offset_seconds(site, log.day)}
        return self._segments.filtered(tables, expression, parameters)


def _before(actions: pa.Table, query: PageQuery) -> Counter[tuple[ActionType, str]]:
    """Views of the page by what came before them."""
    is_view = pc.and_(_is(actions["action_type"], ActionType.PAGE), _is(actions[query.key.value], query.value))
    found: Counter[tuple[ActionType, str]] = Counter()
    columns = (f"{query.key.value}_ref", "search_ref", "pageview_position")
    for page, keyword, position, count in _counted(actions.filter(is_view), columns):
        is_hidden = query.key is PageKey.URL and position == _AFTER_FIRST
        if page is not None:
            found[ActionType.PAGE, page] += count
        elif keyword is None or is_hidden:
            found[ActionType.NONE, ""] += count
        else:
            found[ActionType.SEARCH, keyword] += count
    return found


def _after(actions: pa.Table, query: PageQuery) -> Counter[tuple[ActionType, str]]:
    """Actions behind views of the page, by what they are; pages that lack what the page is known by are no way on."""
    kinds = pa.array([int(kind) for kind in _FOLLOWING], pa.uint8())
    is_next = pc.and_(
        _is(actions[f"{query.key.value}_ref"], query.value), pc.is_in(actions["action_type"], value_set=kinds)
    )
    found: Counter[tuple[ActionType, str]] = Counter()
    for kind, url, title, keyword, count in _counted(
        actions.filter(is_next), ("action_type", "url", "title", "search_keyword")
    ):
        page = url if query.key is PageKey.URL else title
        known = {ActionType.PAGE: page, ActionType.SEARCH: keyword}.get(kind, url)
        if known or kind != ActionType.PAGE:
            found[ActionType(kind), known or ""] += count
    return found


def _entries(visits: pa.Table, query: PageQuery) -> Counter[tuple[int, str, str, str]]:
    """Visits that began with the page, by where they came from."""
    is_page = _is(visits["visit_entry_type"], ActionType.PAGE)
    begins = pc.and_(is_page, _is(visits[_ENTRY_COLUMN[query.key]], query.value))
    found: Counter[tuple[int, str, str, str]] = Counter()
    for kind, name, keyword, url, count in _counted(visits.filter(begins), _REFERRER_COLUMNS):
        found[kind or 0, name or "", keyword or "", url or ""] += count
    return found


def _is(column: pa.ChunkedArray, value: Any) -> pa.ChunkedArray:
    wanted = pa.scalar(int(value), pa.uint8()) if isinstance(value, ActionType) else pa.scalar(value, pa.string())
    return pc.fill_null(pc.equal(_plain(column), wanted), False)


def _counted(table: pa.Table, names: Keys) -> Iterator[tuple[Any, ...]]:
    """Each combination of values and how many rows have it."""
    if not table.num_rows:
        return
    plain = pa.table({name: _plain(table[name]) for name in names})
    grouped = plain.group_by(list(names)).aggregate([([], "count_all")])
    yield from zip(*(grouped[name].to_pylist() for name in (*names, "count_all")), strict=True)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column without dictionary."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
