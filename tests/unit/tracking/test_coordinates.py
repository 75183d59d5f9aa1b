import pytest

from tidemark.tracking.databases import coordinate


@pytest.mark.parametrize(("sent", "kept"), [(37.7915, 37.792), ("-0.0005", -0.001), (49.25, 49.25), ("x", None)])
def test_coordinates_are_rounded_with_halves_away_from_zero(sent, kept):
    assert coordinate(sent, 3) == kept
