"""What the reporting room sees of the archives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from tidemark.model.period import Period
from tidemark.model.table import DataTable

Number = int | float


class Archives(Protocol):
    """Reads archives; brings missing and stale ones up to date first where that is allowed."""

    def numbers(
        self, idsites: Sequence[int], periods: Sequence[Period], names: Sequence[str], segment: str = ""
    ) -> Mapping[tuple[int, Period], Mapping[str, Number]]:
        """Numeric records by (site, period); what is zero or absent is missing from the inner mapping."""
        ...

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
        """One record's table, rows in stored order, columns by Matomo's names.

        The column `goals` is `{idgoal: {metric: number}}`. Without `expanded` rows only know their subtable's id.
        `idsubtable` gives that subtable instead of the root. A table that does not exist is empty.
        """
        ...

    def archived_at(self, idsite: int, period: Period, segment: str = "") -> float | None:
        """When the archive was written (unix seconds), None if there is none."""
        ...


@runtime_checkable
class SharedArchives(Archives, Protocol):
    """Archives that serve many calls."""

    def for_call(self) -> Archives:
        """The same archives as they are found first; for one call, which asks for the same ones again and again."""
        ...


@runtime_checkable
class ForeseeingArchives(Archives, Protocol):
    """Archives that can be told what a call will ask for."""

    def expect_new_and_returning(self) -> None:
        """The call will ask for new and for returning visits besides all visits: they are read together."""
        ...
