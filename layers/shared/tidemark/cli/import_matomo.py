"""`tidemark import matomo`: a Matomo database becomes sites, users and visits of the past; a parity report says how well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn
from urllib.parse import unquote, urlsplit

import typer

from tidemark.cli.instances import AsJson, Data, OfStack, opened_instance, show
from tidemark.cli.progress import progress
from tidemark.model.period import Period
from tidemark.model.time_zone import time_zone

if TYPE_CHECKING:
    from tidemark.bootstrap import Instance
    from tidemark.importing.database import MatomoDatabase
    from tidemark.importing.logs import SiteRules
    from tidemark.importing.parity import Difference
    from tidemark.model.table import DataTable

DEFAULT_PORT: Final = 3306
SHOWN: Final = 20
PASSWORD: Final = "TIDEMARK_MATOMO_PASSWORD"  # noqa: S105 - the name of a variable

import_app = typer.Typer(no_args_is_help=True, help="Take over what other products hold.")


def add_commands(app: typer.Typer) -> None:
    """Add this command to the console."""
    app.add_typer(import_app, name="import")


@import_app.callback()
def importing() -> None:
    """Take over what other products hold."""


@import_app.command("matomo")
def import_matomo(
    database: Annotated[
        str, typer.Option(help="mysql://USER@HOST:PORT/NAME, or mysql://USER@/NAME?socket=/path for a socket.")
    ],
    password: Annotated[
        str, typer.Option(help="Better in the environment; asked for where neither is given.", envvar=PASSWORD)
    ] = "",
    no_password: Annotated[bool, typer.Option("--no-password", help="The user has none.")] = False,
    prefix: Annotated[str, typer.Option(help="What the tables' names begin with.")] = "matomo_",
    source: Annotated[str, typer.Option(help="Tells databases apart whose sites come to one instance.")] = "matomo",
    site: Annotated[list[int] | None, typer.Option("--site", help="Only this site of Matomo; may be repeated.")] = None,
    first: Annotated[datetime | None, typer.Option(help="Not earlier days.", formats=["%Y-%m-%d"])] = None,
    last: Annotated[datetime | None, typer.Option(help="Not later days.", formats=["%Y-%m-%d"])] = None,
    again: Annotated[bool, typer.Option("--again", help="Also days whose rows have not changed.")] = False,
    no_archives: Annotated[bool, typer.Option("--no-archives", help="Archive later, and compare nothing.")] = False,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Take over a Matomo database: sites, goals, dimensions, segments, users without passwords, and all visits.

    May be interrupted and run again: nothing is counted twice. Ends with status 3 if a number differs from Matomo's.
    """
    from tidemark.importing.database import MatomoDatabase, NotMatomoError  # noqa: PLC0415 - with the query engine

    instance = opened_instance(data, stack)
    secret = password or ("" if no_password else typer.prompt("Password of the database", hide_input=True, err=True))
    with closing(_connected(database, secret)) as connection, closing(_connected(database, secret, True)) as long_reads:
        try:
            found = MatomoDatabase(connection, prefix, long_reads)
        except NotMatomoError as error:
            _fail(f"{error}; is the prefix another one?")
        work = Takeover(instance, found, source, None if first is None else first.date(), last and last.date())
        differences = work.run(site or (), again=again, archives=not no_archives, as_json=as_json)
    if any(not one.is_equal for one in differences):
        raise typer.Exit(3)


