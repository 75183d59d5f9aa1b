"""Commands about people: what is kept of them, to be given to them or erased."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from tidemark.cli.instances import AsJson, Data, OfStack, Yes, opened_instance, show
from tidemark.cli.progress import progress
from tidemark.model.access import Identity
from tidemark.model.anonymising import Hidden, computed_columns
from tidemark.model.erasure import Receipt, Subject, SubjectKind
from tidemark.model.errors import ApiError

if TYPE_CHECKING:
    from tidemark.bootstrap import Instance

CONSOLE = Identity("console", is_superuser=True)
EXPORTED_AT_ONCE: Final = 500

UserId = Annotated[str | None, typer.Option(help="The user id that a site gave.")]
VisitorId = Annotated[str | None, typer.Option(help="The visitor id, 16 hexadecimal characters.")]
Address = Annotated[str | None, typer.Option("--ip", help="The address, as it is stored.")]
Segment = Annotated[str | None, typer.Option(help="Single visits, by a segment; needs --site.")]
Sites = Annotated[list[int] | None, typer.Option("--site", help="Only on this site; may be repeated.")]
_Columns = Annotated[list[str] | None, typer.Option(help="Empty this column, by Matomo's name; may be repeated.")]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the console."""
    for command in (export, erase, erasures, anonymize):
        app.command()(command)


