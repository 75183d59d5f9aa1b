"""`make load SECONDS_OF_LOAD=600 CLIENTS=8`: mixed traffic at the highest rate that a local instance takes, while reports are read.

Afterwards every acknowledged hit has to be in the reports, once, no message may wait, and memory must not have grown in
the last third of the time. A day's archive takes memory with its hits up to what TIDEMARK_ARCHIVE_MEMORY_MB allows; the
instance is allowed so little that ten minutes reach it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random  # noqa: TID251 - seeded traffic
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import psutil

from tests.support.instance import Instance, serving

SITES: Final = 3
READERS: Final = 2
BULK: Final = 20
READ_EVERY_SECONDS: Final = 1.0
MAY_GROW: Final = 1.15
ARCHIVE_MB: Final = 128
AGENTS: Final = tuple(
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
    for version in range(100, 120)
)
REPORTS: Final = ("VisitsSummary.get", "Actions.getPageUrls", "Referrers.getReferrerType", "Live.getLastVisitsDetails")


@dataclass
class Tally:
    """What clients and readers saw."""

    acknowledged: Counter[int] = field(default_factory=Counter)
    """Hits by site."""
    requests: int = 0
    refused: int = 0
    reads: int = 0
    failed: list[str] = field(default_factory=list)
    """Reports that were not answered, and why."""
    slowest: float = 0.0
    """Seconds of a tracking request."""
    memory: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Client(threading.Thread):
    """Visitors of one seed: page views and events, single or in bulks."""

    def __init__(self, number: int, address: str, tally: Tally, is_over: threading.Event) -> None:
        super().__init__(daemon=True)
        self._dice, self._tally, self._is_over = random.Random(number), tally, is_over
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)

    def run(self) -> None:
        while not self._is_over.is_set():
            idsite = 1 + int(self._dice.random() * SITES)
            hits = BULK if self._dice.random() < 0.1 else 1
            queries = [urlencode(self._hit(idsite)) for _ in range(hits)]
            began = time.monotonic()
            is_taken = self._send(queries)
            with self._tally.lock:
                self._tally.requests += 1
                self._tally.slowest = max(self._tally.slowest, time.monotonic() - began)
                self._tally.acknowledged[idsite] += hits * is_taken
                self._tally.refused += not is_taken

    def _hit(self, idsite: int) -> dict[str, Any]:
        visitor = int(self._dice.random() * 5000)
        hit: dict[str, Any] = {"idsite": idsite, "rec": 1, "send_image": 0, "_id": f"{visitor:016x}"}
        hit |= {"url": f"https://shop.example.org/{int(self._dice.random() ** 2 * 800)}", "res": "1920x1080"}
        if self._dice.random() < 0.15:
            hit |= {"e_c": "Video", "e_a": "play", "ca": 1}
        return hit

    def _send(self, queries: list[str]) -> bool:
        agent = {"User-Agent": AGENTS[int(self._dice.random() * len(AGENTS))]}
        try:
            if len(queries) > 1:
                body = json.dumps({"requests": [f"?{query}" for query in queries]})
                self._connection.request("POST", "/matomo.php", body, agent)
            else:
                self._connection.request("GET", f"/matomo.php?{queries[0]}", headers=agent)
            answer = self._connection.getresponse()
            answer.read()
        except OSError:
            self._connection.close()
            return False
        return answer.status in (200, 204)


def read_reports(instance: Instance, tally: Tally, is_over: threading.Event) -> None:
    """A person with a dashboard."""
    number = 0
    while not is_over.wait(READ_EVERY_SECONDS):
        number += 1
        asked = {"idSite": 1 + number % SITES, "period": "day", "date": "today"}
        try:
            answer = instance.api(REPORTS[number % len(REPORTS)], **asked)
            error = answer["message"] if isinstance(answer, dict) and answer.get("result") == "error" else ""
        except (AssertionError, OSError) as caught:
            error = repr(caught)
        with tally.lock:
            tally.reads += 1
            tally.failed += [f"{REPORTS[number % len(REPORTS)]}: {error}"] if error else []


def load(instance: Instance, seconds: float, clients: int) -> Tally:
    """Traffic for so long."""
    tally, is_over = Tally(), threading.Event()
    threads = [Client(number, instance.url, tally, is_over) for number in range(clients)]
    threads += [
        threading.Thread(target=read_reports, args=(instance, tally, is_over), daemon=True) for _ in range(READERS)
    ]
    server, end = psutil.Process(instance.process.pid), time.monotonic() + seconds
    for thread in threads:
        thread.start()
    while time.monotonic() < end:
        tally.memory.append(server.memory_info().rss)
        time.sleep(1)
    is_over.set()
    for thread in threads:
        thread.join()
    return tally


def reported(instance: Instance, idsite: int) -> int:
    """Page views and events in the reports."""
    answer = instance.api("VisitsSummary.getActions", idSite=idsite, period="day", date="last2")
    return sum(map(int, answer.values()))


def is_flat(memory: list[int]) -> bool:
    """Whether the last third of the time took no more than the one before, but for a little."""
    third = len(memory) // 3
    return third == 0 or max(memory[-third:]) <= max(memory[third : 2 * third]) * MAY_GROW


def by_minute(memory: list[int]) -> str:
    """The least and the most MB of each minute."""
    minutes = [memory[start : start + 60] for start in range(0, len(memory), 60)]
    return ", ".join(f"{min(minute) >> 20} to {max(minute) >> 20}" for minute in minutes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--clients", type=int, default=8)
    options = parser.parse_args()
    with serving("--ephemeral", environment={"TIDEMARK_ARCHIVE_MEMORY_MB": str(ARCHIVE_MB)}) as instance:
        for number in range(SITES):
            instance.add_site(f"Site {number}")
        tally = load(instance, options.seconds, options.clients)
        began = time.monotonic()
        drained = instance.drain()
        lag = time.monotonic() - began
        left = instance.drain()["messages"] + drained["dead_letters"]
        counted = {idsite: reported(instance, idsite) for idsite in range(1, SITES + 1)}
    return told(tally, options.seconds, lag, left, counted)


def told(tally: Tally, seconds: float, lag: float, left: int, counted: dict[int, int]) -> int:
    """Print the results; 1 if something is wrong."""
    hits, megabytes = sum(tally.acknowledged.values()), [size // 2**20 for size in tally.memory]
    wrong = {
        site: (tally.acknowledged[site], count) for site, count in counted.items() if tally.acknowledged[site] != count
    }
    rates = f"{hits / seconds:.0f} hits and {tally.requests / seconds:.0f} requests a second for {seconds:.0f} s"
    lines = (
        f"{hits} hits acknowledged in {tally.requests} requests, {rates}; slowest {tally.slowest:.2f} s",
        f"{tally.refused} requests refused; {tally.reads} reports read, {len(tally.failed)} of them errors {tally.failed or ''}".rstrip(),
        f"lag zero {lag:.1f} s after the last hit; {left} messages left",
        f"memory {megabytes[0]} MB at first, at most {max(megabytes)} MB with {ARCHIVE_MB} for archives; flat: {is_flat(tally.memory)}",
        f"memory by minute (MB): {by_minute(tally.memory)}",
        f"reported {sum(counted.values())}; sites that differ (acknowledged, reported): {wrong or 'none'}",
    )
    sys.stdout.write("\n".join(lines) + "\n")
    return int(bool(wrong or left or tally.failed or not is_flat(tally.memory)))


if __name__ == "__main__":
    sys.exit(main())
