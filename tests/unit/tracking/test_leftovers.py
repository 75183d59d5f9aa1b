"""What no column holds is kept aside; tokens, addresses and noise are not."""

from __future__ import annotations

import pytest

from tests.support.tracking import row, snapshot
from tidemark.model.custom_dimension import CustomDimension

PAGE = "https://shop.example.org/a"


def kept(params, present=None):
    return {name: value for name, value in row(params, present)["raw"].items() if not name.startswith("@")}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"url": PAGE, "r": "123456", "rand": "1", "send_image": "0", "apiv": "1"}, {}),
        ({"url": PAGE + "?gclid=1"}, {"url": PAGE + "?gclid=1"}),
        ({"url": PAGE, "ping": "1"}, {"url": PAGE}),
        ({"url": PAGE, "urlref": "https://blog.example.net/a"}, {}),
        (
            {"url": PAGE, "urlref": "https://blog.example.net/a?gclid=1"},
            {"urlref": "https://blog.example.net/a?gclid=1"},
        ),
        ({"url": PAGE, "link": "https://x"}, {"url": PAGE}),
        ({"ma_id": "7", "x": {"0": "y"}, "res": "1x1"}, {"ma_id": "7", "x": {"0": "y"}, "res": "1x1"}),
        ({"dimension9": "lost?"}, {"dimension9": "lost?"}),
        ({"token_auth": "x", "token": "y", "cip": "198.51.100.9", "cdt": "1"}, {}),
    ],
)
def test_parameters_are_kept_when_no_column_holds_them(params, expected):
    assert kept(params) == expected


def test_known_dimensions_are_not_kept_twice():
    present = snapshot(dimensions=[CustomDimension(1, 9, "Own", 1, "visit")])
    assert kept({"dimension9": "held"}, present) == {}


def test_place_and_languages_are_kept_when_no_plugin_has_columns_for_them():
    found = row({})["raw"]
    assert (found["@location"], found["@language"]) == (["de", None, None, None, None], "de-DE,de;q=0.9")
