# ruff: noqa: INP001 - a script, not a package
"""Writes the commands of docs/console.md as the console itself tells them.

`python docs/generate/console.py` writes the file; a test fails when it is stale.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer

from tidemark.cli.main import app

PAGE: Final = Path(__file__).parent.parent / "console.md"
BEGIN: Final = "<!-- commands -->"
END: Final = "<!-- /commands -->"
ALWAYS: Final = frozenset({"data", "stack", "as_json", "help", "install_completion", "show_completion"})


def commands() -> str:
    """Every command with its arguments and options."""
    return "\n".join(line for name, command in _walk(typer.main.get_command(app), ()) for line in _told(name, command))


def _walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", {})
    if not inner:
        yield " ".join(path), command
    for name in sorted(inner):
        if not inner[name].hidden:
            yield from _walk(inner[name], (*path, name))


def _told(name: str, command: Any) -> Iterator[str]:
    own = [one for one in command.params if one.name not in ALWAYS and not getattr(one, "hidden", False)]
    arguments = [one for one in own if one.param_type_name == "argument"]
    places = " ".join(f"{one.name.upper()}{' …' if one.nargs != 1 else ''}" for one in arguments)
    yield f"### `tidemark {name}{' ' + places if places else ''}`\n"
    yield inspect.cleandoc(command.help or "") + "\n"
    for one in own:
        names = one.name.upper() if one in arguments else ", ".join([*one.opts, *one.secondary_opts])
        yield f"* `{names}`{_default(one)}{': ' + _plain(one.help) if getattr(one, 'help', None) else ''}"
    if own:
        yield ""


def _default(one: Any) -> str:
    if one.required:
        return " (needed)"
    value = one.default
    is_told = value not in (None, "", False, (), []) and not callable(value) and not getattr(one, "is_flag", False)
    return f" ({value})" if is_told else ""


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def built() -> str:
    """docs/console.md as it should be."""
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{commands()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(built(), "utf-8")
