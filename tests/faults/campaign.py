"""Runs of the campaign: `python -m tests.faults.campaign RUNS SEED` (make faults) prints faults by outcomes.

In a run, hits arrive at an instance while its stores fail and its processes die; jobs and reports go on meanwhile. Then the
faults end, time passes, and the schedules do what they always do. Every acknowledged hit has to be in the reports, once;
what a report said in between was never more than what was sent; and no queue, dead letter or job may be left.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random  # noqa: TID251 - seeded, so that a run can be repeated
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlencode

from samtranslator.yaml_helper import yaml_parse

from tests.faults.faulty import KINDS, Fate, KilledError, faulty
from tidemark.bootstrap import Instance
from tidemark.clock import SettableClock
from tidemark.config import Config
from tidemark.local.template import find_template
from tidemark.model.site import Site
from tidemark.plugin.plugin import load_plugins
from tidemark.reporting.request import ApiRequest
from tidemark.stores.embedded.instance import open_stores
from tidemark.stores.ports import StoreError, Stores
from tidemark.tracking.request import Request

TOKEN: Final = "0123456789abcdef0123456789abcdef"
NOON: Final = 1_795_003_200  # 2026-11-18 12:00:00 UTC
STEPS: Final = 40
VISIBLE_SECONDS: Final = 120
ROUNDS: Final = 40
SITES: Final = (1, 2)
DAYS: Final = ("2026-11-17", "2026-11-18")


ALARMED_QUEUES: Final = {"HitsDeadQueue": "hits_dead", "ArchiveDeadQueue": "archive_dead"}


def alarm_thresholds() -> dict[str, int]:
    """From how many messages on an alarm of monitoring.yaml tells of a queue, by the queue's name here."""
    template = find_template().parent / "infrastructure" / "monitoring.yaml"
    resources = yaml_parse(template.read_text(encoding="utf-8"))["Resources"].values()
    alarms = [one["Properties"] for one in resources if one["Type"] == "AWS::CloudWatch::Alarm"]
    return {
        ALARMED_QUEUES[alarm["Dimensions"][0]["Value"]["Ref"]]: alarm["Threshold"]
        for alarm in alarms
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    }


ALARMS: Final = alarm_thresholds()


class UnhealedError(AssertionError):
    """After a run something is not as it has to be."""


def few_plugins() -> dict[str, Any]:
    """What the reports looked at need: other plugins go the same ways, and take most of the time."""
    return {"plugins": load_plugins(("core_home", "visits_summary", "actions", "api"))}


