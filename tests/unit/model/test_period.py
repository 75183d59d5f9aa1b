from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.model.period import Period, PeriodKind, local_date, parents_of, periods_touching

DAYS = st.dates(date(1992, 1, 1), date(2100, 12, 31))
KINDS = st.sampled_from([PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.YEAR])
TODAY = date(2010, 3, 7)


@pytest.mark.parametrize(
    ("kind", "first", "last", "key"),
    [
        ("day", (2010, 3, 6), (2010, 3, 6), "2010-03-06"),
        ("week", (2010, 3, 1), (2010, 3, 7), "2010-03-01,2010-03-07"),
        ("month", (2010, 3, 1), (2010, 3, 31), "2010-03"),
        ("year", (2010, 1, 1), (2010, 12, 31), "2010"),
    ],
)
def test_containing_gives_bounds_and_key(kind, first, last, key):
    period = Period.containing(PeriodKind(kind), date(2010, 3, 6))
    assert (period.first, period.last, period.key) == (date(*first), date(*last), key)


def test_range_has_both_days_as_key_and_refuses_the_wrong_order():
    assert Period.range(date(2010, 1, 3), date(2010, 1, 4)).key == "2010-01-03,2010-01-04"
    with pytest.raises(ValueError, match="before its first day"):
        Period.range(date(2010, 1, 4), date(2010, 1, 3))


def test_kinds_have_matomos_numbers():
    assert [kind.id for kind in PeriodKind] == [1, 2, 3, 4, 5]


@given(KINDS, DAYS, DAYS)
def test_sub_periods_cover_a_period_once_and_in_order(kind, day, today):
    period = Period.containing(kind, day)
    covered = [one for sub in period.sub_periods(today) for one in sub.days()]
    assert covered == ([] if kind is PeriodKind.DAY else list(period.days()))


@given(DAYS, st.integers(0, 1500), DAYS)
def test_sub_periods_of_a_past_range_cover_it_exactly(first, length, today):
    last = date.fromordinal(min(first.toordinal() + length, date(2110, 12, 31).toordinal()))
    covered = [day for sub in Period.range(first, last).sub_periods(today) for day in sub.days()]
    assert covered == sorted(set(covered))
    assert covered[0] == first
    if last < today:
        assert covered[-1] == last
    else:
        assert set(Period.range(first, last).days()) <= set(covered)


def test_month_is_made_of_whole_weeks_and_days():
    keys = [sub.key for sub in Period.containing(PeriodKind.MONTH, date(2010, 3, 6)).sub_periods(TODAY)]
    assert keys[:4] == [
        "2010-03-01,2010-03-07",
        "2010-03-08,2010-03-14",
        "2010-03-15,2010-03-21",
        "2010-03-22,2010-03-28",
    ]
    assert keys[4:] == ["2010-03-29", "2010-03-30", "2010-03-31"]


@pytest.mark.parametrize(
    ("first", "last", "today", "keys"),
    [
        ("2009-01-01", "2009-12-31", "2010-03-07", ["2009"]),
        ("2009-12-01", "2010-01-31", "2010-03-07", ["2009-12", "2010-01"]),
        ("2010-03-01", "2010-03-07", "2010-06-01", ["2010-03-01,2010-03-07"]),
        ("2010-03-06", "2010-03-09", "2010-06-01", ["2010-03-06", "2010-03-07", "2010-03-08", "2010-03-09"]),
        # the present year, unfinished, stands for its part
        ("2009-12-31", "2010-03-07", "2010-03-07", ["2009-12-31", "2010"]),
        # but not when the range ends before today
        ("2010-01-01", "2010-03-06", "2010-03-07", ["2010-01", "2010-02", *[f"2010-03-0{n}" for n in range(1, 7)]]),
    ],
)
def test_range_takes_the_largest_periods_that_fit(first, last, today, keys):
    period = Period.range(date.fromisoformat(first), date.fromisoformat(last))
    assert [sub.key for sub in period.sub_periods(date.fromisoformat(today))] == keys


def test_periods_touching_a_span_include_both_ends():
    weeks = periods_touching(PeriodKind.WEEK, date(2010, 1, 3), date(2010, 1, 11))
    assert [week.first for week in weeks] == [date(2009, 12, 28), date(2010, 1, 4), date(2010, 1, 11)]


def test_parents_of_a_day():
    assert [period.key for period in parents_of(date(2010, 3, 6))] == ["2010-03-01,2010-03-07", "2010-03", "2010"]


def test_bounds_follow_the_zone_and_its_summer_time():
    zone = ZoneInfo("Europe/Berlin")
    start, end = Period.day(date(2010, 3, 28)).bounds_utc(zone)
    assert end - start == 23 * 3600
    assert local_date(start, zone) == date(2010, 3, 28)
    assert local_date(start - 1, zone) == date(2010, 3, 27)


def test_periods_can_be_keys_and_overlap():
    week = Period.containing(PeriodKind.WEEK, date(2010, 3, 6))
    assert {week: 1}[Period.containing(PeriodKind.WEEK, date(2010, 3, 1))] == 1
    assert week.overlaps(Period.day(date(2010, 3, 7)))
    assert not week.overlaps(Period.day(date(2010, 3, 8)))
    assert week.contains(date(2010, 3, 1))
    assert week.day_count == 7
