"""`tidemark import-logs`: access logs of servers, with the options that people use of Matomo's importer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, Self
from zlib import crc32

import typer

from tidemark.cli.client import Client, ClientError
from tidemark.cli.instances import AsJson, Data, OfStack, opened_instance, show
from tidemark.cli.progress import progress
from tidemark.cli.receivers import Direct, Receiver, Remote
from tidemark.weblogs.columns import ColumnFormat
from tidemark.weblogs.counting import DOWNLOADS, Selection
from tidemark.weblogs.formats import Format, format_names
from tidemark.weblogs.importing import Reading, Tally, UnknownFormatError, requests_of
from tidemark.weblogs.patterns import own_format
from tidemark.weblogs.reading import lines_of, opened
from tidemark.weblogs.requests import Making

PAYLOAD: Final = 200
QUEUED_BULKS: Final = 8

Texts = list[str] | None


def add_commands(app: typer.Typer) -> None:
    """Add this command to the console."""
    app.command("import-logs")(import_logs)


def import_logs(
    logs: Annotated[list[str], typer.Argument(help="Log files: plain, gzip, bzip2 or xz; - is standard input.")],
    url: Annotated[str | None, typer.Option(help="Address of a running instance; needs --token.")] = None,
    token: Annotated[str | None, typer.Option("--token", "--token-auth", help="API token.")] = None,
    data: Data = None,
    stack: OfStack = None,
    idsite: Annotated[int | None, typer.Option(help="All lines belong to this site.")] = None,
    idsite_fallback: Annotated[int | None, typer.Option(help="The site of hosts that no site has.")] = None,
    add_sites_new_hosts: Annotated[
        bool, typer.Option("--add-sites-new-hosts", help="Make a site for each host that no site has.")
    ] = False,
    log_format_name: Annotated[str, typer.Option(help="Do not guess the format: " + ", ".join(format_names()))] = "",
    log_format_regex: Annotated[
        str, typer.Option(help="An expression with named groups (date, path, ip, host, status, user_agent, …).")
    ] = "",
    log_date_format: Annotated[str, typer.Option(help="Of strptime, where a log has dates of its own.")] = "",
    log_hostname: Annotated[str, typer.Option(help="The host of logs that do not tell it.")] = "",
    w3c_fields: Annotated[str, typer.Option(help="The columns of a W3C log without a header.")] = "",
    w3c_map_field: Annotated[Texts, typer.Option(help="STANDARD=OWN: a column that bears another name.")] = None,
    w3c_time_taken_millisecs: Annotated[
        bool, typer.Option("--w3c-time-taken-millisecs", help="time-taken counts milliseconds (IIS: always).")
    ] = False,
    encoding: Annotated[str, typer.Option(help="Of the logs.")] = "utf-8",
    skip: Annotated[int, typer.Option(help="Leave out so many lines of each log.", min=0)] = 0,
    recorders: Annotated[int, typer.Option(help="Send over so many connections at once.", min=1, max=32)] = 1,
    recorder_max_payload_size: Annotated[int, typer.Option(help="Hits in one request.", min=1)] = PAYLOAD,
    retry_max_attempts: Annotated[int, typer.Option(help="Send a request so often at most.", min=1)] = 4,
    retry_delay: Annotated[float, typer.Option(help="Seconds until the second time; doubled each time.")] = 1.0,
    enable_static: Annotated[bool, typer.Option("--enable-static", help="Count images, styles, scripts.")] = False,
    enable_bots: Annotated[bool, typer.Option("--enable-bots", help="Count bots.")] = False,
    enable_http_errors: Annotated[bool, typer.Option("--enable-http-errors", help="Count 4xx and 5xx.")] = False,
    enable_http_redirects: Annotated[bool, typer.Option("--enable-http-redirects", help="Count 3xx but 304.")] = False,
    exclude_path: Annotated[Texts, typer.Option(help="Paths with * and ?; may be repeated.")] = None,
    exclude_path_from: Annotated[Path | None, typer.Option(help="A file with one such path a line.")] = None,
    include_path: Annotated[Texts, typer.Option(help="Only these paths.")] = None,
    include_path_from: Annotated[Path | None, typer.Option(help="A file with one such path a line.")] = None,
    hostname: Annotated[Texts, typer.Option(help="Only these hosts, with * and ?; may be repeated.")] = None,
    exclude_host: Annotated[Texts, typer.Option(help="Not these addresses of clients.")] = None,
    include_host: Annotated[Texts, typer.Option(help="Only these addresses of clients.")] = None,
    useragent_exclude: Annotated[Texts, typer.Option(help="Not user agents with this text.")] = None,
    download_extensions: Annotated[str, typer.Option(help="Only these are downloads, separated by commas.")] = "",
    add_download_extensions: Annotated[str, typer.Option(help="These are downloads, too.")] = "",
    exclude_older_than: Annotated[datetime | None, typer.Option(help="Not what is older (UTC).")] = None,
    exclude_newer_than: Annotated[datetime | None, typer.Option(help="Not what is newer (UTC).")] = None,
    seconds_to_add_to_date: Annotated[int, typer.Option(help="Shift all times.")] = 0,
    query_string_delimiter: Annotated[str, typer.Option(help="What stands between path and query.")] = "?",
    strip_query_string: Annotated[bool, typer.Option("--strip-query-string", help="Forget queries.")] = False,
    force_lowercase_path: Annotated[bool, typer.Option("--force-lowercase-path", help="Lower paths.")] = False,
    title_category_delimiter: Annotated[str, typer.Option(help="In titles of errors and redirects.")] = "/",
    track_http_method: Annotated[bool, typer.Option("--track-http-method", help="As a page variable.")] = False,
    regex_group_to_visit_cvar: Annotated[Texts, typer.Option(help="GROUP=NAME of a visit variable.")] = None,
    regex_group_to_page_cvar: Annotated[Texts, typer.Option(help="GROUP=NAME of a page variable.")] = None,
    ignore_user: Annotated[bool, typer.Option("--ignore-user", help="Not the log's user names.")] = False,
    replay_tracking: Annotated[
        bool, typer.Option("--replay-tracking", help="The logs are a tracker's own: repeat its hits.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and count, send nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import access logs of web servers, load balancers and CDNs as visits; ends with an exact account of all lines."""
    selection = Selection(
        with_static=enable_static,
        with_bots=enable_bots,
        with_errors=enable_http_errors,
        with_redirects=enable_http_redirects,
        excluded_paths=(*(exclude_path or ()), *_listed(exclude_path_from)),
        included_paths=(*(include_path or ()), *_listed(include_path_from)),
        hostnames=tuple(hostname or ()),
        excluded_hosts=tuple(exclude_host or ()),
        included_hosts=tuple(include_host or ()),
        excluded_user_agents=tuple(useragent_exclude or ()),
        downloads=frozenset(_words(download_extensions)) or DOWNLOADS | frozenset(_words(add_download_extensions)),
        since=_utc(exclude_older_than),
        until=_utc(exclude_newer_than),
    )
    receivers = _receivers(url, token, data, stack, recorders, retry_max_attempts, retry_delay)
    if replay_tracking and idsite is not None:
        raise typer.BadParameter("the hits of a tracker's log name their site", param_hint="--replay-tracking")
    sites = Sites(receivers[0], idsite, idsite_fallback, adds=add_sites_new_hosts and not dry_run)
    making = Making(
        selection,
        sites.main_urls,
        query_string_delimiter,
        strips_query=strip_query_string,
        lowers_path=force_lowercase_path,
        title_delimiter=title_category_delimiter,
        visit_variables=_pairs(regex_group_to_visit_cvar, "--regex-group-to-visit-cvar"),
        page_variables=_pairs(regex_group_to_page_cvar, "--regex-group-to-page-cvar"),
        with_method=track_http_method,
        with_user=not ignore_user,
    )
    mapped = dict(_pairs(w3c_map_field, "--w3c-map-field"))
    reading = Reading(
        sites.site_of,
        making,
        _known(log_format_name),
        _own(log_format_regex),
        log_date_format,
        timedelta(seconds=seconds_to_add_to_date),
        skip,
        replay_tracking,
        log_hostname,
        lambda: ColumnFormat(w3c_fields, mapped, in_milliseconds=w3c_time_taken_millisecs),
    )
    try:
        sites.learn()
        show_account(_run(logs, reading, receivers, recorder_max_payload_size, encoding, dry_run, as_json), as_json)
    except (ClientError, OSError, EOFError) as error:
        _fail(f"{error}. Lines that were sent are stored; --skip leaves them out when the rest is sent")
    except UnknownFormatError as error:
        _fail(f"the format of {error} is none of these; name it by --log-format-name or --log-format-regex")


