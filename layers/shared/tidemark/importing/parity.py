"""The parity report: numbers of archives made here beside those that Matomo archived, metric by metric and day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from tidemark.importing.database import MatomoDatabase

DAY: Final = 1
DONE: Final = "done"
WHOLE: Final = frozenset({1, 3, 4})
"""States of done flags of archives that count: complete, temporary, invalidated (counted before later hits)."""
TOLERANCE: Final = 0.005
"""Of amounts of money, which Matomo rounds."""
_NEVER_COMPARED: Final = ("done", "Goals_days_until_conv", "Goals_visits_until_conv")


@dataclass(frozen=True, slots=True)
class Difference:
    """A metric of a day: what it is there and here."""

    day: date
    metric: str
    there: float
    here: float
    row: str = ""
    """Labels that lead to the row of a table."""

    @property
    def is_equal(self) -> bool:
        """Whether they agree."""
        return abs(self.there - self.here) <= TOLERANCE


def whole_archive(database: MatomoDatabase, idsite: int, day: date) -> int | None:
    """The number of Matomo's last archive of all visits of a day; None if it has none."""
    table = f"archive_numeric_{day:%Y_%m}"
    if not database.columns(table):
        return None
    where = "idsite = %s AND period = %s AND date1 = %s AND date2 = %s AND name = %s"
    rows = database.rows(table, where, [idsite, DAY, day, day, DONE])
    return max((int(row["idarchive"]) for row in rows if int(row["value"] or 0) in WHOLE), default=None)


def matomo_numbers(database: MatomoDatabase, idsite: int, day: date) -> dict[str, float]:
    """What Matomo archived for all visits of a day; empty if it did not. Zeros are not stored there."""
    latest = whole_archive(database, idsite, day)
    if latest is None:
        return {}
    rows = database.rows(f"archive_numeric_{day:%Y_%m}", "idarchive = %s AND idsite = %s", [latest, idsite])
    return {
        str(row["name"]): float(row["value"] or 0) for row in rows if not str(row["name"]).startswith(_NEVER_COMPARED)
    }


def compared(
    database: MatomoDatabase, idsite: int, days: Iterable[date], here: Callable[[date], Mapping[str, float]]
) -> Iterator[Difference]:
    """All metrics of all days that Matomo archived. `here` gives the numbers of a day; absent ones are 0."""
    for day in days:
        there = matomo_numbers(database, idsite, day)
        own = here(day) if there else {}
        for metric in sorted(there.keys() | (own.keys() & _basic(there))):
            yield Difference(day, metric, there.get(metric, 0.0), float(own.get(metric, 0.0)))


def _basic(there: Mapping[str, float]) -> set[str]:
    """Metrics that are compared even if Matomo has none: it keeps no zeros."""
    return {"nb_visits", "nb_actions", "nb_users", "bounce_count", "nb_visits_converted"} if there else set()
