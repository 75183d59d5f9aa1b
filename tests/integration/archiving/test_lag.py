"""How long hits wait until a report counts them."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.memory_stores import MemoryTable
from tidemark.archiving.job import Job
from tidemark.archiving.lag import Lag
from tidemark.clock import SettableClock
from tidemark.model.period import Period
from tidemark.tracking.marks import mark_day

DAY = date(2026, 11, 18)
JOB = Job(1, Period.day(DAY))
STORED = 1_795_003_200


@pytest.fixture
def clock():
    return SettableClock(STORED)


@pytest.fixture
def table():
    table = MemoryTable()
    mark_day(table, 1, DAY.isoformat(), STORED)
    return table


def done(lag, waiting, clock, seconds):
    clock.set(clock.now() + seconds)
    return lag.measure(JOB, waiting)


def test_lag_when_hits_came_twice_is_that_of_the_oldest(table, clock):
    lag = Lag(table, clock)
    clock.set(STORED + 60)
    mark_day(table, 1, DAY.isoformat(), STORED + 60)
    assert done(lag, lag.look(JOB), clock, 5) == 65


def test_lag_when_all_is_counted_is_not_told_again(table, clock):
    lag = Lag(table, clock)
    done(lag, lag.look(JOB), clock, 5)
    assert lag.look(JOB) is None


def test_lag_when_a_hit_came_meanwhile_begins_with_the_job(table, clock):
    lag = Lag(table, clock)
    waiting = lag.look(JOB)
    mark_day(table, 1, DAY.isoformat(), STORED + 3)
    assert done(lag, waiting, clock, 10) == 10
    clock.set(STORED + 30)
    assert done(lag, lag.look(JOB), clock, 0) == 30


def test_lag_when_hits_come_after_a_report_begins_with_them(table, clock):
    lag = Lag(table, clock)
    done(lag, lag.look(JOB), clock, 5)
    mark_day(table, 1, DAY.isoformat(), STORED + 100)
    clock.set(STORED + 100)
    assert done(lag, lag.look(JOB), clock, 7) == 7


@pytest.mark.parametrize(
    "job", [Job(1, Period.range(DAY, DAY)), Job(1, Period.day(DAY), "countryCode==fr"), Job(2, JOB.period)]
)
def test_lag_is_not_measured_for(table, clock, job):
    assert Lag(table, clock).look(job) is None


def test_lag_when_the_day_was_erased_meanwhile(table, clock):
    lag = Lag(table, clock)
    waiting = lag.look(JOB)
    table.delete("site#1", f"day#{DAY}")
    assert done(lag, waiting, clock, 5) == 5
    assert lag.look(JOB) is None
