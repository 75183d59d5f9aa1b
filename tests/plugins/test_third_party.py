"""A plugin as anyone would write it: its own package, installed with pip, found by its entry point."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.instance import Instance, serving

PACKAGE = Path(__file__).parent / "third_party"
MODULE = PACKAGE / "tidemark_color_scheme.py"
DAY = "2026-03-02"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that pip installed the package into."""
    source = shutil.copytree(PACKAGE, tmp_path_factory.mktemp("source") / "package")
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--no-index", "--target", target, source], check=True)
    return target


@pytest.fixture(scope="module")
def instance(installed: Path) -> Iterator[Instance]:
    with serving("--ephemeral", environment={"PYTHONPATH": str(installed)}) as instance:
        instance.set_now(f"{DAY}T12:00:00Z")
        instance.add_site()
        for visitor, theme in (("a", "dark"), ("b", "dark"), ("c", "light"), ("d", None)):
            hit = {"url": "https://shop.example.org/", "cid": visitor * 16, "ua": FIREFOX}
            assert instance.track(**hit, **({"theme": theme} if theme else {})).status == 204
        instance.drain()
        yield instance


def rows(instance: Instance, method: str, **params: str) -> dict[str, int]:
    found = instance.api(method, idSite=1, period="day", date=DAY, **params)
    return {row["label"]: row["nb_visits"] for row in found}


def test_the_plugin_fits_thirty_lines():
    lines = [line for line in MODULE.read_text().splitlines() if line.strip()]

    assert len(lines) <= 30


def test_its_report_counts_what_pages_sent(instance: Instance):
    assert rows(instance, "ColorScheme.getSchemes") == {"dark": 2, "light": 1, "unknown": 1}


def test_its_report_names_the_segment_of_each_row(instance: Instance):
    found = instance.api("ColorScheme.getSchemes", idSite=1, period="day", date=DAY)

    assert {row["label"]: row.get("segment") for row in found}["dark"] == "colorScheme==dark"


def test_its_segment_filters_every_other_report(instance: Instance):
    found = instance.api("VisitsSummary.get", idSite=1, period="day", date=DAY, segment="colorScheme==dark")

    assert found["nb_visits"] == 2


def test_longer_periods_merge_its_record(instance: Instance):
    found = instance.api("ColorScheme.getSchemes", idSite=1, period="month", date=DAY)

    assert {row["label"]: row["nb_visits"] for row in found} == {"dark": 2, "light": 1, "unknown": 1}


def test_an_instance_without_the_package_does_not_know_the_method():
    with serving("--ephemeral") as instance:
        assert instance.api("ColorScheme.getSchemes", idSite=1, period="day", date=DAY)["result"] == "error"


def test_the_guide_shows_this_very_plugin():
    guide = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text()

    assert MODULE.read_text().strip() in guide
    assert (PACKAGE / "pyproject.toml").read_text().strip() in guide
