"""Readers of busy sites see the state of a little while ago; nobody else does."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.visit_log import MadeUpLogs
from tidemark.archiving.pausing import HITS_WITHOUT_PAUSE, MOST_SECONDS, SECONDS_PER_HIT, PausingLogs

SITE, TODAY, YESTERDAY = 1, date(2026, 11, 21), date(2026, 11, 20)


class Logs(MadeUpLogs):
    """Logs whose days have so many hits; notes who had them brought up to date."""

    def __init__(self, hits):
        super().__init__()
        self.hits, self.ensured, self.meanwhile = hits, [], lambda: None
        self.stale[SITE] = [TODAY]

    def ensure(self, idsite, last, send=None):
        self.ensured.append(last)
        super().ensure(idsite, last, send)
        self.meanwhile()

    def days(self, idsite, first, last):
        return [log for day in (YESTERDAY, TODAY) if first <= day <= last for log in [self._log(day)]]

    def _log(self, day):
        self.set_day(SITE, day, {})
        (log,) = super().days(SITE, day, day)
        log.rows["actions"] = self.hits
        return log


class Time:
    """A clock that the test sets."""

    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def busy(time):
    return Logs(100_000)


def test_new_hits_of_a_busy_site_wait_as_long_as_its_hits_say(busy, time):
    readers = PausingLogs(busy, time)
    readers.ensure(SITE, TODAY)
    busy.stale[SITE] = [TODAY]
    time.seconds += 100_000 * SECONDS_PER_HIT - 1
    readers.ensure(SITE, TODAY)
    assert len(busy.ensured) == 1
    time.seconds += 2
    readers.ensure(SITE, TODAY)
    assert len(busy.ensured) == 2
    assert readers.stale_days(SITE) == []


def test_hits_of_other_sites_and_small_days_do_not_wait(time):
    small = Logs(HITS_WITHOUT_PAUSE)
    readers = PausingLogs(small, time)
    for _ in range(3):
        small.stale[SITE] = [TODAY]
        readers.ensure(SITE, TODAY)
    assert len(small.ensured) == 3


def test_a_day_that_was_not_looked_at_does_not_wait(busy, time):
    readers = PausingLogs(busy, time)
    readers.ensure(SITE, TODAY)
    busy.stale[SITE] = [YESTERDAY, TODAY]
    readers.ensure(SITE, TODAY)
    assert busy.ensured == [TODAY, TODAY]


def test_nothing_is_done_where_nothing_is_stale(busy, time):
    readers = PausingLogs(busy, time)
    readers.ensure(SITE, YESTERDAY)
    assert busy.ensured == []


def test_a_pause_lasts_five_minutes_at_most(time):
    giant = Logs(100_000_000)
    readers = PausingLogs(giant, time)
    readers.ensure(SITE, TODAY)
    giant.stale[SITE] = [TODAY]
    time.seconds += MOST_SECONDS + 1
    readers.ensure(SITE, TODAY)
    assert len(giant.ensured) == 2


def test_where_all_is_slow_the_pause_is_as_long(busy, time):
    def slow():
        time.seconds += 20

    busy.meanwhile = slow
    readers = PausingLogs(busy, time)
    readers.ensure(SITE, TODAY)
    busy.stale[SITE] = [TODAY]
    time.seconds += 10 * 20 - 1
    readers.ensure(SITE, TODAY)
    assert len(busy.ensured) == 1
    time.seconds += 2
    readers.ensure(SITE, TODAY)
    assert len(busy.ensured) == 2


def test_no_pause_outlives_the_wish_to_see_all_hits(busy, time):
    readers = PausingLogs(busy, time)
    readers.ensure(SITE, TODAY)
    busy.stale[SITE] = [TODAY]
    readers.end_pauses()
    busy.meanwhile = readers.end_pauses  # somebody wants to see all while another is looking
    readers.ensure(SITE, TODAY)
    busy.stale[SITE] = [TODAY]
    readers.ensure(SITE, TODAY)
    assert len(busy.ensured) == 3
