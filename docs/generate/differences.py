# ruff: noqa: INP001 - a script, not a package
"""Writes docs/differences.md: every recorded case that fails, with its reason.

`python docs/generate/differences.py RESULTS.json [--out FILE]` (`make differences`) reads what the corpus's runner wrote with `--json`. The
reasons stand in reasons.csv: of each difference, the first line whose fixture, case and difference (shell patterns) fit
counts.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
PAGE: Final = HERE.parent / "differences.md"
REASONS: Final = HERE / "reasons.csv"
GAP: Final = "gap"
UNEXPLAINED: Final = "not explained yet"
TRACKING: Final = "answers to tracking requests"
VISIT_LOGS: Final = "visit logs, action by action"

INTRODUCTION: Final = """\
# Where answers differ from Matomo's

This page is written by `make differences RESULTS=...` from the results of replaying the recorded cases; do not edit it.
A reason is of one of two kinds: **choice** (we do not repeat it on purpose) or **gap** (still to be done).
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason for the failing cases that fit its patterns."""

    fixture: str
    case: str
    difference: str
    kind: str
    reason: str

    def fits(self, fixture: str, case: str, difference: str) -> bool:
        """Whether it explains a difference."""
        pairs = ((fixture, self.fixture), (case, self.case), (difference, self.difference))
        return all(fnmatchcase(text, pattern) for text, pattern in pairs)


@dataclass(frozen=True, slots=True)
class Failure:
    """A failing case and why it fails: (kind, reason) of its differences, each once."""

    fixture: str
    case: str
    matching: float
    reasons: tuple[tuple[str, str], ...]

    @property
    def is_unexplained(self) -> bool:
        """Whether a difference has no reason."""
        return (GAP, UNEXPLAINED) in self.reasons


def read_rules(text: Iterable[str]) -> list[Rule]:
    """The rules in order."""
    return [Rule(*(row[name] for name in Rule.__slots__)) for row in csv.DictReader(text)]


def failures(results: Mapping[str, Any], rules: Sequence[Rule]) -> list[Failure]:
    """The failing cases in the order of the corpus."""
    return [
        Failure(fixture["name"], case["case"], case["matching"], _reasons(fixture["name"], case, rules))
        for fixture in results["fixtures"]
        for case in fixture["cases"]
        if not case["passed"]
    ]


def _reasons(fixture: str, case: Mapping[str, Any], rules: Sequence[Rule]) -> tuple[tuple[str, str], ...]:
    """The reasons of all differences, in their order; those of the first rules that fit."""
    found: dict[tuple[str, str], None] = {}
    for difference in case.get("differences") or [""]:
        rule = next((one for one in rules if one.fits(fixture, case["case"], difference)), None)
        found[(rule.kind, rule.reason) if rule else (GAP, UNEXPLAINED)] = None
    return tuple(found)


def area_of(case: Mapping[str, Any]) -> str:
    """What a case is about: the module of its method; visit logs, and answers to tracking requests, apart."""
    method = case.get("method", "")
    if not method:
        return TRACKING
    return VISIT_LOGS if method == "Live.getLastVisitsDetails" else method.partition(".")[0]


def score(results: Mapping[str, Any]) -> list[str]:
    """The table of passing cases and matching values by area, tracking first."""
    areas: dict[str, list[Mapping[str, Any]]] = {}
    for fixture in results["fixtures"]:
        for case in fixture["cases"]:
            areas.setdefault(area_of(case), []).append(case)
    lines = ["| area | cases | pass | matching values |", "|---|---|---|---|"]
    for area in sorted(areas, key=lambda name: (name not in (TRACKING, VISIT_LOGS), name)):
        cases = areas[area]
        passed, matching = sum(one["passed"] for one in cases), sum(one["matching"] for one in cases) / len(cases)
        lines.append(f"| {area} | {len(cases)} | {passed} | {matching:.1%} |")
    return lines


def page(results: Mapping[str, Any], rules: Sequence[Rule]) -> str:
    """The whole page."""
    found = failures(results, rules)
    lines = [
        INTRODUCTION,
        f"{results['passed']} of {results['cases']} cases pass, {results['values']:.2%} of all values match.",
        "",
        "| reason | kind | cases |",
        "|---|---|---|",
    ]
    counts = Counter(reason for failure in found for reason in failure.reasons)
    lines += [f"| {reason} | {kind} | {count} |" for (kind, reason), count in counts.most_common()]
    lines += ["", "## Score by area", "", *score(results)]
    lines += ["", "## Case by case", "", "| fixture | case | matching values | reason |", "|---|---|---|---|"]
    lines += [f"| {one.fixture} | `{one.case}` | {one.matching:.1%} | {_text(one)} |" for one in found]
    return "\n".join([*lines, ""])


def _text(failure: Failure) -> str:
    return "; ".join(f"{kind}: {reason}" for kind, reason in failure.reasons)


def main(arguments: Sequence[str]) -> int:
    """Write the page; 1 if a case has no reason."""
    results = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    target = Path(arguments[2]) if arguments[1:2] == ["--out"] else PAGE
    with REASONS.open(newline="", encoding="utf-8") as file:
        rules = read_rules(file)
    target.write_text(page(results, rules), encoding="utf-8")
    unexplained = [one for one in failures(results, rules) if one.is_unexplained]
    for one in unexplained:
        sys.stderr.write(f"no reason: {one.fixture} {one.case} ({one.matching:.1%})\n")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
