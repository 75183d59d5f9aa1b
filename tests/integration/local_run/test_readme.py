"""The README's curl lines, run as they stand there."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from tests.support.instance import TOKEN, serving

README = Path(__file__).parents[3] / "README.md"


def commands() -> list[str]:
    """The curl commands of the README, continuation lines joined."""
    text = README.read_text().replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if re.match(r"    curl ", line)]


def test_the_lines_of_the_readme_give_the_report_described_there():
    answers = []
    with serving("--ephemeral") as instance:
        for command in commands():
            script = f"TOKEN={TOKEN}; URL={instance.url}; {command} --silent --show-error"
            answers.append(subprocess.run(["bash", "-c", script], capture_output=True, check=True, text=True).stdout)
    site, hit, _drained, summary, pages = answers

    assert json.loads(site) == {"value": 1}
    assert hit == ""
    assert json.loads(summary) | {"nb_uniq_visitors": 1, "nb_users": 0, "nb_visits": 1, "nb_actions": 1} == json.loads(
        summary
    )
    assert "<label>/hello</label>" in pages
