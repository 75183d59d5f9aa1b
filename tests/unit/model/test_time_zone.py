from datetime import datetime, timedelta

import pytest

from tidemark.model.time_zone import time_zone


@pytest.mark.parametrize(
    ("name", "hours"),
    [("UTC", 0), ("UTC+5.5", 5.5), ("UTC-3", -3), ("UTC+12.75", 12.75), ("Europe/Berlin", 1), ("Asia/Kolkata", 5.5)],
)
def test_a_zone_is_found_by_name_or_offset(name, hours):
    assert time_zone(name).utcoffset(datetime(2026, 1, 15)) == timedelta(hours=hours)  # noqa: DTZ001  that of the zone


@pytest.mark.parametrize("name", ["", "Nowhere/Land", "UTC+15", "UTC+x", "../../etc/passwd", "/etc/passwd", "Europe"])
def test_other_names_are_refused(name):
    with pytest.raises(ValueError, match="time zone"):
        time_zone(name)
