"""What the static scans leave out is told with its reason."""

from __future__ import annotations

import re

import pytest
import yaml

from tidemark.local.template import find_template

FOLDER = find_template().parent / "infrastructure"


@pytest.mark.parametrize(("name", "key"), [("bandit.yaml", "skips"), ("checkov.yaml", "skip-check")])
def test_every_exception_has_a_reason(name, key):
    text = (FOLDER / name).read_text(encoding="utf-8")
    listed = yaml.safe_load(text)[key]
    reasons = dict(re.findall(r"^  - (\S+) +# (.{20,})$", text, re.MULTILINE))
    assert listed
    assert set(listed) == set(reasons)


def test_scans_are_part_of_the_checks():
    makefile = (FOLDER.parent / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^check:.* scan( |$)", makefile, re.MULTILINE)
    script = (FOLDER / "scan.sh").read_text(encoding="utf-8")
    for scanner in ("bandit", "checkov", "pip-audit"):
        assert f"has {scanner}" in script
    for template in ("template.yaml", *(f"infrastructure/{one}.yaml" for one in ("cdn", "monitoring", "lake"))):
        assert template in script


def test_scanners_are_pinned():
    lines = (FOLDER / "scanners.txt").read_text(encoding="utf-8").splitlines()
    assert all("==" in line for line in lines if line and not line.startswith("#"))
