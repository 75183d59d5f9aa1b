"""When a value is worth an alert."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.plugins.custom_alerts.judging import distance, judged

STEADY = [100.0, 103.0, 97.0, 101.0, 99.0, 100.0, 102.0, 98.0]


@pytest.mark.parametrize(
    ("condition", "limit", "value", "past", "is_triggered"),
    [
        ("less_than", 10, 9, [], True),
        ("less_than", 10, 10, [], False),
        ("greater_than", 10, 11, [], True),
        ("greater_than", 10, 10, [], False),
        ("increase_more_than", 5, 16, [10], True),
        ("increase_more_than", 5, 15, [10], False),
        ("decrease_more_than", 5, 4, [10], True),
        ("decrease_more_than", 5, 16, [10], False),
        ("percentage_increase_more_than", 50, 16, [10], True),
        ("percentage_increase_more_than", 50, 15, [10], False),
        ("percentage_increase_more_than", 1000, 1, [0], True),
        ("percentage_increase_more_than", 0, 0, [0], False),
        ("percentage_decrease_more_than", 50, 4, [10], True),
        ("percentage_decrease_more_than", 50, 0, [0], False),
        ("increase_more_than", 5, 100, [], False),
        ("anomaly", 3.5, 160, STEADY, True),
        ("anomaly", 3.5, 40, STEADY, True),
        ("anomaly", 3.5, 110, STEADY, False),
        ("anomaly", 3.5, 1000, STEADY[:4], False),
        ("anomaly", 3.5, 3, [0, 1, 0, 0, 0, 2], False),
        ("anomaly", 3.5, 5, [0, 1, 0, 0, 0, 2], True),
        ("anomaly", 3.5, 0.6, [0.31, 0.3, 0.29, 0.3, 0.32], True),
        ("anomaly", 3.5, 0.31, [0.3] * 5, False),
        ("anomaly", 3.5, 1, [], False),
    ],
)
def test_judgement(condition, limit, value, past, is_triggered):
    assert judged(condition, limit, value, past).is_triggered is is_triggered


def test_an_outlier_of_the_past_hides_nothing():
    with_outlier = [*STEADY[:-1], 100_000.0]
    assert distance(160.0, with_outlier) > 3.5
    assert judged("anomaly", 3.5, 160, with_outlier).usual == 100.5


@given(st.floats(-1e9, 1e9), st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=10))
def test_distance_is_a_number_with_the_sign_of_the_difference(value, past):
    from statistics import median

    found = distance(value, past)
    assert not math.isnan(found)
    assert found == 0 or (found > 0) == (value > median(past))
