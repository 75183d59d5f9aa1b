"""The local run: one process that holds the stores, the functions, the HTTP front and the event loop."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tidemark import bootstrap
from tidemark.clock import SettableClock
from tidemark.config import Config, read_config
from tidemark.local import deploy
from tidemark.local.control import OWN_HOSTS, Control
from tidemark.local.front import Front
from tidemark.local.functions import Functions
from tidemark.local.gate import Gate
from tidemark.local.logs import log_to_stderr
from tidemark.local.loop import QueueLoop, ScheduleLoop
from tidemark.local.memory import GivingBack, for_archives, hold_little
from tidemark.local.server import LOOPBACK, HttpServer
from tidemark.local.template import QueueTrigger, ScheduleTrigger, Wiring, find_template, read_wiring
from tidemark.model.links import LINK_BYTES, password_link
from tidemark.model.settings import Value
from tidemark.stores.ports import Queue, Stores

DEFAULT_LOGIN: Final = "admin"
STORES: Final = ("embedded", "aws")
NAMES_GIVEN: Final = "TIDEMARK_BUCKET"
MEMORY_GIVEN: Final = "TIDEMARK_ARCHIVE_MEMORY_MB"
PAUSES_READERS: Final = "TIDEMARK_PAUSES_READERS"
LOG_LEVEL: Final = "WARNING"
FUNCTIONS_ENVIRONMENT: Final = {
    "POWERTOOLS_LOG_LEVEL": LOG_LEVEL,
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_METRICS_NAMESPACE": "Tidemark",
    "POWERTOOLS_SERVICE_NAME": "tidemark",
}
STOP_SECONDS: Final = 10
TURN_SECONDS: Final = 0.002
"""How long a thread computes before another may. Requests wait so long at every statement while archives are made."""
LINK_SECONDS: Final = 7 * 86_400
FIRST_SETTINGS: Final[Mapping[str, Value]] = {"usercountry.location_provider": "geoip2php"}
"""What a new instance chooses where it differs from Matomo's defaults: visitors are located by the shipped database."""

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """How to serve. `token` is the superuser's; without one a first one is made where there is no superuser yet."""

    port: int
    token: str | None = None
    login: str = DEFAULT_LOGIN
    data: Path | None = None
    is_ephemeral: bool = False
    store: str = "embedded"
    stack: str = "tidemark"


class OptionsError(Exception):
    """The options contradict each other."""


class LocalRun:
    """Everything of one local instance, from its stores to its threads."""

    def __init__(self, stores: Stores, wiring: Wiring, *, is_ephemeral: bool) -> None:
        self._stores = stores
        self._clock = SettableClock()
        self._gate = Gate()
        self._functions = Functions(wiring.functions)
        self.instance = bootstrap.Instance(local_config(), self._clock, stores)
        bootstrap.install(self.instance)
        queues = queues_by_resource(stores, wiring)
        self._queue_loops = [
            QueueLoop(trigger, queues[trigger.queue], self._caller(trigger.function), self._gate)
            for trigger in wiring.triggers
            if isinstance(trigger, QueueTrigger)
        ]
        self._hits_loop = next(loop for loop in self._queue_loops if queues[loop.queue_name] is stores.hits)
        schedule_loops = [
            ScheduleLoop(trigger, self._caller(trigger.function), self._gate)
            for trigger in wiring.triggers
            if isinstance(trigger, ScheduleTrigger)
        ]
        self._loops: list[QueueLoop | ScheduleLoop] = [*self._queue_loops, *schedule_loops]
        self._giving_back = GivingBack()
        control = Control(self.drain, self.reset if is_ephemeral else None, self._clock)
        self.front = Front(wiring.triggers, self._serve_call, control.routes())

    def start(self) -> None:
        """Begin to deliver, and load what the first report would otherwise wait for.

        A process that was killed again and again has turned sound messages into dead letters: they get another chance.
        """
        self.instance.requeue_dead_letters()
        for loop in self._loops:
            loop.start()
        self._giving_back.start()
        threading.Thread(target=self._warm_up, name="warm-up", daemon=True).start()

    def stop(self) -> None:
        """Deliver nothing more, then close the stores."""
        for loop in self._loops:
            loop.stop(STOP_SECONDS)
        self._giving_back.stop()
        self._stores.close()

    def drain(self, timeout_seconds: float) -> Mapping[str, int]:
        """Wait until every accepted hit is in the hit log; dead letters get one more chance."""
        spilled = self.instance.replay_spill()
        taken = self._hits_loop.drain(timeout_seconds)
        if self._stores.hits_dead.depth().total:
            self.instance.requeue_dead_letters()
            taken += self._hits_loop.drain(timeout_seconds)
        self.instance.maintain()
        self.instance.end_pauses()
        return {"messages": taken, "spilled": spilled, "dead_letters": self._stores.hits_dead.depth().total}

    def reset(self, settings: Mapping[str, Value]) -> None:
        """Empty the instance, keep the superuser's token, set these settings."""
        with self._gate.alone():
            self.instance.registry().reset(settings, self._stores.reset)
            for loop in self._queue_loops:
                loop.forget()
            self._clock.set(None)
            self.instance.forget()

    def _serve_call(self, function: str, event: dict[str, Any]) -> Any:
        with self._gate.shared():
            answer = self._functions.call(function, event)
        for loop in self._queue_loops:
            loop.nudge()
        return answer

    def _caller(self, function: str) -> Callable[[dict[str, Any]], Any]:
        return lambda event: self._functions.call(function, event)

    def _warm_up(self) -> None:
        try:
            self._functions.load_all()
            self.instance.warm_up()
        except Exception:
            _LOG.exception("A function could not be loaded")


