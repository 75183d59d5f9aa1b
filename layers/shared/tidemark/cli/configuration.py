"""Commands about an instance's settings and plugins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Final, NoReturn

import typer

from tidemark.cli.instances import AsJson, Data, OfStack, opened_instance, show, show_done
from tidemark.model.settings import DEFAULTS, Value
from tidemark.plugin.plugin import load_plugins

SWITCHES: Final = {
    "1": True,
    "true": True,
    "on": True,
    "yes": True,
    "0": False,
    "false": False,
    "off": False,
    "no": False,
}
SITE_MARK: Final = ".site"

config_app = typer.Typer(no_args_is_help=True, help="Settings of an instance, by Matomo's names.")
plugins_app = typer.Typer(no_args_is_help=True, help="Plugins: those that come with Tidemark, and installed ones.")
Name = Annotated[str, typer.Argument(help="As in Matomo's configuration: Tracker.visit_standard_length.")]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the console."""
    app.add_typer(config_app, name="config")
    app.add_typer(plugins_app, name="plugins")


@config_app.command("list")
def config_list(
    changed: Annotated[bool, typer.Option("--changed", help="Only what differs from its default.")] = False,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Print the settings: name, value, default."""
    given = opened_instance(data, stack).registry().settings().given
    for name in sorted({*given} if changed else {*DEFAULTS, *given}):
        show({"name": name, "value": given.get(name, DEFAULTS.get(name)), "default": DEFAULTS.get(name)}, as_json)


@config_app.command("get")
def config_get(name: Name, data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Print a setting."""
    given = opened_instance(data, stack).registry().settings().given
    value = given.get(name, DEFAULTS.get(_known(name, given)))
    show({"value": value}, as_json)


@config_app.command("set")
def config_set(
    name: Name,
    value: str,
    force: Annotated[bool, typer.Option("--force", help="Also a name that Tidemark does not know.")] = False,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Change a setting; trackers go by it within a minute. A name with .site3 behind it is that of one site."""
    instance = opened_instance(data, stack)
    registry = instance.registry()
    known = name if force else _known(name, registry.settings().given)
    typed = _typed(value, DEFAULTS.get(known))
    registry.set_settings({name: typed})
    instance.audit_log().note("console", "config set", {"name": name})
    show_done({"name": name, "value": typed}, as_json)


@config_app.command("reset")
def config_reset(name: Name, data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Take a setting back to its default."""
    instance = opened_instance(data, stack)
    instance.registry().set_settings({name: None})
    instance.audit_log().note("console", "config reset", {"name": name})
    show_done({"name": name, "value": DEFAULTS.get(name)}, as_json)


@plugins_app.command("list")
def plugins_list(as_json: AsJson = False) -> None:
    """Print the active plugins: reports, records, dimensions and methods of each."""
    for plugin in load_plugins().all:
        facts = {
            "name": plugin.name,
            "reports": len(plugin.reports),
            "records": len(plugin.records),
            "dimensions": len(plugin.dimensions),
            "segments": len(plugin.segments),
            "methods": len(plugin.methods),
        }
        show(facts, as_json)


def _known(name: str, given: Mapping[str, Value]) -> str:
    """The declared name; that of a site is its own without the site's number."""
    declared = name.partition(SITE_MARK)[0] if name.rpartition(SITE_MARK)[2].isdigit() else name
    near = get_close_matches(declared, DEFAULTS, 3, 0.5)
    if declared not in DEFAULTS and name not in given:
        _fail(f"there is no setting {name!r}" + (f"; did you mean {', '.join(near)}?" if near else ""))
    return declared


def _typed(text: str, default: Value | None) -> Value:
    """The text as what the default is."""
    try:
        match default:
            case bool():
                return SWITCHES[text.lower()]
            case int():
                return int(text)
            case float():
                return float(text)
            case str():
                return text
            case _:
                return _guessed(text)
    except (KeyError, ValueError):
        raise typer.BadParameter(f"'{text}' is not like the default, {json.dumps(default)}") from None


def _guessed(text: str) -> Value:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, (bool, int, float, str)) else text


def _fail(message: str) -> NoReturn:
    typer.echo(f"tidemark: {message}", err=True)
    raise typer.Exit(1)
