"""Pages for those who operate and secure an instance: what they name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tidemark.cli.main import app

ROOT = Path(__file__).parents[3]
MONITORING = (ROOT / "infrastructure/monitoring.yaml").read_text()
RUNBOOK = (ROOT / "docs/runbook.md").read_text()


@pytest.mark.parametrize("page", ["security.md", "reliability.md", "runbook.md"])
def test_tests_that_a_page_names_exist(page):
    named = re.findall(r"`((?:tests|web)/[^`]+)`", (ROOT / "docs" / page).read_text())
    assert [one for one in named if not (ROOT / one).exists()] == []
    assert named or page == "runbook.md"


def test_every_threat_names_a_test():
    rows = re.findall(r"^\| .* \| .* \| (.*) \|$", (ROOT / "docs/security.md").read_text(), re.MULTILINE)
    shown = [row for row in rows if (row not in {"shown by", "trusts"} and "`tests/" in row) or "`web/" in row]
    assert len(shown) >= 20


def test_every_alarm_has_its_part_of_the_runbook_and_no_other_has():
    alarms = set(re.findall(r"AlarmName: !Sub \"tidemark-\$\{Environment\}-([a-z-]+)\"", MONITORING))
    described = set(re.findall(r"^### ([a-z-]+)$", RUNBOOK, re.MULTILINE))
    assert alarms == described


def test_commands_of_the_runbook_exist():
    commands = {one.name or one.callback.__name__.replace("_", "-") for one in app.registered_commands}
    commands |= {group.name for group in app.registered_groups}
    named = set(re.findall(r"`?tidemark ([a-z-]+)", RUNBOOK)) - {"production"}
    assert named <= commands