@dataclass
class Run:
    """One run, a function of its seed."""

    seed: int
    counts: Counter[str] = field(default_factory=Counter)
    acknowledged: Counter[tuple[int, str]] = field(default_factory=Counter)
    sent: set[tuple[int, str]] = field(default_factory=set)
    shared: dict[str, Any] = field(default_factory=few_plugins)
    """What does not depend on stores, and takes long to load: plugins and their records."""
    visible_seconds: int = VISIBLE_SECONDS

    def run(self, folder: Path) -> None:
        """Raises: UnhealedError."""
        self.random = Random(self.seed)
        self.clock = SettableClock(NOON)
        self.stores = self._open(folder)
        try:
            self._set_up()
            self.likely = {kind: self.random.choice((0, 0.002, 0.01, 0.05)) for kind in KINDS}
            self.process = self._process()
            for _ in range(STEPS):
                self._step(
                    self.random.choice((self._track, self._track, self._ingest, self._plan, self._build, self._report))
                )
            self._end_faults()
            self._recover()
            self._check()
        finally:
            self.stores.close()

    def _open(self, folder: Path) -> Stores:
        return open_stores(folder, ephemeral=True, clock=self.clock)

    def _end_faults(self) -> None:
        self.likely = {}

    def _pass_time(self) -> None:
        self.clock.set(self.clock.now() + 600)

    def _set_up(self) -> None:
        registry = self._instance(self.stores).registry()
        registry.create_superuser("admin", TOKEN)
        for idsite in SITES:
            registry.add_site(Site(0, f"Site {idsite}", "https://shop.example.org", NOON - 86_400 * 9))

    def _instance(self, stores: Stores) -> Instance:
        instance = Instance(Config(snapshot_age_seconds=0), self.clock, stores)
        instance._lasting = self.shared
        return instance

    def _process(self) -> Instance:
        """A new process, with a fate of its own."""
        fate = Fate(self.random, self.likely, self.counts, meanwhile=self._other_build)
        return self._instance(faulty(self._reached(), fate))

    def _reached(self) -> Stores:
        """The stores as a process reaches them."""
        return self.stores

    def _other_build(self) -> None:
        """A process that nothing happens to takes and does what waits in the archive queue."""
        instance = self._instance(self.stores)
        for message in self.stores.archive.receive(10, self.visible_seconds):
            instance.builder().run(message.body)
            self.stores.archive.delete([message.receipt])

    def _step(self, work: Any) -> None:
        try:
            work()
        except KilledError:
            self.process = self._process()
        except StoreError:
            self.counts["failed and came again"] += 1
        self.clock.set(self.clock.now() + self.random.choice((0, 1, 30, VISIBLE_SECONDS + 1)))

    # ---- what processes do

    def _track(self) -> None:
        """One request with one or several hits; a client repeats it as long as it gets no answer."""
        idsite = self.random.choice(SITES)
        hits = []
        for _ in range(self.random.choice((1, 1, 3))):
            url = f"https://shop.example.org/{len(self.sent)}"
            self.sent.add((idsite, url))
            at = NOON - self.random.choice((0, 60, 3600, 86_400))
            hits.append({"idsite": idsite, "rec": 1, "url": url, "cid": f"{self.random.randrange(4):016x}", "cdt": at})
        queries = ["?" + urlencode(hit) for hit in hits]
        body = json.dumps({"requests": queries, "token_auth": TOKEN}).encode()
        request = Request("POST", "/matomo.php", "", {}, body, "198.51.100.1")
        answer = self.process.collector().collect(request)
        if answer.status == 200:
            self.acknowledged.update((idsite, hit["url"]) for hit in hits)
        else:
            self.counts["not acknowledged"] += len(hits)

    def _ingest(self) -> None:
        queue = self.process.stores().hits
        messages = queue.receive(self.random.choice((1, 3, 10)), self.visible_seconds)
        if messages:
            failed = self.process.ingest().run(messages).failed
            queue.delete([one.receipt for one in messages if one.id not in failed])

    def _plan(self) -> None:
        """As the function does."""
        self.process.replay_spill()
        self.process.maintain()
        self.process.planner().plan()

    def _build(self) -> None:
        queue = self.process.stores().archive
        for message in queue.receive(1, self.visible_seconds):
            self.process.builder().run(message.body)
            queue.delete([message.receipt])

    def _report(self) -> None:
        """What a reader sees meanwhile: an error, or nothing that was never sent, and nothing twice."""
        idsite, day = self.random.choice(SITES), self.random.choice(DAYS)
        pages = self._pages(self.process, idsite, day)
        if pages is None:
            self.counts["report refused"] += 1
        else:
            self._compare(idsite, pages, is_over=False)

    def _pages(self, instance: Instance, idsite: int, day: str, period: str = "day") -> Counter[str] | None:
        asked = {"idSite": idsite, "period": period, "date": day, "flat": 1, "filter_limit": -1}
        form = {"module": "API", "format": "json", "method": "Actions.getPageUrls", "token_auth": TOKEN, **asked}
        answer = instance.reporter().handle(ApiRequest(form=urlencode(form)))
        rows = json.loads(answer.body)
        if not isinstance(rows, list):
            return None
        return Counter({f"https://shop.example.org{row['label']}": row["nb_hits"] for row in rows})

    # ---- afterwards

    def _recover(self) -> None:
        """Time passes, and the schedules run, until nothing is left to do."""
        self.process = self._process()
        for _ in range(ROUNDS):
            self._pass_time()
            self._plan()
            self._ingest_all()
            self._plan()
            while messages := self.stores.archive.receive(10, self.visible_seconds):
                for message in messages:
                    self.process.builder().run(message.body)
                    self.stores.archive.delete([message.receipt])
            if (
                not (self.stores.hits.depth().total or self.stores.archive.depth().total)
                and not self.process.planner().plan()
            ):
                break
        if stuck := self._stuck():
            without = stuck.keys() - {name for name, depth in stuck.items() if depth >= ALARMS.get(name, depth + 1)}
            self._demand(not without, f"nobody hears of what is stuck in {sorted(without)}")
            self.counts["set aside, with an alarm"] += 1
            self.process.requeue_dead_letters()
            self._ingest_all()
            self.process.archive_all()

    def _stuck(self) -> dict[str, int]:
        """How many messages are where nothing takes them away by itself."""
        depths = {
            name: getattr(self.stores, name).depth().total for name in ("hits", "archive", *ALARMED_QUEUES.values())
        }
        return {name: depth for name, depth in depths.items() if depth}

    def _ingest_all(self) -> None:
        while messages := self.stores.hits.receive(10, self.visible_seconds):
            failed = self.process.ingest().run(messages).failed
            self.stores.hits.delete([one.receipt for one in messages if one.id not in failed])
            if failed:
                break

    def _check(self) -> None:
        instance = self._instance(self.stores)
        for idsite in SITES:
            by_day: Counter[str] = Counter()
            for day in DAYS:
                by_day += self._pages(instance, idsite, day) or Counter()
            self._compare(idsite, by_day, is_over=True)
            month = self._pages(instance, idsite, DAYS[0], "month") or Counter()
            self._demand(month == by_day, f"site {idsite}: the month has {month - by_day}, its days {by_day - month}")
            self._demand(not instance._visit_logs().stale_days(idsite), f"site {idsite} has stale days")
        for name in ("hits", "archive", "hits_dead", "archive_dead"):
            self._demand(getattr(self.stores, name).depth().total == 0, f"{name} has messages")
        left = [info.key for info in self.stores.objects.listing("spill/")]
        self._demand(not left, f"left: {left}")

    def _compare(self, idsite: int, pages: Counter[str], *, is_over: bool) -> None:
        sent = {url for site, url in self.sent if site == idsite}
        twice = {url: count for url, count in pages.items() if count > 1}
        self._demand(not twice, f"site {idsite} counts {twice}")
        self._demand(pages.keys() <= sent, f"site {idsite} has pages that nobody sent: {pages.keys() - sent}")
        if is_over:
            missing = {url for site, url in self.acknowledged if site == idsite} - pages.keys()
            self._demand(not missing, f"site {idsite} lost {missing}")

    def _demand(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise UnhealedError(f"seed {self.seed}: {otherwise}")


def campaign(runs: int, seed: int, make: Callable[..., Run] = Run, kinds: Sequence[str] = KINDS) -> int:
    """Run and print; how many runs were not healed."""
    shared = few_plugins()
    table: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    others: Counter[str] = Counter()
    hits, failures, began = 0, 0, time.process_time()
    for number in range(seed, seed + runs):
        run = make(number, shared=shared)
        outcome = "healed"
        with TemporaryDirectory(prefix="tidemark-faults-") as folder:
            try:
                run.run(Path(folder))
            except UnhealedError as error:
                outcome, failures = "NOT HEALED", failures + 1
                print(error, flush=True)
        hits += len(run.acknowledged)
        for kind in kinds:
            table[kind]["times"] += run.counts[kind]
            table[kind][outcome] += bool(run.counts[kind])
        others += Counter({name: count for name, count in run.counts.items() if name not in kinds})
        if sys.stderr.isatty():
            print(f"\r{number - seed + 1} of {runs}", end="", file=sys.stderr)
    print(f"{'fault':18} {'times':>8} {'runs healed':>12} {'not healed':>12}")
    for kind, row in table.items():
        print(f"{kind:18} {row['times']:>8} {row['healed']:>12} {row['NOT HEALED']:>12}")
    for name, count in sorted(others.items()):
        print(f"{name:32} {count:>8}")
    print(
        f"{runs} runs (seeds {seed} to {seed + runs - 1}), {hits} hits acknowledged, {time.process_time() - began:.0f} s CPU"
    )
    print(f"{runs - failures} healed, {failures} not")
    return failures


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        sys.exit(1 if campaign(int(sys.argv[1]), int(sys.argv[2])) else 0)
