from datetime import date

import pytest

from tidemark.model.errors import BadDate
from tidemark.model.past_dates import earlier_date, period_before
from tidemark.model.period import Period, PeriodKind

TODAY = date(2012, 8, 9)


@pytest.mark.parametrize(
    ("period", "text", "count", "earlier"),
    [
        ("day", "today", 1, "2012-08-08"),
        ("day", "2012-03-05", 7, "2012-02-27"),
        ("day", "2012-03-05", 365, "2011-03-05"),
        ("day", "2013-03-05", 365, "2012-03-05"),
        ("week", "2012-03-05", 1, "2012-02-27"),
        ("month", "2012-03-31", 1, "2012-02-29"),
        ("year", "2012-02-29", 1, "2011-02-28"),
        ("day", "2012-03-01,2012-03-02", 2, "2012-02-28,2012-02-29"),
        ("week", "2012-03-06,2012-03-13", 1, "2012-02-27,2012-03-11"),
        ("range", "2012-03-05,2012-03-07", 4, "2012-03-02,2012-03-04"),
        ("range", "last3", 1, "2012-08-04,2012-08-06"),
        ("day", "last7", 1, None),
        ("month", "previous3", 1, None),
        ("day", "lastWeek", 1, None),
    ],
)
def test_a_call_has_a_counterpart_some_periods_before(period, text, count, earlier):
    assert earlier_date(period, text, TODAY, count) == earlier


def test_an_unreadable_date_is_refused():
    with pytest.raises(BadDate):
        earlier_date("day", "someday", TODAY)


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (Period.day(date(2010, 3, 1)), Period.day(date(2010, 2, 28))),
        (Period.containing(PeriodKind.MONTH, date(2010, 3, 31)), Period.containing(PeriodKind.MONTH, date(2010, 2, 1))),
        (Period.range(date(2010, 3, 5), date(2010, 3, 7)), Period.range(date(2010, 3, 2), date(2010, 3, 4))),
    ],
)
def test_the_period_before_is_as_long_and_ends_the_day_before(period, before):
    assert period_before(period) == before
