"""Reads visits from the visit logs, day by day until enough are found. Implements `tidemark.model.visit_reader`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving.action_numbers import ActionNumbers
from tidemark.archiving.archiver import utc_offset_seconds
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.segments import Segments
from tidemark.archiving.sightings import by_sighting, first_shown, first_sold
from tidemark.archiving.sources import LOG_TABLE
from tidemark.clock import Clock
from tidemark.model.daylog import DayLog, LogTable, VisitLogs
from tidemark.model.period import ONE_DAY, local_date, midnight_utc
from tidemark.model.segment import SegmentExpression
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.time_zone import time_zone
from tidemark.model.tracked_site import TrackedSite
from tidemark.model.visit_reader import ACTION_NUMBER, Activity, LoggedVisit, LogRow, Neighbours, Sales, VisitQuery
from tidemark.plugin.record import Source

_LAST_ACTION: Final = "visit_last_action_time"
_FIRST_DAY: Final = date(1991, 8, 6)
_AHEAD: Final = 2 * ONE_DAY
_ROWS_AT_ONCE: Final = 500
"""How far hits may be ahead of the clock (in other zones)."""
_DAY_SECONDS: Final = 86_400
_SALE_COLUMNS: Final = ("visitor_id", "idgoal", "revenue", "items")


class VisitLogReader:
    """The visit logs of all sites, brought up to date before they are read."""

    def __init__(
        self, logs: VisitLogs, catalogue: Catalogue, snapshot: Callable[[], TrackerSnapshot], clock: Clock
    ) -> None:
        self._logs = logs
        self._segments = Segments(catalogue)
        self._snapshot = snapshot
        self._clock = clock

    def visits(self, query: VisitQuery) -> Sequence[LoggedVisit]:
        """The visits that a query means. Raises: BadSegment."""
        expression = self._segments.check(query.segment)
        wanted = None if query.limit is None else query.offset + query.limit
        chosen: list[tuple[tuple[int, int], DayLog, int]] = []
        for idsite in query.idsites:
            chosen += self._of_site(idsite, query, expression, wanted)
        chosen.sort(key=lambda found: found[0], reverse=not query.is_ascending)
        return self._read(chosen[query.offset : wanted], query)

    def activity(self, idsites: Sequence[int], since: int, segment: str = "") -> Activity:
        """What happened at or after a moment (unix seconds). Raises: BadSegment."""
        expression = self._segments.check(segment)
        since = self._within_time(since)
        query = VisitQuery(tuple(idsites), newer_than=since - 1)
        visits = actions = conversions = 0
        visitors: set[int] = set()
        for site in self._sites(idsites):
            for log in self._days(site, query):
                found = self._chosen(log, site, query, expression)
                visits += found.num_rows
                visitors.update(found["visitor_id"].to_pylist())
                actions += self._count_since(log, "actions", found["idvisit"], since)
                conversions += self._count_since(log, "conversions", found["idvisit"], since)
        return Activity(visits, actions, len(visitors), conversions)

    def neighbours(self, idsite: int, visitor_id: int, moment: int, segment: str = "") -> Neighbours:
        """The visitors whose last visits of these days ended just before and just after a moment."""
        expression = self._segments.check(segment)
        before: int | None = None
        after: int | None = None
        for site in self._sites([idsite]):
            day = local_date(moment, time_zone(site.timezone))
            query = VisitQuery((idsite,), day - ONE_DAY, day + ONE_DAY, newer_than=moment - _DAY_SECONDS - 1)
            found = [self._chosen(log, site, query, expression) for log in self._days(site, query)]
            if not found:
                continue
            rows = pa.concat_tables(found)
            is_other = pc.not_equal(rows["visitor_id"], pa.scalar(visitor_id, pa.uint64()))
            others = rows.filter(pc.and_(is_other, pc.less_equal(rows[_LAST_ACTION], moment + _DAY_SECONDS)))
            ends = others.group_by("visitor_id").aggregate([(_LAST_ACTION, "max")])
            ends = ends.rename_columns(["visitor_id", _LAST_ACTION])
            before = _nearest(ends.filter(pc.less_equal(ends[_LAST_ACTION], moment)), "descending")
            after = _nearest(ends.filter(pc.greater_equal(ends[_LAST_ACTION], moment)), "ascending")
        return Neighbours(before, after)

    def sales(self, idsite: int, visitor_ids: Collection[int]) -> Mapping[tuple[int, int], Sales]:
        """By (visitor, idgoal) what visitors of a site ever ordered (goal 0) and have in open carts (-1)."""
        found: dict[tuple[int, int], Sales] = defaultdict(Sales)
        ids = pa.array(sorted(visitor_ids), pa.uint64())
        for site in self._sites([idsite]) if len(ids) else ():
            for log in self._days(site, VisitQuery((idsite,))):
                if not log.rows.get("conversions"):
                    continue
                rows = self._logs.read(log, "conversions", _SALE_COLUMNS)
                is_sale = pc.and_(pc.less_equal(rows["idgoal"], 0), pc.is_in(rows["visitor_id"], value_set=ids))
                for row in rows.filter(is_sale).to_pylist():
                    key = row["visitor_id"], row["idgoal"]
                    found[key] = _added(found[key], row)
        return dict(found)

    def _sites(self, idsites: Iterable[int]) -> Iterator[TrackedSite]:
        snapshot = self._snapshot()
        for idsite in idsites:
            site = snapshot.site(idsite)
            if site is not None:
                yield site

    def _of_site(
        self, idsite: int, query: VisitQuery, expression: SegmentExpression, wanted: int | None
    ) -> list[tuple[tuple[int, int], DayLog, int]]:
        """(place in the order, day, visit) of the first visits of a site, at most `wanted`."""
        found: list[tuple[tuple[int, int], DayLog, int]] = []
        for site in self._sites([idsite]):
            for log in self._days(site, query):
                visits = _first(self._chosen(log, site, query, expression), wanted, is_ascending=query.is_ascending)
                if not visits.num_rows:
                    continue
                started = self._starts(log, visits["idvisit"]) if _has_ties(visits) else {}
                ids, times = visits["idvisit"].to_pylist(), visits[_LAST_ACTION].to_pylist()
                found += (((time, started.get(one, 0)), log, one) for one, time in zip(ids, times, strict=True))
                if wanted is not None and len(found) >= wanted:
                    break
        found.sort(key=lambda one: one[0], reverse=not query.is_ascending)
        return found if wanted is None else found[:wanted]

    def _days(self, site: TrackedSite, query: VisitQuery) -> list[DayLog]:
        """The days that may have what a query wants, in the order in which it wants them."""
        zone = time_zone(site.timezone)
        first = query.first or _FIRST_DAY
        if query.newer_than is not None:
            first = max(first, local_date(self._within_time(query.newer_than), zone))
        last = local_date(self._clock.now(), zone) + _AHEAD
        if query.last is not None:
            last = min(query.last + ONE_DAY, last)
        if last < first:
            return []
        self._logs.ensure(site.idsite, last)
        days = list(self._logs.days(site.idsite, first, last))
        return days if query.is_ascending else days[::-1]

    def _within_time(self, moment: int) -> int:
        """The moment, or the nearest one at which there may be visits: callers may name any number."""
        return min(max(moment, -1), int(self._clock.now()) + _DAY_SECONDS)

    def _chosen(self, log: DayLog, site: TrackedSite, query: VisitQuery, expression: SegmentExpression) -> pa.Table:
        """Ids, visitors and times of a day's visits that a query means."""
        needed = self._segments.columns_needed(expression)
        names = needed.pop(Source.VISITS, set()) | {"idvisit", "visitor_id", _LAST_ACTION}
        visits = self._logs.read(log, "visits", sorted(names))
        if query.visitor_id is not None:
            visits = visits.filter(pc.equal(visits["visitor_id"], pa.scalar(query.visitor_id, pa.uint64())))
        if query.newer_than is not None:
            visits = visits.filter(pc.greater(visits[_LAST_ACTION], self._within_time(query.newer_than)))
        if query.last is not None and log.day > query.last:
            midnight = midnight_utc(log.day, time_zone(site.timezone))
            visits = visits.filter(pc.equal(visits[_LAST_ACTION], midnight))
        if expression and visits.num_rows:
            tables = {Source.VISITS: visits}
            for source, columns in needed.items():
                if log.rows.get(LOG_TABLE[source]):
                    tables[source] = self._logs.read(log, LOG_TABLE[source], sorted(columns))
            parameters = {"idsite": site.idsite, "utc_offset_seconds": utc_offset_seconds(site, log.day)}
            visits = self._segments.filtered(tables, expression, parameters, site)[Source.VISITS]
        return visits.select(["idvisit", "visitor_id", _LAST_ACTION])

    def _starts(self, log: DayLog, idvisits: pa.ChunkedArray) -> dict[int, int]:
        """When the first hit of each visit was sent, which orders visits whose last actions came at once."""
        starts: dict[int, int] = {}
        for table in ("actions", "conversions"):
            rows = self._rows(log, table, ("idvisit", "sequence"))
            first = rows.filter(_among(rows, idvisits)).group_by("idvisit").aggregate([("sequence", "min")])
            for idvisit, sequence in zip(
                *(first[name].to_pylist() for name in ("idvisit", "sequence_min")), strict=True
            ):
                starts[idvisit] = min(sequence, starts.get(idvisit, sequence))
        return starts

    def _count_since(self, log: DayLog, table: LogTable, idvisits: pa.ChunkedArray, since: int) -> int:
        rows = self._rows(log, table, ("idvisit", "server_time"))
        wanted = pc.and_(pc.greater_equal(rows["server_time"], since), _among(rows, idvisits))
        return int(pc.sum(wanted).as_py() or 0)

    def _rows(self, log: DayLog, table: LogTable, columns: Sequence[str] | None = None) -> pa.Table:
        rows: pa.Table = self._logs.read(log, table, columns)
        return rows

    def _read(self, chosen: Sequence[tuple[tuple[int, int], DayLog, int]], query: VisitQuery) -> list[LoggedVisit]:
        """The visits with all that belongs to them, in the given order."""
        by_day: dict[tuple[int, date], tuple[DayLog, list[int]]] = {}
        for _, log, idvisit in chosen:
            by_day.setdefault((log.idsite, log.day), (log, []))[1].append(idvisit)
        found: dict[int, LoggedVisit] = {}
        idsites = {idsite for idsite, _ in by_day} if query.with_actions else set()
        numbers = {idsite: ActionNumbers(self._logs, self._all_days(idsite)) for idsite in idsites}
        for (idsite, _), (log, idvisits) in by_day.items():
            found |= self._read_day(log, idvisits, numbers.get(idsite), query.most_actions)
        found |= self._with_items_in_order([found[idvisit] for _, _, idvisit in chosen], by_day)
        return [found[idvisit] for _, _, idvisit in chosen]

    def _with_items_in_order(
        self, visits: Sequence[LoggedVisit], by_day: Mapping[tuple[int, date], tuple[DayLog, list[int]]]
    ) -> dict[int, LoggedVisit]:
        """The visits with several items, those in the order of their products' first sightings."""
        several = {visit.row["idvisit"]: visit for visit in visits if len(visit.items) > 1}
        skus: dict[int, set[str]] = defaultdict(set)
        for (idsite, _), (_, idvisits) in by_day.items():
            for idvisit in several.keys() & idvisits:
                skus[idsite].update(item["sku"] for item in several[idvisit].items)
        sold = {idsite: first_sold(self._logs, self._all_days(idsite), wanted) for idsite, wanted in skus.items()}
        ordered = {}
        for (idsite, _), (log, idvisits) in by_day.items():
            of_day = [several[idvisit] for idvisit in idvisits if idvisit in several]
            shown = first_shown(self._logs, log, skus[idsite]) if of_day else {}
            for visit in of_day:
                items = by_sighting(visit.items, sold[idsite], shown)
                ordered[visit.row["idvisit"]] = replace(visit, items=items)
        return ordered

    def _all_days(self, idsite: int) -> Sequence[DayLog]:
        return self._logs.days(idsite, _FIRST_DAY, date.max)

    def _read_day(
        self, log: DayLog, idvisits: list[int], numbers: ActionNumbers | None, most_actions: int | None
    ) -> dict[int, LoggedVisit]:
        """The visits of a day; without numbers of actions, without actions and items."""
        ids = pa.array(idvisits, pa.int64())
        visits = self._grouped(log, "visits", ids)
        conversions = self._grouped(log, "conversions", ids)
        actions, left_out = ({}, {}) if numbers is None else self._actions(log, ids, numbers, most_actions)
        items = {} if numbers is None else self._grouped(log, "items", ids)
        return {
            idvisit: LoggedVisit(
                rows[0],
                _in_order(actions.get(idvisit, ())),
                _in_order(conversions.get(idvisit, ())),
                tuple(items.get(idvisit, ())),
                left_out.get(idvisit, 0),
            )
            for idvisit, rows in visits.items()
        }

    def _actions(
        self, log: DayLog, idvisits: pa.Array, numbers: ActionNumbers, most: int | None
    ) -> tuple[dict[int, list[dict[str, Any]]], dict[int, int]]:
        """The actions of some visits with their numbers, by visit; how many of a visit are left out."""
        if not log.rows.get("actions"):
            return {}, {}
        rows: pa.Table = self._logs.read_visits(log, "actions", idvisits)
        rows, left_out = _first_of_each(rows, most)
        if rows.num_rows:
            rows = rows.append_column(ACTION_NUMBER, numbers.of(rows["sequence"]))
        return _by_visit(rows), left_out

    def _grouped(self, log: DayLog, table: LogTable, idvisits: pa.Array) -> dict[int, list[dict[str, Any]]]:
        """The rows of some visits, by visit."""
        return _by_visit(self._logs.read_visits(log, table, idvisits)) if log.rows.get(table) else {}


