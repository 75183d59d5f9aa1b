"""An import from its first day to its last: each day is read, stored, and noted with what it was made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, tzinfo

import pyarrow.compute as pc

from tidemark.importing.database import MatomoDatabase
from tidemark.importing.days import bounds, digest_of
from tidemark.importing.logs import DayReader, SiteRules
from tidemark.model.imported_visits import ImportedVisits


@dataclass(slots=True)
class DaysImported:
    """What an import did."""

    days: int = 0
    unchanged: int = 0
    visits: int = 0
    actions: int = 0
    conversions: int = 0
    oldest: int | None = None
    """Unix seconds of the first visit."""


def import_days(
    database: MatomoDatabase,
    imports: ImportedVisits,
    rules: SiteRules,
    zone: tzinfo,
    days: Iterable[date],
    *,
    again: bool = False,
    tell: Callable[[int], None] = lambda _: None,
) -> DaysImported:
    """Import days of a site. A day whose rows are as they were is not read again, unless `again` says so."""
    done = DaysImported()
    known = imports.sources(rules.idsite)
    for day in days:
        digest = digest_of(database, rules.old_idsite, day, zone)
        if (known.get(day, "") == digest and not again) or (not digest and day not in known):
            done.unchanged += 1
        elif not digest:
            imports.forget(rules.idsite, day)
            done.days += 1
        else:
            _import_day(database, imports, rules, (day, *bounds(day, zone)), digest, done)
        tell(1)
    return done


def _import_day(
    database: MatomoDatabase,
    imports: ImportedVisits,
    rules: SiteRules,
    when: tuple[date, str, str],
    digest: str,
    done: DaysImported,
) -> None:
    day, first, end = when
    tables = DayReader(database, rules, first, end).tables(imports.columns)
    imports.put(rules.idsite, day, tables, digest)
    done.days += 1
    done.visits += tables["visits"].num_rows
    done.actions += tables["actions"].num_rows
    done.conversions += tables["conversions"].num_rows
    if tables["visits"].num_rows:
        begin = pc.min(tables["visits"]["visit_first_action_time"]).as_py()
        done.oldest = begin if done.oldest is None else min(done.oldest, begin)
