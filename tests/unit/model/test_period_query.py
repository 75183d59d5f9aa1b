from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.model.errors import ApiError, BadDate, BadPeriod
from tidemark.model.period_query import is_multiple_date, parse_date, select_periods

TODAY = date(2010, 3, 7)  # a Sunday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2010-03-06", "2010-03-06"),
        ("2010-3-6", "2010-03-06"),
        ("2010/03/06", "2010-03-06"),
        ("20100306", "2010-03-06"),
        ("2010-03-06 12:34:56", "2010-03-06"),
        ("2010-03-06T12:34:56Z", "2010-03-06"),
        ("2010-02-30", "2010-03-02"),
        ("today", "2010-03-07"),
        ("now", "2010-03-07"),
        ("Yesterday", "2010-03-06"),
        ("yesterdaySameTime", "2010-03-06"),
        ("lastWeek", "2010-02-28"),
        ("last-month", "2010-02-07"),
        ("last year", "2009-03-07"),
        ("1267833600", "2010-03-06"),
        ("2010-02", "2010-02-01"),
        ("2010-2", "2010-02-01"),
        ("06.03.2010", "2010-03-06"),
        ("3/6/2010", "2010-03-06"),
        ("6 March 2010", "2010-03-06"),
        ("06-Mar-2010", "2010-03-06"),
        ("2010-W09", "2010-03-01"),
        ("1 Sept 2010", "2010-09-01"),
        ("31-dec-2010", "2010-12-31"),
        ("2010-W09-6", "2010-03-06"),
        ("midnight", "2010-03-07"),
    ],
)
def test_parse_date_reads(text, day):
    assert parse_date(text, TODAY).isoformat() == day


def test_last_month_runs_on_where_the_month_is_too_short():
    assert parse_date("lastMonth", date(2010, 3, 31)) == date(2010, 3, 3)
    assert parse_date("lastYear", date(2012, 2, 29)) == date(2011, 3, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2010-13-01",
        "2010-01-32",
        "1991-08-05",
        "99999-01-01",
        "9999-01-01",
        "1",
        ",",
        "2010",
        "2010-13",
        "13/13/2010",
        "6 Moon 2010",
        "2010-W60",
        "1 mayhem 2010",
        "٢٠١٠-٠١-٠١",
    ],
)
def test_parse_date_refuses(text):
    with pytest.raises(BadDate):
        parse_date(text, TODAY)


@pytest.mark.parametrize(
    ("period", "text", "keys"),
    [
        ("day", "last3", ["2010-03-05", "2010-03-06", "2010-03-07"]),
        ("day", "previous2", ["2010-03-05", "2010-03-06"]),
        ("week", "last2", ["2010-02-22,2010-02-28", "2010-03-01,2010-03-07"]),
        ("month", "previous2", ["2010-01", "2010-02"]),
        ("year", "last2", ["2009", "2010"]),
        ("day", "last", ["2010-03-07"]),
        ("day", "2010-03-05,today", ["2010-03-05", "2010-03-06", "2010-03-07"]),
        ("week", "2010-02-28,2010-03-01", ["2010-02-22,2010-02-28", "2010-03-01,2010-03-07"]),
        ("day", "lastWeek,yesterday", [f"2010-0{m}-{d:02}" for m, d in [(2, 28), *((3, n) for n in range(1, 7))]]),
    ],
)
def test_several_dates_give_a_map(period, text, keys):
    selection = select_periods(period, text, TODAY)
    assert selection.is_multiple
    assert [one.key for one in selection.periods] == keys


@pytest.mark.parametrize(
    ("period", "text", "key"),
    [
        ("day", "2010-03-06", "2010-03-06"),
        ("month", "yesterday", "2010-03"),
        ("range", "last7", "2010-03-01,2010-03-07"),
        ("range", "previous7", "2010-02-28,2010-03-06"),
        ("range", "2010-01-03,2010-01-04", "2010-01-03,2010-01-04"),
        ("range", "2010-01-03,2010-01-03", "2010-01-03"),  # one day is a day
        ("range", "2010-01-03,2099-01-01", "2010-01-03,2020-12-31"),
    ],
)
def test_one_period(period, text, key):
    selection = select_periods(period, text, TODAY)
    assert not selection.is_multiple
    assert selection.single.key == key


@pytest.mark.parametrize(
    ("period", "text"),
    [
        ("range", "2010-01-04,2010-01-03"),
        ("range", "2010-01-04"),
        ("range", "today"),
        ("day", "2010-01-04,"),
        ("day", "a,b"),
    ],
)
def test_dates_that_make_no_period_are_refused(period, text):
    with pytest.raises(BadDate):
        select_periods(period, text, TODAY)


def test_unknown_and_disabled_periods_are_refused_with_the_enabled_ones():
    with pytest.raises(BadPeriod, match="day, week"):
        select_periods("decade", "today", TODAY, ("day", "week"))
    with pytest.raises(BadPeriod):
        select_periods("month", "today", TODAY, ("day", "week"))


def test_spans_are_limited():
    assert len(select_periods("day", "last99999", TODAY).periods) == 5 * 365
    assert select_periods("range", "last" + "9" * 50, TODAY).single.first == date(1991, 8, 6)


@given(
    st.text(max_size=30) | st.from_regex(r"(last|previous|today|[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,2}|,|[0-9]){1,4}"),
    st.sampled_from(["day", "week", "month", "year", "range", "x"]),
)
def test_any_text_is_read_or_refused(text, period):
    try:
        selection = select_periods(period, text, TODAY)
    except ApiError:
        return
    assert selection.periods
    assert is_multiple_date(text.strip()) or not selection.is_multiple