@dataclass(slots=True)
class Account:
    """What an import did."""

    tally: Tally = field(default_factory=Tally)
    accepted: int = 0
    refused: int = 0
    retries: int = 0
    seconds: float = 0.0

    def facts(self) -> dict[str, Any]:
        """For people and scripts."""
        return {
            "lines": self.tally.lines,
            "requests": self.tally.requests,
            "accepted": self.accepted,
            "refused": self.refused,
            "ignored": dict(sorted(self.tally.ignored.items())),
            "retries": self.retries,
            "lines_per_second": round(self.tally.lines / max(self.seconds, 1e-9)),
            "invalid_lines": [f"{name}:{number}" for name, number in self.tally.invalid],
        }


def show_account(account: Account, as_json: bool) -> None:
    """Print it: what was ignored one reason a line."""
    facts = account.facts()
    if as_json:
        show(facts, as_json)
        return
    for name in ("lines", "requests", "accepted", "refused", "retries", "lines_per_second"):
        typer.echo(f"{name.replace('_', ' '):24} {facts[name]}")
    for reason, count in facts["ignored"].items():
        typer.echo(f"{'ignored: ' + reason:24} {count}")
    for place in facts["invalid_lines"]:
        typer.echo(f"{'cannot be read':24} {place}")


class Sites:
    """Which site a host belongs to, asked for once."""

    def __init__(self, receiver: Receiver, idsite: int | None, fallback: int | None, *, adds: bool) -> None:
        self._receiver = receiver
        self._idsite = idsite
        self._fallback = fallback
        self._adds = adds
        self._known: dict[str, int | None] = {}
        self.main_urls: dict[int, str] = {}

    def learn(self) -> None:
        """Ask for the sites that were named. Raises: ClientError if there is no such."""
        for idsite in {self._idsite, self._fallback} - {None}:
            found = self._receiver.ask("SitesManager.getSiteFromId", idSite=idsite)
            row = found[0] if isinstance(found, list) else found
            self.main_urls[int(row["idsite"])] = str(row["main_url"])

    def site_of(self, host: str) -> int | None:
        """The host's site; None if there is none. Raises: ClientError."""
        if self._idsite is not None:
            return self._idsite
        if host not in self._known:
            self._known[host] = self._asked_for(host) if host else self._fallback
        return self._known[host]

    def _asked_for(self, host: str) -> int | None:
        found = self._receiver.ask("SitesManager.getSitesIdFromSiteUrl", url=f"http://{host}")
        if found:
            return int(found[0]["idsite"])
        if not self._adds:
            return self._fallback
        made = self._receiver.ask("SitesManager.addSite", siteName=host, **{"urls[0]": f"http://{host}"})
        return int(made["value"] if isinstance(made, dict) else made)


