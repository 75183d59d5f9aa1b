"""`tidemark generate`: demo traffic, sent like any other hits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from tidemark.cli.client import Client, ClientError
from tidemark.cli.instances import AsJson, Data, OfStack, opened_instance, show
from tidemark.cli.progress import progress
from tidemark.cli.receivers import Direct, Receiver, Remote, Taken
from tidemark.generating.set_up import make_sites
from tidemark.generating.traffic import Plan, Target, hits_of

BULK: Final = 500
DEMO_DAYS: Final = 14
DEMO_VISITS: Final = 1200

Url = Annotated[str | None, typer.Option(help="Address of a running instance; needs --token.")]
Token = Annotated[str | None, typer.Option(help="API token with write access to the sites.")]


def add_commands(app: typer.Typer) -> None:
    """Add this command to the console."""
    app.command()(generate)


def generate(
    visits: Annotated[int, typer.Option(help="So many visits in all.", min=1)] = 1000,
    sites: Annotated[int, typer.Option(help="Make so many sites, with goals, dimensions and segments.", min=0)] = 1,
    site: Annotated[
        list[int] | None, typer.Option(help="Number of a site that there is, instead; may be repeated.")
    ] = None,
    days: Annotated[int, typer.Option(help="Spread over so many days.", min=1)] = 14,
    last: Annotated[
        datetime | None, typer.Option(help="The last day; today if not given.", formats=["%Y-%m-%d"])
    ] = None,
    seed: Annotated[str, typer.Option(help="The same seed gives the same traffic.")] = "1",
    bulk: Annotated[int, typer.Option(help="Hits in one request.", min=1, max=5000)] = BULK,
    url: Url = None,
    token: Token = None,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Send made-up visits of people to an instance: pages, searches, orders, campaigns, events and all the rest."""
    now = datetime.now(UTC)
    final = (last or now).date()
    try:
        receiver = receiver_of(url, token, data, stack)
        if site:
            targets = [Target(one, _main_url(receiver, one)) for one in site]
        else:
            targets = make_sites(receiver.ask, max(1, sites), final - timedelta(days - 1), final)
        plan = Plan(targets, visits, days, final, seed)
        with progress("visits", visits, "visits", is_quiet=as_json) as advance:
            facts = send_traffic(receiver, plan, now, bulk, advance)
    except ClientError as error:
        _fail(str(error))
    show({"sites": ",".join(str(one.idsite) for one in targets), **facts}, as_json)


def send_traffic(
    receiver: Receiver, plan: Plan, now: datetime, bulk: int, tell: Callable[[int], None]
) -> dict[str, Any]:
    """Send the plan's hits and say how many there were. `tell` hears of every bulk how many visits it ended.

    Raises: ClientError.
    """
    began, sent, refused, visits = time.monotonic(), 0, 0, 0
    for group in _groups(hits_of(plan, now), bulk):
        hits = [hit for visit in group for hit in visit]
        taken = receiver.take(hits) if hits else Taken(0)
        sent, refused, visits = sent + taken.accepted, refused + len(taken.refused), visits + len(group)
        tell(len(group))
    receiver.finish()
    seconds = max(time.monotonic() - began, 1e-9)
    return {"visits": visits, "hits": sent, "refused": refused, "hits_per_second": round(sent / seconds)}


def _groups(visits: Iterator[list[dict[str, Any]]], size: int) -> Iterator[list[list[dict[str, Any]]]]:
    """Visits in groups with about so many hits."""
    group: list[list[dict[str, Any]]] = []
    count = 0
    for visit in visits:
        group.append(visit)
        count += len(visit)
        if count >= size:
            yield group
            group, count = [], 0
    if group:
        yield group


def load_demo(receiver: Receiver, say: Callable[[str], None]) -> None:
    """Send two weeks of traffic to an instance that has no site yet, and tell how far it is."""
    try:
        if receiver.ask("SitesManager.getAllSites"):
            say("demo       there are sites already; nothing was sent")
            return
        now = datetime.now(UTC)
        targets = make_sites(receiver.ask, 1, now.date() - timedelta(DEMO_DAYS - 1), now.date())
        plan = Plan(targets, DEMO_VISITS, DEMO_DAYS, now.date())
        facts = send_traffic(receiver, plan, now, BULK, lambda _: None)
        say(f"demo       done: {facts['hits']} hits, two weeks of traffic on site {targets[0].idsite}")
    except ClientError as error:
        say(f"demo       failed: {error}")


def receiver_of(url: str | None, token: str | None, data: Path | None, stack: str | None) -> Receiver:
    """Where to send: a running instance's address with a token, or an instance on this machine or of a stack."""
    if url is None:
        return Direct(opened_instance(data, stack))
    if token is None or data is not None or stack is not None:
        raise typer.BadParameter("--url needs --token, and neither --data nor --stack")
    return Remote(Client(url, token))


def _main_url(receiver: Receiver, idsite: int) -> str:
    found = receiver.ask("SitesManager.getSiteFromId", idSite=idsite)
    row = found[0] if isinstance(found, list) else found
    return str(row["main_url"]).rstrip("/")


def _fail(message: str) -> NoReturn:
    typer.echo(f"tidemark: {message}", err=True)
    raise typer.Exit(1)