def serve(options: Options, say: Callable[[str], None], begin: Callable[[LocalRun, str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `say` shows a line to the person who started it.

    `begin` is called once requests are answered, with the instance and its address.

    Raises: OptionsError, TemplateError, DeployError, OSError (the port is taken).
    """
    stopping = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stopping.set())
    log_to_stderr(LOG_LEVEL)
    os.environ.update(FUNCTIONS_ENVIRONMENT)
    hold_little()
    sys.setswitchinterval(TURN_SECONDS)
    with running(options) as (run, address, first):
        for line in greeting(address, options, first):
            say(line)
        begin(run, address)
        stopping.wait()


@contextmanager
def running(options: Options) -> Iterator[tuple[LocalRun, str, FirstAccess | None]]:
    """A local instance that answers as long as the context lasts, its address, and how its new superuser gets in if any."""
    wiring = read_wiring(find_template())
    run = LocalRun(open_stores(options), wiring, is_ephemeral=options.is_ephemeral)
    server = HttpServer(options.port, run.front.answer)
    first = ensure_superuser(run.instance, options)
    run.start()
    thread = threading.Thread(target=server.serve, name="http", daemon=True)
    thread.start()
    try:
        yield run, f"http://{LOOPBACK}:{server.port}", first
    finally:
        server.stop(STOP_SECONDS)
        run.stop()


@dataclass(frozen=True, slots=True)
class FirstAccess:
    """How a new superuser gets in: a token of the API, and that of a link by which they choose their password. Shown once."""

    token: str
    link_token: str


def ensure_superuser(instance: bootstrap.Instance, options: Options) -> FirstAccess | None:
    """Make sure that somebody may do everything; how they get in, if they were made for this."""
    registry = instance.registry()
    is_new = not any(user.superuser_access for user in registry.users())
    if is_new:
        registry.set_settings(FIRST_SETTINGS)
    if options.token is not None:
        registry.create_superuser(options.login, options.token)
        return None
    if not is_new:
        return None
    first = FirstAccess(secrets.token_hex(16), secrets.token_hex(LINK_BYTES))
    registry.create_superuser(options.login, first.token)
    registry.set_link(options.login, first.link_token, int(time.time()) + LINK_SECONDS)
    return first


def greeting(address: str, options: Options, first: FirstAccess | None) -> Iterator[str]:
    """What is said once requests are accepted; the line that scripts wait for comes last."""
    yield f"tracking   {address}/matomo.php"
    yield f"reporting  {address}/index.php?module=API"
    yield f"health     {address}/health"
    if first is not None:
        yield f"login      {options.login}, API token {first.token} (shown only now: keep it)"
        yield f"password   {password_link(f'{address}/', first.link_token)} (valid once, for seven days)"
    yield f"ready {address}"


def open_stores(options: Options) -> Stores:
    """The stores that the options name.

    Raises: OptionsError, DeployError (there is no such stack).
    """
    check(options)
    if options.store == "aws":
        if NAMES_GIVEN not in os.environ:
            os.environ.update(deploy.stack_environment(deploy.session(), options.stack))
        return bootstrap.aws_stores(ephemeral=options.is_ephemeral)
    from tidemark.stores.embedded.instance import open_stores as open_embedded  # noqa: PLC0415

    return open_embedded(options.data, ephemeral=options.is_ephemeral)


def check(options: Options) -> None:
    """Raises: OptionsError."""
    if options.store not in STORES:
        raise OptionsError(f"There is no store {options.store!r}; there are {' and '.join(STORES)}.")
    if options.data is not None and (options.is_ephemeral or options.store == "aws"):
        raise OptionsError("--data keeps an embedded instance; it goes neither with --ephemeral nor with --store aws.")
    if options.store == "aws" and options.is_ephemeral:
        endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
        if urlsplit(endpoint).hostname not in OWN_HOSTS:
            raise OptionsError("Only an AWS emulated on this machine (AWS_ENDPOINT_URL) may be emptied by --ephemeral.")


def local_config() -> Config:
    """Settings are fresh at once; memory, pauses and how mails are sent stand in the environment as on AWS."""
    given = read_config({PAUSES_READERS: "1", **os.environ})
    memory = given.archive_memory_mb if MEMORY_GIVEN in os.environ else for_archives(given.archive_memory_mb)
    return Config(
        snapshot_age_seconds=0,
        archive_memory_mb=memory,
        mail_from=given.mail_from,
        smtp_url=given.smtp_url,
        pauses_readers=given.pauses_readers,
    )


def queues_by_resource(stores: Stores, wiring: Wiring) -> dict[str, Queue]:
    """The queues by their logical ids in the template, found through the variables that name them to the functions."""
    by_variable = {"TIDEMARK_HITS_QUEUE_URL": stores.hits, "TIDEMARK_ARCHIVE_QUEUE_URL": stores.archive}
    return {wiring.references[variable]: queue for variable, queue in by_variable.items()}