def _run(
    logs: list[str],
    how: Reading,
    receivers: list[Receiver],
    size: int,
    encoding: str,
    dry_run: bool,
    is_quiet: bool,
) -> Account:
    account, began = Account(), time.monotonic()
    with progress("lines", None, "lines", is_quiet=is_quiet) as advance, ExitStack() as stack:
        senders = [] if dry_run else [stack.enter_context(_Sender(one, account)) for one in receivers]
        waiting: list[list[dict[str, Any]]] = [[] for _ in receivers]
        for name in logs:
            with opened(name) as file:
                for request in _told(requests_of(name, lines_of(file, encoding), how, account.tally), account, advance):
                    place = crc32(str(request.get("cip", "")).encode()) % len(receivers)
                    waiting[place].append(request)
                    if len(waiting[place]) >= size:
                        _hand_over(senders, waiting, place)
        for place, rest in enumerate(waiting):
            if rest:
                _hand_over(senders, waiting, place)
    if not dry_run:
        receivers[0].finish()
    account.retries = sum(getattr(one, "retries", 0) for one in receivers)
    account.seconds = time.monotonic() - began
    return account


def _told(
    requests: Iterable[dict[str, Any]], account: Account, advance: Callable[[float], None]
) -> Iterator[dict[str, Any]]:
    """The requests; of the lines read for them somebody is told now and then."""
    told = account.tally.lines
    for request in requests:
        if account.tally.lines - told >= PAYLOAD:
            advance(account.tally.lines - told)
            told = account.tally.lines
        yield request
    advance(account.tally.lines - told)


