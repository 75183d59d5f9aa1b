"""Folders of the hit log tell which hours their files are of."""

from __future__ import annotations

import pytest

from tidemark.hit_folders import date_folder, folder, span_of, within

MIDNIGHT = 1_268_179_200  # 2010-03-10 00:00 UTC
HOUR = 3600


@pytest.mark.parametrize(
    ("first", "last", "hours"), [(0, 1, "00"), (23, 24, "23"), (0, 24, "00-23"), (15, 24, "15-23"), (3, 5, "03-04")]
)
def test_a_folder_tells_its_hours(first, last, hours):
    span = MIDNIGHT + first * HOUR, MIDNIGHT + last * HOUR
    assert folder(7, span) == f"hits/site=7/date=2010-03-10/hour={hours}"
    assert span_of(f"{folder(7, span)}/a.parquet") == span


def test_a_date_has_all_folders_of_its_hours():
    assert date_folder("hits/site=7/date=2010-03-10/hour=03-04/a.parquet") == "hits/site=7/date=2010-03-10/"


def test_a_span_lies_in_itself_and_in_longer_ones():
    assert within((3, 5), (3, 5))
    assert within((3, 5), (0, 6))
    assert not within((3, 7), (0, 6))
