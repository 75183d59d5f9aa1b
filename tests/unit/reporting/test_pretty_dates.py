from datetime import date

import pytest

from tidemark.model.period import Period, PeriodKind
from tidemark.reporting.dates import long_period


@pytest.mark.parametrize(
    ("kind", "day", "text"),
    [
        ("day", date(2010, 3, 6), "Saturday, March 6, 2010"),
        ("week", date(2010, 3, 6), "week March 1\u2009\u2013\u20097, 2010"),
        ("week", date(2010, 3, 31), "week March 29\u2009\u2013\u2009April 4, 2010"),
        ("week", date(2010, 1, 1), "week December 28, 2009\u2009\u2013\u2009January 3, 2010"),
        ("month", date(2010, 3, 6), "March 2010"),
        ("year", date(2010, 3, 6), "2010"),
    ],
)
def test_periods_in_words(kind, day, text):
    assert long_period(Period.containing(PeriodKind(kind), day)) == text


def test_ranges_name_month_and_year_once():
    assert long_period(Period.range(date(2010, 1, 3), date(2010, 1, 9))) == "January 3\u2009\u2013\u20099, 2010"
