# ruff: noqa: INP001 - a script, not a package
"""`make docs`: write the generated parts of the documentation. They stand between two comments that name them."""

from __future__ import annotations

import csv
import re
import sys
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from tidemark.tracking.declared import PARAMETERS, Declared

TRACKING: Final = Path(__file__).with_name("tracking.md")
RULES: Final = Path(__file__).with_name("generate") / "tracking_rules.csv"
_TESTS: Final = "../tests/unit/tracking"


class Rule(NamedTuple):
    """A rule of Matomo's tracker. `section` is that of the list of its behaviour; `tests` are file::function in tests/.

    `note` says where ours differs, or how it keeps the rule.
    """

    section: str
    rule: str
    note: str
    tests: tuple[str, ...]


def rules() -> list[Rule]:
    """All of them, in the order of the list."""
    with RULES.open(encoding="utf-8", newline="") as file:
        return [
            Rule(one["section"], one["rule"], one["note"], tuple(one["tests"].split())) for one in csv.DictReader(file)
        ]


def rule_tables() -> str:
    """Every rule with the tests that show it, as a table per section in Markdown."""
    parts = []
    for section, members in groupby(rules(), lambda one: one.section):
        lines = ["| rule | tests | |", "|---|---|---|", *map(_rule_line, members)]
        parts.append(f"### {section}\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _rule_line(one: Rule) -> str:
    links = (f"[{test}](../tests/{file})" for file, _, test in (name.partition("::") for name in one.tests))
    return f"| {one.rule} | {', '.join(links)} | {one.note} |"


def parameter_table() -> str:
    """Every parameter, as a table in Markdown."""
    lines = ["| parameter | stored | used by | test |", "|---|---|---|---|", *map(_line, PARAMETERS)]
    return "\n".join(lines)


def _line(one: Declared) -> str:
    name = one.name.replace("|", "\\|")
    stored = ", ".join(f"`{column}`" for column in one.stored) or "–"
    file, _, test = one.test.partition(".")
    return f"| `{name}` | {stored} | {one.used_by} | [{test}]({_TESTS}/{file}.py) |"


def with_part(text: str, name: str, content: str) -> str:
    """The document with its generated part of that name renewed."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    return pattern.sub(lambda _: f"{begin}\n{content}\n{end}", text)


def built() -> str:
    """docs/tracking.md as it should be."""
    text = with_part(TRACKING.read_text("utf-8"), "parameters", parameter_table())
    return with_part(text, "rules", rule_tables())


if __name__ == "__main__":
    TRACKING.write_text(built(), "utf-8")
    sys.stdout.write(f"{TRACKING.name}: {len(PARAMETERS)} parameters, {len(rules())} rules\n")
