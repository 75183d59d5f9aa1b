"""A day is read in batches: no more of its rows are held than two of them."""

from __future__ import annotations

import gc
import weakref
from datetime import datetime

import pytest

from tidemark.importing.logs import DayReader, SiteRules
from tidemark.model.daylog import LOG_TABLES
from tidemark.plugin import load_plugins
from tidemark.sessions.sessionise import log_columns

BATCH, BATCHES = 50, 12
MOMENT = datetime(2026, 11, 3, 12)  # noqa: DTZ001 - as the driver gives it
VISITOR = b"\x01" * 8


class Row(dict):
    """A row that can be watched."""


class Database:
    """Visits of three actions each, the middle one a conversion; counts how many rows live at once."""

    def __init__(self):
        self.alive = weakref.WeakValueDictionary()
        self.most = 0

    def batches(self, table, where, values, order):
        make = {"log_visit": self.visit, "log_link_visit_action": self.action, "log_conversion": self.conversion}
        if table in make:
            for batch in range(BATCHES):
                gc.collect()
                rows = [self.watched(make[table](batch * BATCH + number)) for number in range(BATCH)]
                self.most = max(self.most, len(self.alive))
                yield rows
                del rows

    def rows(self, table, where="1", values=(), order=""):
        return iter([self.visit(number) for number in values])

    def texts(self, numbers):
        return {}

    def watched(self, row):
        row = Row(row)
        self.alive[id(row)] = row
        return row

    def visit(self, number):
        times = dict.fromkeys(("visit_first_action_time", "visit_last_action_time"), MOMENT)
        return {"idvisit": number, "idvisitor": VISITOR, "config_id": VISITOR, "location_ip": b"\0" * 4, **times}

    def action(self, number):
        facts = {"idvisit": number // 3, "idlink_va": number, "idvisitor": VISITOR, "server_time": MOMENT}
        return {**facts, "time_spent_ref_action": number % 3 * 10}

    def conversion(self, number):
        facts = {"idvisit": number // 3, "idvisitor": VISITOR, "server_time": MOMENT, "idgoal": 1, "buster": 0}
        return {**facts, "idlink_va": number * 3 % (BATCH * BATCHES) + 1}


@pytest.fixture(scope="module")
def columns():
    dimensions = load_plugins().dimensions()
    made = {name: log_columns(name, dimensions) for name in LOG_TABLES}
    return made.__getitem__


def test_rows_when_a_day_is_long(columns, monkeypatch):
    monkeypatch.setattr("tidemark.importing.logs.ROWS_AT_ONCE", BATCH)
    database = Database()
    tables = DayReader(database, SiteRules(1, 1), "", "").tables(columns)
    assert database.most <= 3 * BATCH, "of many batches few live at once"
    assert tables["visits"].num_rows == tables["actions"].num_rows == BATCH * BATCHES
    actions = tables["actions"].to_pylist()
    assert [row["position"] for row in actions[:7]] == [1, 2, 3, 1, 2, 3, 1]
    assert [row["time_spent"] for row in actions[:7]] == [10, 20, None, 10, 20, None, 10]
    assert actions[-1]["time_spent"] is None
    assert {row["position"] for row in tables["conversions"].to_pylist()} == {2}
    assert tables["items"].num_rows == 0
