"""The instance that a command works on, and how commands print what they did."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tidemark.bootstrap import Instance
from tidemark.clock import SystemClock
from tidemark.config import Config, read_config
from tidemark.local.deploy import DeployError
from tidemark.local.serve import Options, open_stores

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemark.stores.ports import Stores

Data = Annotated[Path | None, typer.Option(help="Folder that keeps everything.", file_okay=False)]
OfStack = Annotated[str | None, typer.Option("--stack", help="A deployed stack, instead of a folder.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def opened_instance(data: Path | None, stack: str | None) -> Instance:
    """The instance in a folder, or of a deployed stack; for the console's own short work."""
    if (data is None) == (stack is None):
        raise typer.BadParameter("give --data with the instance's folder, or --stack with its name on AWS")
    if data is not None and not data.is_dir():
        raise typer.BadParameter(f"there is no folder {data}", param_hint="--data")
    stores = open_stores(Options(0, data=data)) if stack is None else _stores_of(stack)
    return Instance(console_config(), SystemClock(), stores)


def _stores_of(stack: str) -> Stores:
    """The stores of a deployed stack; says what is wrong where they cannot be reached."""
    try:
        return open_stores(Options(0, store="aws", stack=stack))
    except DeployError as error:
        raise typer.BadParameter(
            f"{error} (AWS_PROFILE and AWS_REGION tell account and region)", param_hint="--stack"
        ) from error


def console_config() -> Config:
    """How mails are sent stands in the environment, as for the functions."""
    given = read_config(os.environ)
    return Config(mail_from=given.mail_from, smtp_url=given.smtp_url)


def show(facts: Mapping[str, Any], as_json: bool) -> None:
    """Print facts, as JSON or their values side by side."""
    typer.echo(json.dumps(facts) if as_json else "\t".join(str(value) for value in facts.values()))


def show_done(facts: Mapping[str, Any], as_json: bool) -> None:
    """Print what was done where JSON is wanted; else all is well when nothing is said."""
    if as_json:
        show(facts, as_json)