class Takeover:
    """One run of the command."""

    def __init__(
        self, instance: Instance, database: MatomoDatabase, source: str, first: date | None, last: date | None
    ) -> None:
        self._instance = instance
        self._database = database
        self._source = source
        self._first = first
        self._last = last

    def run(self, wanted: Iterable[int], *, again: bool, archives: bool, as_json: bool) -> list[Difference]:
        """Do everything and tell of it; the parity report."""
        from tidemark.importing.administration import take_over  # noqa: PLC0415
        from tidemark.importing.notes import Notes  # noqa: PLC0415

        notes = Notes(self._instance.stores().archive_state, self._source)
        taken = take_over(self._database, self._instance.registry(), notes, tuple(wanted))
        show({"taken_over": dict(taken.counts), "left_behind": taken.left_behind}, as_json)
        differences: list[Difference] = []
        for rules in taken.sites.values():
            differences += self._site(rules, again=again, archives=archives, as_json=as_json)
        _report(differences, as_json)
        return differences

    def _site(self, rules: SiteRules, *, again: bool, archives: bool, as_json: bool) -> list[Difference]:
        from tidemark.importing.days import days_of  # noqa: PLC0415
        from tidemark.importing.parity import compared  # noqa: PLC0415
        from tidemark.importing.takeover import import_days  # noqa: PLC0415

        site = self._instance.registry().site(rules.idsite)
        zone = time_zone(site.timezone if site else "UTC")
        days = days_of(self._database, rules.old_idsite, zone, self._first, self._last)
        with progress(f"site {rules.idsite}", len(days), "days", is_quiet=as_json) as advance:
            imports = self._instance.imports()
            done = import_days(self._database, imports, rules, zone, days, again=again, tell=advance)
        if done.oldest is not None:
            self._instance.note_created(rules.idsite, done.oldest)
        facts = {"days": done.days, "unchanged": done.unchanged, "visits": done.visits, "actions": done.actions}
        show({"site": rules.idsite, **facts, "conversions": done.conversions}, as_json)
        if not archives:
            return []
        with progress(f"archives {rules.idsite}", len(days), "days", is_quiet=as_json) as advance:
            differences: list[Difference] = []
            for day in days:
                numbers = self._numbers(rules.idsite, day)
                differences += compared(self._database, rules.old_idsite, [day], lambda _, own=numbers: own)  # type: ignore[misc]
                differences += self._tables(rules, day)
                advance(1)
        return differences

    def _numbers(self, idsite: int, day: date) -> Mapping[str, float]:
        archive = self._instance.archiver().ensure(idsite, Period.day(day))
        return {} if archive is None else {name: float(value) for name, value in archive.numbers.items()}

    def _tables(self, rules: SiteRules, day: date) -> Iterable[Difference]:
        """The values of all tables of a day."""
        from tidemark.importing.tables import compared_tables  # noqa: PLC0415

        archives = self._instance.reporter().archives
        records = frozenset(one.name for one in self._instance.plugins().records())

        def here(record: str) -> DataTable:
            return archives.table(rules.idsite, Period.day(day), record, expanded=True)

        return compared_tables(self._database, rules.old_idsite, day, records, here)


def _report(differences: list[Difference], as_json: bool) -> None:
    """How many numbers agree, metric by metric, and each that does not."""
    if not differences:
        return
    unequal = [one for one in differences if not one.is_equal]
    by_metric: dict[str, list[Difference]] = {}
    for one in differences:
        by_metric.setdefault(one.metric, []).append(one)
    for metric, of_metric in sorted(by_metric.items()):
        equal = sum(one.is_equal for one in of_metric)
        facts = {"metric": metric, "days": len({one.day for one in of_metric})}
        show({**facts, "values": len(of_metric), "equal": equal}, as_json)
    for one in unequal if as_json else unequal[:SHOWN]:
        facts = {"differs": one.metric, "row": one.row, "day": str(one.day)}
        show({**facts, "matomo": one.there, "tidemark": one.here}, as_json)
    total = {"compared": len(differences), "equal": len(differences) - len(unequal), "different": len(unequal)}
    show(total if as_json else {"all": f"{total['equal']} of {total['compared']} numbers are equal"}, as_json)


def _connected(address: str, password: str, is_for_long_reads: bool = False) -> Any:
    """A read-only connection; one for long reads leaves results with the server until they are fetched."""
    import pymysql  # noqa: PLC0415 - only this command needs a driver
    from pymysql.cursors import Cursor, SSCursor  # noqa: PLC0415

    parts = urlsplit(address)
    name = parts.path.strip("/")
    if parts.scheme not in {"mysql", "mariadb"} or not name:
        raise typer.BadParameter("give it as mysql://USER@HOST:PORT/NAME", param_hint="--database")
    socket = dict(one.partition("=")[::2] for one in parts.query.split("&") if one).get("socket")
    try:
        connection = pymysql.connect(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or DEFAULT_PORT,
            user=unquote(parts.username or "root"),
            password=password,
            database=name,
            unix_socket=socket,
            charset="utf8mb4",
            cursorclass=SSCursor if is_for_long_reads else Cursor,
            read_timeout=3600,
        )
        with connection.cursor() as cursor:
            cursor.execute("SET time_zone = '+00:00'")
            cursor.execute("SET SESSION TRANSACTION READ ONLY")
    except pymysql.MySQLError as error:
        _fail(f"the database cannot be opened: {error.args[-1]}")
    return connection


def _fail(message: str) -> NoReturn:
    typer.echo(f"tidemark: {message}", err=True)
    raise typer.Exit(1)
