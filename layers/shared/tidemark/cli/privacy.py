"""Commands about people: what is kept of them, to be given to them or erased."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tidemark.cli.instances import AsJson, Data, OfStack, opened_instance, show
from tidemark.model.access import Identity
from tidemark.model.erasure import Receipt, Subject, SubjectKind
from tidemark.model.errors import ApiError

if TYPE_CHECKING:
    from tidemark.bootstrap import Instance

CONSOLE = Identity("console", is_superuser=True)

UserId = Annotated[str | None, typer.Option(help="The user id that a site gave.")]
VisitorId = Annotated[str | None, typer.Option(help="The visitor id, 16 hexadecimal characters.")]
Address = Annotated[str | None, typer.Option("--ip", help="The address, as it is stored.")]
Segment = Annotated[str | None, typer.Option(help="Single visits, by a segment; needs --site.")]
Sites = Annotated[list[int] | None, typer.Option("--site", help="Only on this site; may be repeated.")]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the console."""
    for command in (export, erase, erasures):
        app.command()(command)


def export(
    user_id: UserId = None,
    visitor_id: VisitorId = None,
    ip: Address = None,
    segment: Segment = None,
    site: Sites = None,
    data: Data = None,
    stack: OfStack = None,
) -> None:
    """Print all raw data of a person as JSON."""
    expression = segment or _segment(_subject(user_id, visitor_id, ip))
    instance = opened_instance(data, stack)
    visits = list(_visits(instance, site, expression))
    answer = _call(instance, "PrivacyManager.exportDataSubjects", {"visits": visits}) if visits else {}
    typer.echo(json.dumps(answer, indent=1))


def erase(
    user_id: UserId = None,
    visitor_id: VisitorId = None,
    ip: Address = None,
    segment: Segment = None,
    site: Sites = None,
    data: Data = None,
    stack: OfStack = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase all that was ever tracked of a person, or the visits of a segment, and print the receipt."""
    if segment is None:
        subject = _subject(user_id, visitor_id, ip)
    instance = opened_instance(data, stack)
    if not yes:
        typer.confirm("This cannot be undone. Erase?", abort=True)
    if segment is not None:
        visits = list(_visits(instance, site, segment))
        if visits:
            _call(instance, "PrivacyManager.deleteDataSubjects", {"visits": visits})
        show({"visits": len(visits)}, as_json)
        return
    show(_facts(instance.erasing().erase(subject, site or (), CONSOLE.login)), as_json)


def erasures(data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Go on with interrupted erasures, repeat those that are due, and print all receipts."""
    erasing = opened_instance(data, stack).erasing()
    erasing.run_pending()
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