def _hand_over(senders: list[_Sender], waiting: list[list[dict[str, Any]]], place: int) -> None:
    if senders:
        senders[place].send(waiting[place])
    waiting[place] = []


class _Sender:
    """Sends bulks one after the other in a thread: the hits of an address keep their order."""

    def __init__(self, receiver: Receiver, account: Account) -> None:
        self._receiver = receiver
        self._account = account
        self._room = threading.Semaphore(QUEUED_BULKS)
        self._worker = ThreadPoolExecutor(1)
        self._failed: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._worker.shutdown(cancel_futures=self._failed is not None)
        self._check()

    def send(self, bulk: list[dict[str, Any]]) -> None:
        """Have a bulk sent soon. Raises what an earlier one failed with."""
        self._room.acquire()
        self._check()
        self._worker.submit(self._take, bulk)

    def _take(self, bulk: list[dict[str, Any]]) -> None:
        try:
            if self._failed is None:
                taken = self._receiver.take(bulk)
                with _COUNTING:
                    self._account.accepted += taken.accepted
                    self._account.refused += len(taken.refused)
        except BaseException as error:  # noqa: BLE001 - told to who sends
            self._failed = error
        finally:
            self._room.release()

    def _check(self) -> None:
        failed, self._failed = self._failed, self._failed
        if failed is not None:
            raise failed


_COUNTING: Final = threading.Lock()


def _receivers(
    url: str | None, token: str | None, data: Path | None, stack: str | None, count: int, attempts: int, delay: float
) -> list[Receiver]:
    if url is None:
        return [Direct(opened_instance(data, stack))]
    if token is None or data is not None or stack is not None:
        raise typer.BadParameter("--url needs --token, and neither --data nor --stack")
    return [Remote(Client(url, token), attempts, delay) for _ in range(count)]


def _listed(path: Path | None) -> tuple[str, ...]:
    if path is None:
        return ()
    try:
        return tuple(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror}") from error


def _words(text: str) -> list[str]:
    return [word.strip().lower().lstrip(".") for word in text.split(",") if word.strip()]


def _pairs(texts: Texts, option: str) -> list[tuple[str, str]]:
    pairs = [text.partition("=") for text in texts or []]
    if any(not equals for _, equals, _ in pairs):
        raise typer.BadParameter("give it as A=B", param_hint=option)
    return [(first, second) for first, _, second in pairs]


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=moment.tzinfo or UTC)


def _known(name: str) -> str:
    if name and name not in format_names():
        raise typer.BadParameter(f"there is no format '{name}'", param_hint="--log-format-name")
    return name


def _own(expression: str) -> Format | None:
    try:
        return own_format(expression) if expression else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--log-format-regex") from error


def _fail(message: str) -> NoReturn:
    typer.echo(f"tidemark: {message}", err=True)
    raise typer.Exit(1)