def _first_of_each(actions: pa.Table, most: int | None) -> tuple[pa.Table, dict[int, int]]:
    """The first actions of each visit, and how many more those visits have that have more."""
    counts = actions["idvisit"].value_counts()
    counted = zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True)
    left_out = {} if most is None else {idvisit: count - most for idvisit, count in counted if count > most}
    if not left_out:
        return actions, {}
    is_long = _among(actions, pa.array(left_out, pa.int64()))
    kept = [actions.filter(pc.invert(is_long))]
    for idvisit in left_out:
        of_visit = actions.filter(pc.equal(actions["idvisit"], idvisit))
        order = pc.sort_indices(of_visit, [("server_time", "ascending"), ("sequence", "ascending")])
        kept.append(of_visit.take(order.slice(0, most)))
    return pa.concat_tables(kept), left_out


def _by_visit(rows: pa.Table) -> dict[int, list[dict[str, Any]]]:
    grouped: dict[int, list[dict[str, Any]]] = {}
    for row in _dicts(rows):
        grouped.setdefault(row["idvisit"], []).append(row)
    return grouped


def _dicts(rows: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows. Texts are decoded before: one by one that takes seven times as long, in which no other thread runs."""
    plain = {
        field.name: column.cast(field.type.value_type) if pa.types.is_dictionary(field.type) else column
        for field, column in zip(rows.schema, rows.columns, strict=True)
    }
    for batch in pa.table(plain).to_batches(max_chunksize=_ROWS_AT_ONCE):
        yield from batch.to_pylist()


def _among(rows: pa.Table, idvisits: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.is_in(rows["idvisit"], value_set=idvisits)


def _first(visits: pa.Table, wanted: int | None, *, is_ascending: bool) -> pa.Table:
    """The visits among which the first `wanted` in order of their last actions are."""
    if wanted is None or visits.num_rows <= wanted:
        return visits
    times = visits[_LAST_ACTION]
    order = "ascending" if is_ascending else "descending"
    border = times.take(pc.select_k_unstable(visits, wanted, sort_keys=[(_LAST_ACTION, order)]))
    if is_ascending:
        return visits.filter(pc.less_equal(times, pc.max(border)))
    return visits.filter(pc.greater_equal(times, pc.min(border)))


def _nearest(ends: pa.Table, order: str) -> int | None:
    """The visitor whose end comes first in this order."""
    if not ends.num_rows:
        return None
    place = pc.select_k_unstable(ends, 1, sort_keys=[(_LAST_ACTION, order), ("visitor_id", order)])
    return int(ends["visitor_id"].take(place)[0].as_py())


def _has_ties(visits: pa.Table) -> bool:
    return bool(pc.count_distinct(visits[_LAST_ACTION]).as_py() < visits.num_rows)


def _in_order(rows: Iterable[LogRow]) -> tuple[LogRow, ...]:
    return tuple(sorted(rows, key=lambda row: (row["server_time"], row["sequence"], row.get("idgoal", 0))))


def _added(sales: Sales, row: LogRow) -> Sales:
    return Sales(sales.conversions + 1, sales.revenue + (row["revenue"] or 0), sales.items + (row["items"] or 0))
