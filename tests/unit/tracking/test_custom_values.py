"""Custom dimensions and variables. Source: Matomo 5.2, tracking behaviour, section 13."""

from __future__ import annotations

import pytest

from tests.support.tracking import row, snapshot
from tidemark.model.custom_dimension import ACTION_SCOPE, VISIT_SCOPE, CustomDimension, Extraction

URL = "https://shop.example.org/de/boats?Colour=Deep%20Blue&gclid=1"


def dimension(scope=ACTION_SCOPE, *extractions, **more):
    return CustomDimension(1, more.pop("number", 3), "Own", 1, scope, extractions=extractions, **more)


def value(params, *dimensions):
    return row({"url": URL} | params, snapshot(dimensions=dimensions)).get("custom_dimensions")


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"dimension3": " red "}, {"3": "red"}),
        ({"dimension3": ""}, {"3": ""}),
        ({"dimension3": "x" * 300}, {"3": "x" * 250}),
        ({"dimension3": "a &amp; b"}, {"3": "a & b"}),
        ({"dimension4": "other"}, None),
        ({}, None),
    ],
)
def test_values_come_by_the_number_of_the_dimension_when_sent(params, expected):
    assert value(params, dimension()) == expected


@pytest.mark.parametrize(
    ("extraction", "case_sensitive", "expected"),
    [
        (Extraction("url", r"org/(\w+)/"), True, {"3": "de"}),
        (Extraction("url", r"ORG/(\w+)/"), True, None),
        (Extraction("url", r"ORG/(\w+)/"), False, {"3": "de"}),
        (Extraction("url", r"gclid=(\d)"), True, {"3": "1"}),
        (Extraction("urlparam", "Colour"), True, {"3": "Deep Blue"}),
        (Extraction("urlparam", "colour"), True, None),
        (Extraction("action_name", r"(\w+) boats"), True, {"3": "Fast"}),
        (Extraction("url", ""), True, None),
        (Extraction("url", "("), True, None),
        (Extraction("url", "org"), True, None),
    ],
)
def test_values_are_extracted_when_not_sent(extraction, case_sensitive, expected):
    found = value({"action_name": "Fast boats"}, dimension(ACTION_SCOPE, extraction, case_sensitive=case_sensitive))
    assert found == expected


def test_the_first_extraction_that_finds_something_is_taken_when_there_are_several():
    extractions = (Extraction("urlparam", "nothing"), Extraction("urlparam", "Colour"), Extraction("url", "(org)"))
    assert value({}, dimension(ACTION_SCOPE, *extractions)) == {"3": "Deep Blue"}


def test_only_visit_scope_is_recorded_when_the_hit_has_no_action():
    dimensions = (dimension(ACTION_SCOPE, number=1), dimension(VISIT_SCOPE, number=2))
    assert value({"dimension1": "a", "dimension2": "v", "idgoal": "0"}, *dimensions) == {"2": "v"}


def test_inactive_dimensions_record_nothing():
    assert value({"dimension3": "x"}, dimension(active=False)) is None


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ('{"1":["name","value"],"5":["n","v"]}', {"1": ["name", "value"], "5": ["n", "v"]}),
        ('{"6":["n","v"],"0":["n","v"],"x":["n","v"]}', None),
        ('{"1":["n"],"2":["n","v","w"],"3":"nv","4":{},"5":[["n"],"v"]}', None),
        ('{"1":["","v"]}', None),
        ('{"1":["n",""]}', {"1": ["n", ""]}),
        ('{"1":["n",7]}', {"1": ["n", "7"]}),
        ('{"1":["' + "n" * 300 + '","' + "v" * 300 + '"]}', {"1": ["n" * 200, "v" * 200]}),
        ("[]", None),
        ("{", None),
        ('"x"', None),
        ({"1": {"0": "n", "1": "v"}}, {"1": ["n", "v"]}),
    ],
)
def test_variables_come_by_slot_when_well_formed(sent, expected):
    for name, column in ("_cvar", "custom_variables_visit"), ("cvar", "custom_variables_page"):
        assert row({name: sent}).get(column) == expected
