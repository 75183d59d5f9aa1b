"""The time of a hit. Source: Matomo 5.2, tracking behaviour, sections 2 and 3."""

from __future__ import annotations

import pytest

from tests.support.tracking import NOW
from tidemark.model.errors import TrackingError
from tidemark.model.settings import Settings
from tidemark.tracking.timestamps import check_retention, custom_time, is_old, read_time

DAY = 86_400


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1700000000", 1_700_000_000),
        ("2026-11-18 11:06:40", NOW),
        ("2026-11-18T11:06:40", NOW),
        ("2026-11-18T11:06:40Z", NOW),
        ("2026-11-18T12:06:40+01:00", NOW),
        ("2026-11-18", NOW - 40_000),
        ("2026-11-18 11:06", NOW - 40),
        ("2026/11/18 11:06:40", NOW),
        ("Wed, 18 Nov 2026 11:06:40 GMT", NOW),
        ("soon", None),
        ("2026-13-01", None),
        ("", None),
    ],
)
def test_times_are_utc_when_no_zone_is_given(value, expected):
    assert read_time(value) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, None),
        ({"cdt": str(NOW - 10)}, NOW - 10),
        ({"cdt": str(NOW)}, NOW),
        ({"cdt": str(NOW + 1)}, None),
        ({"cdt": str(NOW - 21 * 365 * DAY)}, None),
        ({"cdt": "nonsense"}, None),
        ({"cdo": "60"}, NOW - 60),
        ({"cdo": "-60"}, NOW - 60),
        ({"cdt": str(NOW - 10), "cdo": "60"}, NOW - 70),
        ({"cdt": "0", "cdo": "60"}, NOW - 60),
        ({"cdo": "0"}, None),
    ],
)
def test_custom_time_is_ignored_when_in_the_future_or_unreadable(params, expected):
    assert custom_time(params, NOW) == expected


@pytest.mark.parametrize(("age", "expected"), [(DAY - 1, False), (DAY, True)])
def test_a_time_is_old_when_a_day_has_passed(age, expected):
    assert is_old(NOW - age, NOW, Settings()) is expected


def test_the_age_that_needs_a_token_is_a_setting():
    name = "Tracker.tracking_requests_require_authentication_when_custom_timestamp_newer_than"
    assert is_old(NOW - 600, NOW, Settings({name: 600}))
    assert not is_old(NOW - 599, NOW, Settings({name: 600}))


def test_a_time_is_refused_when_its_raw_data_would_be_deleted():
    settings = Settings({"Deletelogs.delete_logs_enable": True, "Deletelogs.delete_logs_older_than": 30})
    check_retention(NOW - 37 * DAY, NOW, settings)
    with pytest.raises(TrackingError):
        check_retention(NOW - 37 * DAY - 1, NOW, settings)
    check_retention(NOW - 1000 * DAY, NOW, Settings())
