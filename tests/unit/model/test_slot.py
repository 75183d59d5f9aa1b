"""The hours, days, weeks and months that alerts look at."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tidemark.model.slot import earlier, latest_slot, similar

BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("period", "now", "key", "date"),
    [
        ("hour", "2026-11-20T14:09", "2026-11-20T12", "2026-11-20"),
        ("hour", "2026-11-20T14:10", "2026-11-20T13", "2026-11-20"),
        ("hour", "2026-11-20T00:30", "2026-11-19T23", "2026-11-20"),
        ("day", "2026-11-19T23:09", "2026-11-18", "2026-11-18"),
        ("day", "2026-11-19T23:10", "2026-11-19", "2026-11-19"),
        ("week", "2026-11-20T12:00", "2026-11-09", "2026-11-09"),
        ("month", "2026-11-20T12:00", "2026-10-01", "2026-10-01"),
    ],
)
def test_the_latest_slot_in_berlin(period, now, key, date):
    slot = latest_slot(period, BERLIN, at(now))
    assert (slot.key, slot.date) == (key, date)


def test_an_hour_is_a_day_with_a_segment():
    slot = latest_slot("hour", BERLIN, at("2026-11-20T14:10"))
    assert (slot.span, slot.segment) == ("day", "visitStartServerHour==13")
    before = similar(slot, 1, BERLIN)
    assert (before.key, before.segment) == ("2026-11-13T13", slot.segment)
    assert earlier(slot, 1, BERLIN).key == "2026-11-19T13"


def test_an_hour_that_midnight_cuts_belongs_to_no_day():
    assert latest_slot("hour", KOLKATA, at("2026-11-20T19:30")) is None
    assert latest_slot("hour", KOLKATA, at("2026-11-20T20:30")).date == "2026-11-21"


def test_what_came_before():
    day = latest_slot("day", BERLIN, at("2026-11-20T12:00"))
    assert (earlier(day, 1, BERLIN).key, similar(day, 2, BERLIN).key) == ("2026-11-18", "2026-11-05")
    month = latest_slot("month", BERLIN, at("2026-11-20T12:00"))
    assert (earlier(month, 1, BERLIN).key, similar(month, 2, BERLIN).key) == ("2026-09-01", "2026-08-01")
