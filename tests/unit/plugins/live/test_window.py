from datetime import date

import pytest

from tidemark.model.errors import BadDate, BadPeriod
from tidemark.plugins.live.window import days_of

TODAY = date(2024, 3, 9)


@pytest.mark.parametrize(
    ("period", "text", "expected"),
    [
        ("", "", (None, None)),
        ("day", "", (None, None)),
        ("day", "2024-03-07", (date(2024, 3, 7), date(2024, 3, 7))),
        ("month", "2024-02-10", (date(2024, 2, 1), date(2024, 2, 29))),
        ("day", "today", (date(2024, 3, 8), None)),
        ("day", "2024-03-09", (date(2024, 3, 8), None)),
        ("day", "yesterday", (date(2024, 3, 8), date(2024, 3, 8))),
        ("range", "2024-03-01,2024-03-05", (date(2024, 3, 1), date(2024, 3, 5))),
        ("range", "2024-03-01,today", (date(2024, 3, 1), None)),
        ("day", "last3", (date(2024, 3, 7), None)),
    ],
)
def test_days_are_those_of_the_period_and_open_towards_the_present(period, text, expected):
    assert days_of(period, text, TODAY) == expected


def test_what_cannot_be_read_is_refused():
    with pytest.raises(BadDate):
        days_of("day", "someday", TODAY)
    with pytest.raises(BadPeriod):
        days_of("century", "2024-03-07", TODAY)