def export(
    user_id: UserId = None,
    visitor_id: VisitorId = None,
    ip: Address = None,
    segment: Segment = None,
    site: Sites = None,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Print all raw data of a person as JSON (with --json in one line)."""
    expression = segment or _segment(_subject(user_id, visitor_id, ip))
    instance = opened_instance(data, stack)
    visits = list(_visits(instance, site, expression))
    answer: dict[str, list[Any]] = {}
    with progress("export", len(visits), "visits", is_quiet=len(visits) <= EXPORTED_AT_ONCE) as advance:
        for start in range(0, len(visits), EXPORTED_AT_ONCE):
            some = visits[start : start + EXPORTED_AT_ONCE]
            for name, rows in _call(instance, "PrivacyManager.exportDataSubjects", {"visits": some}).items():
                answer.setdefault(name, []).extend(rows)
            advance(len(some))
    typer.echo(json.dumps(answer, indent=None if as_json else 1))


def erase(
    user_id: UserId = None,
    visitor_id: VisitorId = None,
    ip: Address = None,
    segment: Segment = None,
    site: Sites = None,
    data: Data = None,
    stack: OfStack = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Erase all that was ever tracked of a person, or the visits of a segment, and print the receipt."""
    if segment is None:
        subject = _subject(user_id, visitor_id, ip)
    instance = opened_instance(data, stack)
    if not yes:
        typer.confirm("This cannot be undone. Erase?", abort=True)
    if segment is not None:
        _erase_visits(instance, list(_visits(instance, site, segment)), as_json)
        return
    with progress("erase", None, "files and days", is_quiet=as_json) as advance:
        receipt = replace(instance.erasing(), watch=advance).erase(subject, site or (), CONSOLE.login)
    show(_facts(receipt), as_json)


def _erase_visits(instance: Instance, visits: list[dict[str, int]], as_json: bool) -> None:
    """Erase visits and print how many, with the receipt."""
    erasing = instance.erasing()
    before = {receipt.id for receipt in erasing.receipts()}
    if visits:
        _call(instance, "PrivacyManager.deleteDataSubjects", {"visits": visits})
    made = [one for one in erasing.receipts() if one.id not in before and one.login == CONSOLE.login]
    show({"visits": len(visits), **(_facts(made[-1]) if made else {})}, as_json)


def anonymize(
    first: Annotated[datetime, typer.Option(help="First local day.", formats=["%Y-%m-%d"])],
    last: Annotated[
        datetime | None, typer.Option(help="Last local day; the first if not given.", formats=["%Y-%m-%d"])
    ] = None,
    addresses: Annotated[bool, typer.Option("--addresses", help="Mask addresses.")] = False,
    places: Annotated[bool, typer.Option("--places", help="Keep the place of the masked address only.")] = False,
    users: Annotated[bool, typer.Option("--users", help="Replace user ids by pseudonyms.")] = False,
    unset_visit_column: _Columns = None,
    unset_action_column: _Columns = None,
    site: Sites = None,
    data: Data = None,
    stack: OfStack = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Hide parts of what was tracked on past days; their reports are made anew. Prints what was changed."""
    begin, end = first.date(), (last or first).date()
    visits, actions = tuple(unset_visit_column or ()), tuple(unset_action_column or ())
    computed = computed_columns(visits, actions)
    if computed:
        raise typer.BadParameter(f"{', '.join(computed)}: not a column that is stored")
    hidden = Hidden(begin, end, tuple(site or ()), addresses, places, users, visits, actions)
    if hidden.hides_nothing:
        raise typer.BadParameter("say what to hide: --addresses, --places, --users or columns to unset")
    if end < begin:
        raise typer.BadParameter(f"{end} is before {begin}", param_hint="--last")
    instance = opened_instance(data, stack)
    if not yes:
        typer.confirm("This cannot be undone. Anonymize?", abort=True)
    anonymising = instance.anonymising()
    days = sum(
        (span[1] - span[0]).days + 1
        for idsite in anonymising.sites(hidden)
        for span in anonymising.spans(idsite, hidden)
    )
    with progress("anonymize", days, "days", is_quiet=as_json) as advance:
        done = replace(anonymising, watch=advance).order(hidden, CONSOLE.login)
    audited = {"first": str(begin), "last": str(end), "idSites": list(hidden.idsites)}
    instance.audit_log().note(CONSOLE.login, "anonymize", audited)
    show({"id": done.id, "state": done.state.value, **done.counts}, as_json)


def erasures(data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Go on with interrupted erasures and anonymisations, repeat those that are due; print all receipts of erasures."""
    instance = opened_instance(data, stack)
    erasing = instance.erasing()
    erasing.run_pending()
    instance.anonymising().run_pending()
    for receipt in erasing.receipts():
        show(_facts(receipt), as_json)


def _subject(user_id: str | None, visitor_id: str | None, ip: str | None) -> Subject:
    given = {SubjectKind.USER: user_id, SubjectKind.VISITOR: visitor_id, SubjectKind.ADDRESS: ip}
    named = [Subject(kind, value) for kind, value in given.items() if value]
    if len(named) != 1:
        raise typer.BadParameter("name the person by one of --user-id, --visitor-id, --ip and --segment")
    return named[0]


def _segment(subject: Subject) -> str:
    names = {SubjectKind.USER: "userId", SubjectKind.VISITOR: "visitorId", SubjectKind.ADDRESS: "visitIp"}
    escaped = subject.value.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return f"{names[subject.kind]}=={escaped}"


def _visits(instance: Instance, sites: list[int] | None, segment: str) -> Iterator[dict[str, int]]:
    """The visits of a segment, as the API wants them."""
    from tidemark.model.visit_reader import VisitQuery, VisitReader  # noqa: PLC0415 - loads the query engine

    reader = instance.reporter().services[VisitReader]
    for idsite in sites or [site.idsite for site in instance.registry().sites()]:
        try:
            found = reader.visits(VisitQuery((idsite,), segment=segment, with_actions=False))
        except ApiError as error:
            raise typer.BadParameter(str(error)) from error
        for visit in found:
            yield {"idsite": idsite, "idvisit": visit.row["idvisit"]}


def _call(instance: Instance, method: str, params: Mapping[str, Any]) -> Any:
    return instance.reporter().call(method, params, CONSOLE)


def _facts(receipt: Receipt) -> dict[str, Any]:
    return {
        "id": receipt.id,
        "state": receipt.state.value,
        "login": receipt.login,
        "named_by": ",".join(receipt.kinds),
        "requested_at": datetime.fromtimestamp(receipt.requested_at, UTC).isoformat(timespec="seconds"),
        "sites": ",".join(map(str, receipt.idsites)) or "all",
        "days": sum(len(days) for days in receipt.days.values()),
        **receipt.counts,
    }
