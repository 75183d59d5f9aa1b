"""What reports see of the archives: numbers and tables, up to date where that is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy

import pyarrow as pa

from tidemark.archiving.archiver import Archiver
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.content import Number
from tidemark.archiving.frames import FrameReader
from tidemark.archiving.rules import is_refresh_set, may_archive, refresh_seconds
from tidemark.archiving.store import Archive, ArchiveStore, Memory
from tidemark.archiving.unfolded import UnfoldedTables
from tidemark.archiving.unfolding import StoredTree
from tidemark.model.period import Period
from tidemark.model.settings import Settings
from tidemark.model.table import DataTable
from tidemark.plugin.record import FolderText
from tidemark.stores.ports import NotFoundError


class Reader:
    """Implements `tidemark.model.archive.Archives`."""

    def __init__(
        self, archiver: Archiver, store: ArchiveStore, catalogue: Catalogue, settings: Callable[[], Settings]
    ) -> None:
        self._archiver = archiver
        self._catalogue = catalogue
        self._settings = settings
        self._frames = FrameReader(store)
        self._unfolded = UnfoldedTables()
        self.found: dict[tuple[int, Period, str], Archive | None] | None = None
        self.memory: Memory | None = None

    def for_call(self) -> Reader:
        """A reader for one call: it looks for every archive once, and shares what this one remembers of tables."""
        reader = copy(self)
        reader.found, reader.memory = {}, Memory()
        return reader

    def expect_new_and_returning(self) -> None:
        """Read new and returning visits along with all visits from now on."""
        if self.memory is not None:
            self.memory.is_wide = True

    def numbers(
        self, idsites: Sequence[int], periods: Sequence[Period], names: Sequence[str], segment: str = ""
    ) -> Mapping[tuple[int, Period], Mapping[str, Number]]:
        """Numeric records by (site, period); what is zero or absent is missing from the inner mapping."""
        found: dict[tuple[int, Period], Mapping[str, Number]] = {}
        for idsite in idsites:
            archives = self._archives(idsite, periods, segment)
            for period in periods:
                archive = archives.get(period)
                numbers = archive.numbers if archive else {}
                found[idsite, period] = {name: numbers[name] for name in names if name in numbers}
        return found

    def table(
        self,
        idsite: int,
        period: Period,
        record: str,
        segment: str = "",
        *,
        idsubtable: int | None = None,
        expanded: bool = False,
        depth: int | None = None,
    ) -> DataTable:
        """One record's table; see `Archives`."""
        archive = self._archives(idsite, [period], segment).get(period)
        if archive is None:
            return DataTable()
        stored = self._stored(idsite, period, record, segment, archive)
        if stored is None:
            return DataTable()
        declared = self._catalogue.record_of(record)
        folders = self._folders(declared.folder_text) if declared and declared.folder_text else None
        levels = _levels(stored, depth) if expanded else 1
        key = (archive.blob_key, record, idsubtable or 0, levels, folders)
        return self._unfolded.get(key, lambda: StoredTree(stored, folders).table(idsubtable or 0, levels=levels))

    def archived_at(self, idsite: int, period: Period, segment: str = "") -> float | None:
        """When the archive was written (unix seconds), None if there is none."""
        archive = self._archives(idsite, [period], segment).get(period)
        return archive.archived_at if archive else None

    def _archives(self, idsite: int, periods: Sequence[Period], segment: str) -> Mapping[Period, Archive | None]:
        known = self.found
        if known is None:
            return self._looked_up(idsite, periods, segment)
        unknown = [period for period in periods if (idsite, period, segment) not in known]
        found = self._looked_up(idsite, unknown, segment)
        known.update({(idsite, period, segment): found.get(period) for period in unknown})
        return {period: known[idsite, period, segment] for period in periods}

    def _looked_up(self, idsite: int, periods: Sequence[Period], segment: str) -> dict[Period, Archive]:
        settings = self._settings()
        found: dict[Period, Archive] = {}
        for kind in dict.fromkeys(period.kind for period in periods):
            own = [period for period in periods if period.kind is kind]
            may_build = may_archive(kind, settings, has_segment=bool(segment))
            young = self._young(idsite, own, segment, settings) if may_build and is_refresh_set(settings) else {}
            found |= young
            rest = [period for period in own if period not in young]
            found |= self._archiver.ensure_all(idsite, rest, segment, may_build=may_build, memory=self.memory)
        return found

    def _young(self, idsite: int, periods: Sequence[Period], segment: str, settings: Settings) -> dict[Period, Archive]:
        """Archives of periods that are not over and that are young enough as they are."""
        now = self._archiver.now
        stored = self._archiver.ensure_all(idsite, periods, segment, may_build=False, memory=self.memory)
        return {
            period: archive
            for period, archive in stored.items()
            if now - archive.archived_at < refresh_seconds(period.kind, settings)
            and period.contains(self._archiver.today(idsite))
            and archive.inputs
        }

    def _folders(self, text: FolderText) -> tuple[str, str]:
        """Name and separator of the metadata that rows with a subtable get."""
        return text.name, self._settings().text(text.setting) if text.setting else text.separator

    def _stored(self, idsite: int, period: Period, record: str, segment: str, archive: Archive) -> pa.Table | None:
        try:
            return self._frames.read(archive, record)
        except NotFoundError:  # the blob was replaced meanwhile, or lost
            rebuilt = self._archiver.rebuild(idsite, period, segment)
            return self._frames.read(rebuilt, record) if rebuilt else None


def _levels(stored: pa.Table, depth: int | None) -> int:
    """How many levels of a table are loaded with so many levels of subtables below the first, None: all."""
    return len(stored) if depth is None else 1 + max(depth, 0)
