"""Commands about archives: make them, have them made again, see what there is to do, tidy up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

from tidemark.archiving.plan import Selection
from tidemark.cli.instances import AsJson, Data, OfStack, opened_instance, show
from tidemark.cli.progress import progress
from tidemark.model.errors import ApiError
from tidemark.model.period import Period, PeriodKind, days_between
from tidemark.model.segment import parse_segment

Numbers = Annotated[str, typer.Option(help="Numbers, separated by commas.")]
Kinds = Annotated[str, typer.Option(help="day, week, month, year, range, separated by commas.")]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the console."""
    for command in (archive, archive_state, invalidate, housekeep):
        app.command()(command)


def archive(
    force_idsites: Numbers = "",
    skip_idsites: Numbers = "",
    force_periods: Kinds = "",
    force_date_range: Annotated[str, typer.Option(help="FIRST,LAST: look at all days of this span.")] = "",
    force_date_last_n: Annotated[int, typer.Option(help="Look at all of the last so many days.", min=0)] = 0,
    skip_all_segments: Annotated[bool, typer.Option("--skip-all-segments", help="Archive all visits only.")] = False,
    max_archives_to_process: Annotated[int | None, typer.Option(help="Build so many archives at most.", min=1)] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make all of these anew from the hits, whatever is stored.")
    ] = False,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Bring stale archives up to date."""
    first, last = _span(force_date_range, force_date_last_n)
    selection = Selection(
        frozenset(_numbers(force_idsites)),
        frozenset(_numbers(skip_idsites)),
        frozenset(_kinds(force_periods)),
        first,
        last,
        has_segments=not skip_all_segments,
        limit=max_archives_to_process,
    )
    instance = opened_instance(data, stack)
    if rebuild:
        sites = [site.idsite for site in instance.registry().sites() if selection.has_site(site.idsite)]
        instance.invalidation().rebuild(sites, first or date.min, last or date.max)
    planned = instance.plan_archives(selection)
    with progress("archives", planned, "archives", is_quiet=as_json or not planned) as advance:
        done = instance.archive_queued(advance)
    show({"jobs": done}, as_json)


def archive_state(data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Print what is not up to date, since when, what is being done about it and what failed, then the queue's depth."""
    instance = opened_instance(data, stack)
    for job in instance.queue_state().jobs([site.idsite for site in instance.registry().sites()]):
        facts = asdict(job) | {"period": job.period.kind.value, "dates": job.period.range_text}
        times = {name: _text(facts[name]) for name in ("since", "queued_at", "started_at", "failed_at")}
        show({**facts, **times}, as_json)
    stores = instance.stores()
    show({"queued": stores.archive.depth().total, "dead_letters": stores.archive_dead.depth().total}, as_json)


def invalidate(
    first: Annotated[datetime, typer.Option(help="First local day.", formats=["%Y-%m-%d"])],
    idsite: Annotated[list[int] | None, typer.Argument(help="Numbers of the sites.")] = None,
    all_sites: Annotated[bool, typer.Option("--all-sites", help="Of every site, instead of numbers.")] = False,
    last: Annotated[
        datetime | None, typer.Option(help="Last local day; the first if not given.", formats=["%Y-%m-%d"])
    ] = None,
    periods: Kinds = "day",
    segment: Annotated[str, typer.Option(help="Archives of this segment only.")] = "",
    cascade: Annotated[bool, typer.Option("--cascade", help="Also what is inside the periods.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also build archives that there are not.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell how many it would be.")] = False,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Have archives built anew, with those of longer periods around them; prints how many will be."""
    try:
        parse_segment(segment)
    except ApiError as error:
        raise typer.BadParameter(str(error), param_hint="--segment") from error
    begin, end = first.date(), (last or first).date()
    if end < begin:
        raise typer.BadParameter(f"{end} is before {begin}", param_hint="--last")
    if bool(idsite) == all_sites:
        raise typer.BadParameter("name the sites, or say --all-sites", param_hint="idsite")
    wanted = list(dict.fromkeys(_periods(_kinds(periods), begin, end)))
    instance = opened_instance(data, stack)
    sites = idsite or [site.idsite for site in instance.registry().sites()]
    count = instance.invalidation().invalidate_archives(
        sites, wanted, segment, cascades=cascade, forces=force, is_dry_run=dry_run
    )
    show({"archives": count}, as_json)


def housekeep(data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Merge small hit files, delete what is older than the settings allow, sweep what nobody names any more."""
    show(asdict(opened_instance(data, stack).housekeeper().run(everything=True)), as_json)


def _periods(kinds: list[PeriodKind], first: date, last: date) -> Iterator[Period]:
    for kind in kinds:
        if kind is PeriodKind.RANGE:
            yield Period.range(first, last)
        else:
            yield from (Period.containing(kind, day) for day in days_between(first, last))


def _numbers(text: str) -> Iterator[int]:
    for part in filter(None, map(str.strip, text.split(","))):
        if not part.isdigit():
            raise typer.BadParameter(f"{part!r} is no number")
        yield int(part)


def _kinds(text: str) -> list[PeriodKind]:
    try:
        return [PeriodKind(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise typer.BadParameter(f"{text!r}: {', '.join(PeriodKind)} are the periods that there are") from error


def _span(between: str, last_days: int) -> tuple[date | None, date | None]:
    if last_days:
        today = datetime.now(UTC).date()
        return today - timedelta(days=last_days - 1), today
    if not between:
        return None, None
    try:
        first, last = (date.fromisoformat(part.strip()) for part in between.split(","))
    except ValueError as error:
        raise typer.BadParameter("give --force-date-range as 2024-01-01,2024-01-31") from error
    return first, last


def _text(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
