"""Which hits a visit was made of: the day's hits are recognised once more, as the visit log's maker does."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.clock import Clock
from tidemark.model.period import ONE_DAY, midnight_utc
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.time_zone import time_zone
from tidemark.plugin.plugin import Plugins
from tidemark.sessions.daylogs import DEFAULT_HORIZON_DAYS
from tidemark.sessions.histories import first_day_of_history, history_of
from tidemark.sessions.hit_files import read_hits
from tidemark.sessions.hits import hit_columns, prepare
from tidemark.sessions.recognition import recognise
from tidemark.sessions.rules import own_columns, rules_of
from tidemark.sessions.states import read_logs
from tidemark.stores.ports import Objects, Table


@dataclass(frozen=True, slots=True)
class VisitHits:
    """Looks hits of visits up."""

    objects: Objects
    state: Table
    snapshot: Callable[[], TrackerSnapshot]
    plugins: Plugins
    clock: Clock

    def ids(self, idsite: int, day: date, idvisits: Collection[int]) -> frozenset[str]:
        """Ids of the hits of some visits of a site's local day."""
        snapshot = self.snapshot()
        site = snapshot.site(idsite)
        if site is None or not idvisits:
            return frozenset()
        dimensions = own_columns(self.plugins.dimensions())
        rules, zone = rules_of(site, snapshot.settings, dimensions), time_zone(site.timezone)
        reach = timedelta(days=rules.reach)
        around = midnight_utc(day - reach, zone), midnight_utc(day + ONE_DAY + reach, zone)
        hits = read_hits(self.objects, idsite, *around, hit_columns(dimensions))
        if not hits.num_rows:
            return frozenset()
        known = self._known(idsite, day, hits, rules.reach)
        recognised = recognise(prepare(hits, dimensions), known, rules)
        wanted = pc.is_in(recognised.idvisit, value_set=pa.array(sorted(idvisits), pa.int64()))
        is_mine = recognised.runs.spread(wanted)
        return frozenset(recognised.column("hit_id").filter(is_mine).to_pylist())

    def _known(self, idsite: int, day: date, hits: pa.Table, reach: int) -> pa.UInt64Array:
        """Those of the hits' visitors that have visits on earlier days."""
        first = first_day_of_history(day, timedelta(days=DEFAULT_HORIZON_DAYS))
        earlier = read_logs(self.state, idsite, first, day - timedelta(days=reach) - ONE_DAY)
        logs = [earlier[when].log for when in sorted(earlier)]
        history = history_of(self.objects, self.clock, day, hits, logs)
        return history.visitors["visitor_id"].combine_chunks()
