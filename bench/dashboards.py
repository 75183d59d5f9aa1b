"""What dashboards ask for over many days, warm and in process; and many clients at once over the local HTTP front."""

from __future__ import annotations

import io
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pyarrow.parquet as pq

from report import TOKEN, ask, percentile_95
from synthetic import DAY_START, synthetic_hits
from tidemark.bootstrap import Instance, settle
from tidemark.clock import SettableClock
from tidemark.config import Config
from tidemark.model.site import Site
from tidemark.sessions.rules import own_columns
from tidemark.stores.embedded.instance import open_stores

FIRST_DAY = date(2026, 1, 5)
DAYS = 90
MONTHS = ("2026-03-01,2026-03-30", "2026-02-10,2026-03-11")
"""30 days whose archives stand in one partition, and in two."""
READS_OF_API_GET = 1
"""Numbers of all, new and returning visits of 30 days come with one request."""
ROUNDS = 20
CLIENTS = 50
CALLS_PER_CLIENT = 10


class Counted:
    """A table that counts its reads."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self.reads = 0

    def __getattr__(self, name: str) -> Any:
        if name in {"get", "batch_get", "query"}:
            self.reads += 1
        return getattr(self._table, name)


@contextmanager
def archived_days(days: int) -> Iterator[tuple[Instance, Counted]]:
    """An instance with one site and so many small days, and its counted table of numbers."""
    clock = SettableClock()
    clock.set(DAY_START + (days + 2) * 86_400)
    stores = open_stores(ephemeral=True)
    numbers = Counted(stores.archive_numeric)
    instance = Instance(Config(), clock, replace(stores, archive_numeric=numbers))
    registry = instance.registry()
    registry.create_superuser("admin", TOKEN)
    registry.add_site(Site(0, "Bench", "https://example.org", ts_created=DAY_START - 86_400))
    instance.reporter()
    settle()  # as the function does when it is loaded
    dimensions = own_columns(instance.plugins().dimensions())
    for number in range(days):
        day = FIRST_DAY + timedelta(days=number)
        made = synthetic_hits(300, 60, 50, start=DAY_START + number * 86_400, dimensions=dimensions)
        file = io.BytesIO()
        pq.write_table(made, file, compression="zstd")
        stores.objects.put(f"hits/site=1/date={day}/hour=00/bench.parquet", file.getvalue())
        stores.archive_state.update("site#1", f"day#{day}", add={"mark": 1})
    try:
        yield instance, numbers
    finally:
        stores.close()


def cpu_milliseconds(instance: Instance, **params: Any) -> list[float]:
    """CPU time of each warm call."""
    ask(instance, **params)
    taken = []
    for _ in range(ROUNDS):
        started = time.process_time()
        ask(instance, **params)
        taken.append((time.process_time() - started) * 1000)
    return taken


def of_many_days(days: int = DAYS) -> dict[str, list[float]]:
    """CPU of the calls of a dashboard. API.get over 30 days has to be one request for numbers."""
    last = FIRST_DAY + timedelta(days=days - 1)
    with archived_days(days) as (instance, numbers):
        found = {
            "api_get_30_days": cpu_milliseconds(instance, method="API.get", date=MONTHS[0]),
            "api_get_30_days_of_2_months": cpu_milliseconds(instance, method="API.get", date=MONTHS[1]),
            "processed_report": cpu_milliseconds(
                instance,
                method="API.getProcessedReport",
                apiModule="Actions",
                apiAction="getPageTitles",
                date=str(last),
            ),
            "row_evolution_90_days": cpu_milliseconds(
                instance,
                method="API.getRowEvolution",
                apiModule="DevicesDetection",
                apiAction="getBrowsers",
                label="Chrome",
                date=f"{FIRST_DAY},{last}",
            ),
        }
        for month in MONTHS:
            numbers.reads = 0
            ask(instance, method="API.get", date=month)
            assert numbers.reads == READS_OF_API_GET, numbers.reads
    return found


def of_many_clients() -> list[float]:
    """Wall time of each of the calls of clients that ask at once over HTTP."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    tidemark = Path(sys.executable).with_name("tidemark")
    command = [tidemark, "serve", "--port", str(port), "--token", TOKEN, "--ephemeral"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            while not server.stdout.readline().startswith("ready"):
                assert server.poll() is None, "the local run did not start"
            url = f"http://127.0.0.1:{port}/index.php?"
            call(url, method="SitesManager.addSite", siteName="Bench", urls="https://example.org")
            with ThreadPoolExecutor(CLIENTS) as clients:
                runs = clients.map(lambda _: client(url), range(CLIENTS))
                return [one for taken in runs for one in taken]
        finally:
            server.terminate()


def client(url: str) -> list[float]:
    """Wall time of each call of one client, in milliseconds."""
    taken = []
    for _ in range(CALLS_PER_CLIENT):
        started = time.perf_counter()
        call(url, method="VisitsSummary.get", idSite=1, period="day", date="today")
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def call(url: str, **params: Any) -> Any:
    """The answer of the local run."""
    query = urlencode({"module": "API", "format": "json", "token_auth": TOKEN, **params})
    with urlopen(url + query, timeout=60) as response:
        found = json.load(response)
    assert "result" not in found or found["result"] != "error", found
    return found


def measure() -> dict[str, dict[str, Any]]:
    """The figures, each with its unit and target."""
    taken = {name: (values, "ms cpu", 50) for name, values in of_many_days().items()}
    figures = taken | {"parallel_50_clients": (of_many_clients(), "ms", 500)}
    return {
        f"{name}_{share}_ms": {"value": of(values), "unit": unit, "target": target}
        for name, (values, unit, target) in figures.items()
        for share, of in (("p50", statistics.median), ("p95", percentile_95))
    }


if __name__ == "__main__":
    for name, figure in measure().items():
        print(f"{name:36} {figure['value']:>10.2f} {figure['unit']:8} (target {figure['target']})")
