"""What the layers are built of: the versions that everything was tested with, each for every import."""

from __future__ import annotations

import re

import pytest

from tidemark.local.template import find_template

ROOT = find_template().parent


def pins(path: str) -> dict[str, str]:
    lines = [line.strip() for line in (ROOT / path).read_text().splitlines() if "==" in line and line[0] != "#"]
    return {re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower(): line.partition("==")[2] for line in lines}


@pytest.mark.parametrize("layer", ["shared", "heavy"])
def test_a_layers_versions_are_those_of_the_constraints(layer):
    wanted = pins(f"layers/{layer}/requirements.txt")
    tested = pins("constraints.txt")
    assert wanted
    assert {name: tested.get(name) for name in wanted} == wanted


def test_the_layers_hold_what_the_package_depends_on():
    text = (ROOT / "pyproject.toml").read_text()
    listed = re.search(r"^dependencies = \[(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert listed is not None
    needed = {re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r'"([A-Za-z0-9_.-]+)', listed[1])}
    local = {"typer", "pymysql", "pyyaml", "rich"}  # the console and the local run, which no function loads
    built = pins("layers/shared/requirements.txt").keys() | pins("layers/heavy/requirements.txt").keys()
    assert needed - local <= built
