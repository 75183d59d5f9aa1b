"""`tidemark doctor`: what is wrong with an instance, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

import typer

from tidemark.cli.doctor_http import Deployment, examine_url
from tidemark.cli.findings import Finding
from tidemark.cli.instances import AsJson, Data, OfStack, opened_instance, show
from tidemark.model.anonymising import AnonymisingState
from tidemark.model.erasure import ErasureState
from tidemark.model.snapshot import SNAPSHOT_KEY, TrackerSnapshot
from tidemark.stores.errors import NotFoundError, StoreError

if TYPE_CHECKING:
    from tidemark.bootstrap import Instance

MANY: Final = 1000
TOKEN: Final = "TIDEMARK_TOKEN"  # noqa: S105 - the name of a variable


Check = Callable[["Instance"], Finding]


def add_commands(app: typer.Typer) -> None:
    """Add this command to the console."""
    app.command()(doctor)


def doctor(
    url: Annotated[str | None, typer.Option(help="Check a deployment over HTTP by its address, instead.")] = None,
    token: Annotated[
        str, typer.Option(help="With --url: an API token, to check more; better in the environment.", envvar=TOKEN)
    ] = "",
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Check an instance, say what is wrong and how to mend it; ends with status 1 if anything is."""
    if url is not None and urlsplit(url).scheme not in {"http", "https"}:
        raise typer.BadParameter("give the whole address: https://stats.example.org", param_hint="--url")
    is_ill = False
    findings = examine(opened_instance(data, stack)) if url is None else examine_url(Deployment(url, token))
    for finding in findings:
        is_ill = is_ill or bool(finding.mend)
        state = "wrong" if finding.mend else "ok"
        show({"state": state, "check": finding.check, "found": finding.told, "mend": finding.mend}, as_json)
    if is_ill:
        raise typer.Exit(1)


def examine(instance: Instance) -> Iterator[Finding]:
    """The findings of all checks; a store that does not answer is a finding too."""
    for name, check in CHECKS:
        try:
            yield check(instance)
        except StoreError as error:
            yield Finding(name, f"{type(error).__name__}: {error}", "see that the stores can be reached and written")


def superuser(instance: Instance) -> Finding:
    """Somebody has to be able to administer it."""
    able = [user for user in instance.registry().users() if user.superuser_access]
    if not able:
        return Finding("superuser", "there is none", "start it with `tidemark serve --data DIR`, which makes one")
    if not any(user.tokens or user.password_hash for user in able):
        login = able[0].login
        return Finding("superuser", "none can log in", f"tidemark token add {login}, or user reset-password {login}")
    return Finding("superuser", f"{len(able)}")


def sites(instance: Instance) -> Finding:
    """Without a site every hit is refused."""
    count = len(instance.registry().sites())
    return Finding("sites", f"{count}", "" if count else "tidemark site add NAME URL")


def snapshot(instance: Instance) -> Finding:
    """Trackers go by an object that every change rewrites."""
    version = instance.registry().refresh().version
    try:
        stored = TrackerSnapshot.from_json(instance.stores().objects.get(SNAPSHOT_KEY).data).version
    except NotFoundError:
        stored = 0
    except (ValueError, KeyError):
        return Finding("tracker settings", "cannot be read", f"delete the object {SNAPSHOT_KEY}; it is written anew")
    told = f"version {stored} of {version}"
    mend = "run `tidemark archive`, or wait a minute: the schedule writes them" if stored < version else ""
    return Finding("tracker settings", told, mend)


def hits_queue(instance: Instance) -> Finding:
    """Hits have to be taken from the queue."""
    waiting = instance.stores().hits.depth().total
    mend = "start the instance, or see why ingest does not keep up" if waiting > MANY else ""
    return Finding("waiting messages", f"{waiting}", mend)


def dead_letters(instance: Instance) -> Finding:
    """Messages that failed five times."""
    stores = instance.stores()
    count = stores.hits_dead.depth().total + stores.archive_dead.depth().total
    return Finding("dead letters", f"{count}", "read the logs, mend the cause, then `tidemark replay`" if count else "")


def spill(instance: Instance) -> Finding:
    """What collect had to put aside because the queue refused it."""
    count = len(list(islice(instance.stores().objects.listing("spill/"), MANY)))
    return Finding("spilled messages", f"{count}", "tidemark replay" if count else "")


def jobs(instance: Instance) -> Finding:
    """Archives that could not be built."""
    states = instance.job_states()
    failed = [job for site in instance.registry().sites() for job in states.jobs(site.idsite) if job.status == "failed"]
    reasons = ", ".join(sorted({job.reason for job in failed}))
    told = f"{len(failed)} failed" + (f": {reasons}" if reasons else "")
    return Finding(
        "archive jobs", told, "tidemark archive-state; mend the cause, then `tidemark archive`" if failed else ""
    )


def erasures(instance: Instance) -> Finding:
    """Erasures that were interrupted."""
    receipts = instance.erasing().receipts()
    count = sum(1 for receipt in receipts if receipt.state is ErasureState.ORDERED)
    return Finding("unfinished erasures", f"{count}", "tidemark erasures, which goes on with them" if count else "")


def anonymisations(instance: Instance) -> Finding:
    """Orders to anonymise past days that were interrupted."""
    count = sum(1 for one in instance.anonymising().all() if one.state is AnonymisingState.ORDERED)
    return Finding(
        "unfinished anonymisations", f"{count}", "tidemark erasures, which goes on with them" if count else ""
    )


CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("superuser", superuser),
    ("sites", sites),
    ("tracker settings", snapshot),
    ("waiting messages", hits_queue),
    ("dead letters", dead_letters),
    ("spilled messages", spill),
    ("archive jobs", jobs),
    ("unfinished erasures", erasures),
    ("unfinished anonymisations", anonymisations),
)
