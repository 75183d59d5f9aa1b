# ruff: noqa: INP001 - a script, not a package
"""Writes docs/differences.md: every recorded case that fails, with its reason.

`python docs/generate/differences.py RESULTS.json [--out FILE]` reads what the corpus's runner wrote with `--json`. The
reasons stand in reasons.csv: the first line whose fixture, case and difference (shell patterns) fit counts.
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
UNEXPLAINED: Final = "not explained yet"

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

    def fits(self, fixture: str, case: Mapping[str, Any]) -> bool:
        """Whether it explains a case: one of its differences fits."""
        differences: Sequence[str] = case.get("differences") or [""]
        return (
            fnmatchcase(fixture, self.fixture)
            and fnmatchcase(case["case"], self.case)
            and any(fnmatchcase(difference, self.difference) for difference in differences)
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """A failing case and why it fails."""

    fixture: str
    case: str
    matching: float
    kind: str
    reason: str


def read_rules(text: Iterable[str]) -> list[Rule]:
    """The rules in order."""
    return [Rule(*(row[name] for name in Rule.__slots__)) for row in csv.DictReader(text)]


def failures(results: Mapping[str, Any], rules: Sequence[Rule]) -> list[Failure]:
    """The failing cases in the order of the corpus."""
    found = []
    for fixture in results["fixtures"]:
        for case in fixture["cases"]:
            if not case["passed"]:
                rule = next((one for one in rules if one.fits(fixture["name"], case)), None)
                kind, reason = (rule.kind, rule.reason) if rule else ("gap", UNEXPLAINED)
                found.append(Failure(fixture["name"], case["case"], case["matching"], kind, reason))
    return found


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
    counts = Counter((failure.reason, failure.kind) for failure in found)
    lines += [f"| {reason} | {kind} | {count} |" for (reason, kind), count in counts.most_common()]
    lines += ["", "## Case by case", "", "| fixture | case | matching values | reason |", "|---|---|---|---|"]
    lines += [f"| {one.fixture} | `{one.case}` | {one.matching:.1%} | {one.kind}: {one.reason} |" for one in found]
    return "\n".join([*lines, ""])


def main(arguments: Sequence[str]) -> int:
    """Write the page; 1 if a case has no reason."""
    results = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    target = Path(arguments[2]) if arguments[1:2] == ["--out"] else PAGE
    with REASONS.open(newline="", encoding="utf-8") as file:
        rules = read_rules(file)
    target.write_text(page(results, rules), encoding="utf-8")
    unexplained = [one for one in failures(results, rules) if one.reason == UNEXPLAINED]
    for one in unexplained:
        sys.stderr.write(f"no reason: {one.fixture} {one.case} ({one.matching:.1%})\n")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
