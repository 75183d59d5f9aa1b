"""The list of the tracker's rules: each is shown by tests that exist, and none of the sections is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.build import rules

TESTS = Path(__file__).parents[2]
SPEC = Path(__file__).resolve().parents[4] / "shared" / "spec" / "tracking-behaviour.md"
RULES = rules()


@pytest.mark.parametrize("test", sorted({test for one in RULES for test in one.tests}))
def test_tests_of_rules_exist(test):
    file, _, function = test.partition("::")
    assert f"def {function}(" in (TESTS / file).read_text("utf-8")


def test_every_rule_is_tested():
    assert [one.rule for one in RULES if not one.tests] == []


def test_sections_stand_once_and_in_order():
    sections = list(dict.fromkeys(one.section for one in RULES))
    assert [int(section.split()[0]) for section in sections] == list(range(1, 18))
    assert [one.section for one in RULES] == [name for name in sections for one in RULES if one.section == name]


def test_no_section_of_the_tracking_behaviour_is_missing():
    if not SPEC.exists():
        pytest.skip("the specification is not beside the project")
    headings = re.findall(r"^## (\d+)\. ([^(\n]+)", SPEC.read_text("utf-8"), re.MULTILINE)
    wanted = [f"{number} {name.strip()}" for number, name in headings]
    assert wanted == list(dict.fromkeys(one.section for one in RULES))
