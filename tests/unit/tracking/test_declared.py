"""The table of parameters: complete, true, and the same in the documentation."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from docs.build import TRACKING, built
from tests.fuzz.inputs import VALUES
from tidemark.model.hit import CORE_COLUMNS
from tidemark.plugin.plugin import load_plugins
from tidemark.tracking.declared import PARAMETERS
from tidemark.tracking.hit_log import log_columns

SPEC = Path(__file__).resolve().parents[4] / "shared" / "spec" / "tracking-params.csv"


def test_the_documentation_has_the_table_as_it_is_now():
    assert TRACKING.read_text("utf-8") == built(), "call make docs"


def test_stored_columns_exist():
    columns = {column.name for column in log_columns(load_plugins().dimensions())}
    assert {column for one in PARAMETERS for column in one.stored} <= columns


def test_columns_of_the_core_are_said_to_hold_something():
    derived = {"hit_id", "sequence", "conversion_url", "is_referer_keyword_assumed", "action_type"}
    stored = {column for one in PARAMETERS for column in one.stored}
    assert {column.name for column in CORE_COLUMNS} - stored == derived


@pytest.mark.parametrize("test", sorted({one.test for one in PARAMETERS}))
def test_tests_of_parameters_exist(test):
    file, _, function = test.partition(".")
    assert f"def {function}(" in Path(__file__).with_name(f"{file}.py").read_text("utf-8")


def test_parameters_are_declared_once():
    names = [one.name for one in PARAMETERS]
    assert sorted(set(names)) == sorted(names)


def test_no_parameter_of_the_tracking_api_is_missing():
    if not SPEC.exists():
        pytest.skip("the specification is not beside the project")
    with SPEC.open(encoding="utf-8", newline="") as file:
        wanted = {line["name"] for line in csv.DictReader(file)}
    assert wanted <= {one.name for one in PARAMETERS}


def test_parameters_that_are_fuzzed_are_declared():
    declared = {one.name for one in PARAMETERS}
    campaigns = {"utm_campaign", "mtm_kwd", "pk_campaign"}
    dimensions = {name for name in VALUES if name.startswith("dimension")}
    assert set(VALUES) - campaigns - dimensions <= declared
