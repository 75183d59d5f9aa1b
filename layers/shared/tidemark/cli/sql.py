"""SQL over the logs, at the console."""

from __future__ import annotations

import csv
import json
import sys
from typing import Annotated, Any

import typer

from tidemark.cli.instances import AsJson, Data, OfStack, opened_instance
from tidemark.model.access import Identity
from tidemark.model.errors import ApiError

CONSOLE = Identity("console", is_superuser=True)


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the console."""
    app.command()(sql)


def sql(
    query: Annotated[str, typer.Argument(help="One SELECT over hits, visits, actions, conversions, items, visitors.")],
    site: Annotated[str, typer.Option(help="Numbers of sites, or all.")] = "all",
    period: Annotated[str, typer.Option(help="day, week, month, year or range.")] = "day",
    date: Annotated[str, typer.Option(help="A day, today, yesterday, lastN, or two days with a comma.")] = "today",
    limit: Annotated[int, typer.Option(help="Most rows that the answer may have.")] = 1000,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Ask the logs of some sites and days; prints CSV."""
    params = {"sql": query, "idSite": site, "period": period, "date": date, "limit": limit}
    try:
        rows: list[dict[str, Any]] = opened_instance(data, stack).reporter().call("Sql.query", params, CONSOLE)
    except ApiError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps(rows))
    elif rows:
        writer = csv.writer(sys.stdout)
        writer.writerow(rows[0])
        writer.writerows(row.values() for row in rows)
