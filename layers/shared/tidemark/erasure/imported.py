"""Imported visits of erased subjects: taken out of what was imported, and left out of what is imported again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import conform
from tidemark.erasure.hit_files import sites_below
from tidemark.model.daylog import LogTable
from tidemark.model.erasure import Subject, SubjectKind, Tombstone, Tombstones, visitor_text
from tidemark.model.hit import Column
from tidemark.model.imported_visits import ImportedVisits
from tidemark.sessions.imported import import_prefix
from tidemark.stores.ports import Objects

Tables = Mapping[LogTable, Any]
_NAMED = ("visitor_id", "user_id", "location_ip")


@dataclass(slots=True)
class FoundVisits:
    """Days of a site with imported visits that were erased, and how many these were."""

    days: set[date] = field(default_factory=set)
    visits: int = 0


def visit_name(idsite: int, idvisit: int) -> str:
    """What stands for an imported visit where hits have their ids."""
    return f"visit:{idsite}:{idvisit}"


def sites_with_imports(objects: Objects) -> list[int]:
    """Numbers of all sites that have imported visits."""
    return sites_below(objects, import_prefix(0).removesuffix("0/"))


def erase_imported(imports: ImportedVisits, idsite: int, tombstone: Tombstone, salt: str) -> FoundVisits:
    """Take out what the tombstone covers. Days are marked, so that their logs are made anew."""
    found = FoundVisits()
    tombstones = Tombstones([tombstone], salt)
    for day, source in imports.sources(idsite).items():
        tables = imports.read(idsite, day)
        if tables is None:
            continue
        doomed = erased_visits(idsite, tables, tombstones)
        if len(doomed):
            found.days.add(day)
            found.visits += len(doomed)
            imports.put(idsite, day, without_visits(tables, doomed), source)
    return found


def erased_visits(idsite: int, tables: Tables, tombstones: Tombstones) -> pa.Array:
    """Ids of the visits that are covered, by one of the names that they or their actions bear."""
    doomed = set()
    for row in tables["visits"].select(["idvisit", "first_sequence", *_NAMED]).to_pylist():
        subjects = _subjects(row)
        if tombstones.cover(idsite, row["first_sequence"] or 0, visit_name(idsite, row["idvisit"]), subjects):
            doomed.add(row["idvisit"])
    for name in tables.keys() - {"visits", "visitors"}:
        columns = [one for one in _NAMED if one in tables[name].column_names]
        for row in tables[name].select(["idvisit", *columns]).to_pylist():
            idvisit = row["idvisit"]
            if idvisit not in doomed and tombstones.cover(idsite, 0, visit_name(idsite, idvisit), _subjects(row)):
                doomed.add(idvisit)
    return pa.array(sorted(doomed), pa.int64())


def without_visits(tables: Tables, idvisits: pa.Array) -> dict[LogTable, Any]:
    """The tables without some visits and all that belongs to them."""
    return {name: one.filter(pc.invert(pc.is_in(one["idvisit"], value_set=idvisits))) for name, one in tables.items()}


@dataclass(frozen=True, slots=True)
class WithoutErased:
    """Imported visits that leave out what was erased. Implements tidemark.model.imported_visits.ImportedVisits."""

    imports: ImportedVisits
    tombstones: Callable[[], Tombstones]

    def columns(self, table: LogTable) -> tuple[Column, ...]:
        """See ImportedVisits."""
        return self.imports.columns(table)

    def put(self, idsite: int, day: date, tables: Tables, source: str) -> bool:
        """See ImportedVisits."""
        tombstones = self.tombstones()
        if not tombstones:
            return self.imports.put(idsite, day, tables, source)
        whole = {name: conform(table, self.columns(name)) for name, table in tables.items()}
        doomed = erased_visits(idsite, whole, tombstones)
        return self.imports.put(idsite, day, without_visits(whole, doomed), source)

    def read(self, idsite: int, day: date) -> Tables | None:
        """See ImportedVisits."""
        return self.imports.read(idsite, day)

    def sources(self, idsite: int) -> Mapping[date, str]:
        """See ImportedVisits."""
        return self.imports.sources(idsite)

    def forget(self, idsite: int, day: date) -> None:
        """See ImportedVisits."""
        self.imports.forget(idsite, day)


def _subjects(row: Mapping[str, Any]) -> list[Subject]:
    kinds = {"user_id": SubjectKind.USER, "location_ip": SubjectKind.ADDRESS}
    found = [Subject(kind, row[name]) for name, kind in kinds.items() if row.get(name)]
    if row.get("visitor_id") is not None:
        found.append(Subject(SubjectKind.VISITOR, visitor_text(row["visitor_id"])))
    return found
