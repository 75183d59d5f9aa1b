"""Numbers of actions: each site's are counted in the order in which they were sent, so a late hit changes no number.

Source: Matomo 5.2, database tables (idlink_va grows with every action that is recorded).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.model.daylog import DayLog, VisitLogs


@dataclass(slots=True)
class ActionNumbers:
    """Numbers the actions of a site with these days, all that it has. Days are read where they may be mixed."""

    logs: VisitLogs
    days: Sequence[DayLog]
    _sent: dict[str, pa.ChunkedArray] = field(default_factory=dict)

    def of(self, sequences: pa.ChunkedArray) -> pa.ChunkedArray:
        """The numbers of actions, from 1, by their sequences."""
        span = pc.min_max(sequences).as_py()
        before, mixed = 0, []
        for day in self.days:
            count = day.rows.get("actions", 0)
            if not count or (day.sent is not None and day.sent[0] > span["max"]):
                continue
            if day.sent is not None and day.sent[1] < span["min"]:
                before += count
            else:
                mixed.append(self._of_day(day))
        known = pa.chunked_array([chunk for column in mixed for chunk in column.chunks], pa.int64())
        ranks = pc.rank(known, tiebreaker="first").cast(pa.int64())
        return pc.add(ranks.take(pc.index_in(sequences, value_set=known)), before)

    def _of_day(self, day: DayLog) -> pa.ChunkedArray:
        if day.version not in self._sent:
            self._sent[day.version] = self.logs.read(day, "actions", ("sequence",))["sequence"]
        return self._sent[day.version]
