# ruff: noqa: INP001 - a script, not a package
"""`make docs`: write the generated parts of the documentation. They stand between two comments that name them."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

from tidemark.tracking.declared import PARAMETERS, Declared

TRACKING: Final = Path(__file__).with_name("tracking.md")
_TESTS: Final = "../tests/unit/tracking"


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
    return with_part(TRACKING.read_text("utf-8"), "parameters", parameter_table())


if __name__ == "__main__":
    TRACKING.write_text(built(), "utf-8")
    sys.stdout.write(f"{TRACKING.name}: {len(PARAMETERS)} parameters\n")
