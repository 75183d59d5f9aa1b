"""When reports are due, in the time zone of their site."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tidemark.model.due import before, latest_due

BERLIN = ZoneInfo("Europe/Berlin")


def at(text, zone=UTC):
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("rhythm", "now", "due", "told"),
    [
        ("day", "2026-11-20T07:00", "2026-11-20T07:00", "2026-11-19"),
        ("day", "2026-11-20T06:59", "2026-11-19T07:00", "2026-11-18"),
        ("week", "2026-11-20T12:00", "2026-11-16T07:00", "2026-11-09"),
        ("week", "2026-11-16T06:00", "2026-11-09T07:00", "2026-11-02"),
        ("month", "2026-11-20T12:00", "2026-11-01T07:00", "2026-10-01"),
        ("month", "2026-01-01T06:59", "2025-12-01T07:00", "2025-11-01"),
    ],
)
def test_the_latest_due_time(rhythm, now, due, told):
    for zone in (UTC, BERLIN, ZoneInfo("Pacific/Auckland")):
        found = latest_due(rhythm, 7, zone, at(now, zone))
        assert (found.at, found.told) == (at(due, zone), date.fromisoformat(told))


def test_an_hour_that_the_clocks_leave_out():
    due = latest_due("day", 2, BERLIN, at("2026-03-29T12:00", BERLIN))
    assert due.at == at("2026-03-29T01:00")
    assert due.told == date(2026, 3, 28)


def test_an_hour_that_the_clocks_show_twice_is_due_once():
    first, second = at("2026-10-25T00:30"), at("2026-10-25T01:30")
    assert latest_due("day", 2, BERLIN, first) == latest_due("day", 2, BERLIN, second)


def test_what_comes_by_another_rhythm():
    with pytest.raises(ValueError, match="never"):
        before("never", date(2026, 1, 1))
