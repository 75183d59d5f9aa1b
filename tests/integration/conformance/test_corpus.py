"""Replays recorded requests and questions; what once gave the reference's answer has to give it for ever.

The names of passing cases stand in passing/<fixture>.txt. `make golden` adds new ones; lines are only taken away by a
person who says why. Two classes, so that two workers share the work.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.instance import TOKEN, Instance, serving

HERE = Path(__file__).parent
PASSING = HERE / "passing"
CORPUS = HERE.parents[3] / "shared" / "conformance"
IS_WRITING = os.environ.get("TIDEMARK_GOLDEN") == "write"
FIXTURES = sorted(folder.parent.name for folder in CORPUS.glob("*/fixture.json"))

pytestmark = [
    pytest.mark.shared,
    pytest.mark.golden,
    pytest.mark.slow,
    pytest.mark.skipif(not FIXTURES, reason=f"the recorded corpus is not there: {CORPUS}"),
]


@pytest.fixture(scope="class")
def instance() -> Iterator[Instance]:
    with serving("--ephemeral", "--login", "superUserLogin") as instance:
        yield instance


def replay(instance: Instance, fixture: str, results: Path) -> set[str]:
    """The cases of a fixture that give the reference's answer."""
    command = [
        *(sys.executable, CORPUS / "run.py", "--base-url", instance.url, "--token", TOKEN),
        *("--drain-url", f"{instance.url}/_local/drain"),
        *("--reset", f"{sys.executable} {CORPUS / 'reset.py'} {instance.url}"),
        *("--fixture", fixture, "--json", results),
    ]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    found: dict[str, Any] = json.loads(results.read_text())["fixtures"][0]
    assert found["cases"], found["problems"]
    return {case["expected"] or case["case"] for case in found["cases"] if case["passed"]}


def check(instance: Instance, fixture: str, results: Path) -> None:
    """Replay a fixture and hold it to its list, or add to the list."""
    listed = PASSING / f"{fixture}.txt"
    known = set(listed.read_text().splitlines()) if listed.exists() else set()
    passed = replay(instance, fixture, results)
    if IS_WRITING:
        PASSING.mkdir(exist_ok=True)
        listed.write_text("".join(f"{name}\n" for name in sorted(known | passed)))
    lost = sorted(known - passed)
    assert not lost, f"{len(lost)} cases of {fixture} no longer give the reference's answer: {lost}"


class TestOneHalf:
    @pytest.mark.parametrize("fixture", FIXTURES[::2])
    def test_what_passed_still_passes(self, instance: Instance, fixture: str, tmp_path: Path):
        check(instance, fixture, tmp_path / "results.json")


class TestOtherHalf:
    @pytest.mark.parametrize("fixture", FIXTURES[1::2])
    def test_what_passed_still_passes(self, instance: Instance, fixture: str, tmp_path: Path):
        check(instance, fixture, tmp_path / "results.json")
