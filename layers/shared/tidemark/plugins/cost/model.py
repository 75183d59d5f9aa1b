"""What a month costs: counted work (counts.json, written by `make cost`) times traffic times prices.

How the traffic comes is assumed: hits are spread evenly over the month and the sites; ingest gets what comes in
WINDOW_SECONDS, at most BATCH_HITS at once; the archives of a site that has hits are refreshed every REFRESH_SECONDS, at
most once per hit. A call of AWS is waited for CALL_SECONDS, in memory that is paid.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from tidemark.plugins.cost import prices

MONTH_SECONDS: Final = 30 * 86_400
WINDOW_SECONDS: Final = 30
BATCH_HITS: Final = 2_500
"""Lambda hands over 6 MB at most."""
REFRESH_SECONDS: Final = 900
CALL_SECONDS: Final = 0.010
POLLS_PER_MONTH: Final = MONTH_SECONDS / 20
"""What one poller asks an empty queue."""
HITS_POLLERS: Final = 2
"""Lambda keeps so many for a queue with little traffic."""
ARCHIVE_POLLERS: Final = 5
"""As many where the concurrency is bounded, while the mapping is on."""
MESSAGES_PER_REQUEST: Final = 10
SPILL_LOOKS: Final = 24 * 30
BUSIEST_OVER_MEAN: Final = 10
"""How far above the month's mean the work of tables with given capacity may rise before they would refuse some."""
IDLE_MINUTES: Final = 10
"""How often an idle instance plans."""
SNAPSHOT_SECONDS: Final = 30
"""How often collect and ingest look for new settings while they are called."""
BLOBS_ABOVE: Final = 25
"""Archives below a week, a month and a year that a refresh reads, on average; the counted site has one day."""
REFRESH_CPU_PER_HIT: Final = 2.5e-6
"""Seconds, of a day's hits so far: `make bench`, incremental_minute_cpu_s of a day with a million hits."""
GIGABYTES: Final[Mapping[str, float]] = {
    "collect": 0.25,
    "collect_bulk": 0.25,
    "ingest": 1.769,
    "plan": 1.0,
    "build": 3.538,
    "erase": 1.769,
    "deliver": 1.769,
    "housekeep": 1.769,
    "report": 1.769,
}
"""Memory of the functions, as template.yaml has it."""
RUNS: Final[Mapping[str, float]] = {
    "plan": MONTH_SECONDS / 60,
    "erase": MONTH_SECONDS / 300,
    "deliver": MONTH_SECONDS / 300,
    "housekeep": MONTH_SECONDS / 3600,
}
"""How often schedules run in a month, as template.yaml has it."""
COLD_STARTS: Final[Mapping[str, float]] = {"housekeep": MONTH_SECONDS / 3600}
COLD_SECONDS: Final = 2.0
"""CPU of a start of the functions with the query engine; what runs more often stays warm."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What is paid by use."""

    lambda_requests: float = 0.0
    gb_seconds: float = 0.0
    sqs_requests: float = 0.0
    s3_writes: float = 0.0
    s3_reads: float = 0.0
    write_units: float = 0.0
    read_units: float = 0.0
    stored_bytes: float = 0.0
    log_bytes: float = 0.0
    metrics: float = 0.0
    api_requests: float = 0.0
    cdn_requests: float = 0.0
    cdn_bytes: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(Usage)})

    def times(self, factor: float) -> Usage:
        """So often."""
        return Usage(**{one.name: getattr(self, one.name) * factor for one in fields(Usage)})


LINES: Final[Mapping[str, Mapping[str, float]]] = {
    "requests": {"lambda_requests": prices.LAMBDA_REQUEST},
    "compute": {"gb_seconds": prices.LAMBDA_GB_SECOND},
    "queue": {"sqs_requests": prices.SQS_REQUEST},
    "storage": {
        "s3_writes": prices.S3_WRITE,
        "s3_reads": prices.S3_READ,
        "stored_bytes": prices.S3_GB_MONTH / prices.GB,
    },
    "tables": {"write_units": prices.DYNAMODB_WRITE_UNIT, "read_units": prices.DYNAMODB_READ_UNIT},
    "reads": {"api_requests": prices.API_REQUEST},
    "logs": {"log_bytes": prices.LOG_GB / prices.GB, "metrics": prices.METRIC_MONTH},
    "CDN transfer": {"cdn_bytes": prices.CDN_GB / prices.GB},
    "CDN requests": {"cdn_requests": prices.CDN_REQUEST},
}
"""What each line of an estimate consists of: units of Usage and their prices."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one run of a function was seen to do; of `collect` a request, of `build` all jobs of a site's refresh.

    `hits` are those of the run, `calls` those of AWS; `bytes_stored` are written to the bucket, `bytes_answered` go to the
    client.
    """

    hits: float
    calls: float
    cpu_seconds: float
    sqs_requests: float
    s3_writes: float
    s3_reads: float
    write_units: float
    read_units: float
    bytes_stored: float
    bytes_answered: float
    log_bytes: float


@dataclass(frozen=True, slots=True)
class Traffic:
    """A month. `bulk_hits` of the hits come in requests of ten."""

    hits: float
    bulk_hits: float = 0.0
    sites: float = 1.0
    api_calls: float = 0.0
    metrics: float = 0.0
    """Metrics of our own that come all the time."""


@cache
def counts() -> Mapping[str, Work]:
    """What was counted, by function."""
    document: dict[str, Any] = json.loads(Path(__file__).with_name("counts.json").read_text(encoding="utf-8"))
    return {name: Work(**work) for name, work in document["work"].items()}


def usage(traffic: Traffic) -> Usage:
    """All that the month uses."""
    work, parts = counts(), []
    single = traffic.hits - traffic.bulk_hits
    requests = single + traffic.bulk_hits / work["collect_bulk"].hits
    parts.append(_runs("collect", single))
    parts.append(_runs("collect_bulk", traffic.bulk_hits / work["collect_bulk"].hits))
    parts.append(Usage(cdn_requests=requests, sqs_requests=2 * requests / MESSAGES_PER_REQUEST))
    parts.append(Usage(s3_reads=2 * min(requests, MONTH_SECONDS / SNAPSHOT_SECONDS)))
    parts.append(_ingest(traffic, requests))
    parts += [_runs(name, often) for name, often in RUNS.items() if traffic.hits or name != "plan"]
    parts += [_computing(often * COLD_SECONDS) for often in COLD_STARTS.values()]
    parts.append(Usage(s3_writes=SPILL_LOOKS, sqs_requests=HITS_POLLERS * POLLS_PER_MONTH))
    parts.append(_archives(traffic))
    parts.append(_runs("report", traffic.api_calls) + Usage(api_requests=traffic.api_calls, metrics=traffic.metrics))
    return sum(parts, Usage())


def _ingest(traffic: Traffic, requests: float) -> Usage:
    """Batches, as many hits as they have: measured with a small and a large batch."""
    if not traffic.hits:
        return Usage()
    small, large = counts()["ingest"], counts()["ingest_large"]
    at_once = min(BATCH_HITS, max(1.0, traffic.hits / MONTH_SECONDS * WINDOW_SECONDS))
    batches = min(traffic.hits / at_once, requests)
    per_hit = max(0.0, (large.cpu_seconds - small.cpu_seconds) / (large.hits - small.hits))
    fixed = max(0.0, small.cpu_seconds - per_hit * small.hits)
    stored = max(0.0, large.bytes_stored / large.hits * traffic.hits)
    return _runs("ingest", batches, cpu_seconds=fixed) + _computing(per_hit * traffic.hits) + Usage(stored_bytes=stored)


def _archives(traffic: Traffic) -> Usage:
    """Refreshes of the archives of sites that have hits, and the poller while there is work."""
    if not traffic.hits:
        looks = RUNS["plan"]  # is there a job, while nothing polls; planning is for every tenth
        asking = Usage(lambda_requests=1, gb_seconds=CALL_SECONDS * GIGABYTES["plan"], sqs_requests=1).times(looks)
        return asking + _runs("plan", looks / IDLE_MINUTES)
    per_site = traffic.hits / traffic.sites
    refreshes = min(MONTH_SECONDS / REFRESH_SECONDS, per_site)
    half_a_day = per_site / 30 / 2
    cpu = refreshes * traffic.sites * half_a_day * REFRESH_CPU_PER_HIT
    days = Usage(stored_bytes=30 * traffic.sites * counts()["build"].bytes_stored)
    polls = ARCHIVE_POLLERS * POLLS_PER_MONTH * min(1.0, refreshes * traffic.sites * REFRESH_SECONDS / MONTH_SECONDS)
    above = Usage(s3_reads=BLOBS_ABOVE * refreshes * traffic.sites, sqs_requests=polls)
    return _runs("build", refreshes * traffic.sites) + _looking(traffic) + _computing(cpu) + days + above


def _looking(traffic: Traffic) -> Usage:
    """What the schedule looks at more, the more sites have hits."""
    idle, active = counts()["plan"], counts()["plan_active"]
    more = Usage(
        gb_seconds=max(0.0, active.cpu_seconds - idle.cpu_seconds) * prices.GB_PER_VCPU
        + max(0.0, active.calls - idle.calls) * CALL_SECONDS * GIGABYTES["plan"],
        read_units=max(0.0, active.read_units - idle.read_units),
        write_units=max(0.0, active.write_units - idle.write_units),
    )
    return more.times(RUNS["plan"] * traffic.sites)


def _runs(name: str, often: float, cpu_seconds: float | None = None) -> Usage:
    """So many runs of a function, without what they store."""
    one = counts()[name]
    jobs = 4 if name == "build" else 1  # day, week, month, year
    cpu = one.cpu_seconds if cpu_seconds is None else cpu_seconds
    waiting = one.calls * CALL_SECONDS * GIGABYTES[name]
    return Usage(
        lambda_requests=jobs,
        gb_seconds=cpu * prices.GB_PER_VCPU + waiting,
        sqs_requests=one.sqs_requests,
        s3_writes=one.s3_writes,
        s3_reads=one.s3_reads,
        write_units=one.write_units,
        read_units=one.read_units,
        log_bytes=one.log_bytes,
        cdn_bytes=one.bytes_answered,
    ).times(often)


def _computing(cpu_seconds: float) -> Usage:
    return Usage(gb_seconds=cpu_seconds * prices.GB_PER_VCPU)


def dollars(used: Usage, *, free_tier: bool = False) -> dict[str, float]:
    """The month by line, with or without what is always free; free tables have a capacity, which the month must fit into."""
    free = {**prices.ALWAYS_FREE, **_free_tables(used)} if free_tier else {}
    return {
        line: sum(max(0.0, getattr(used, unit) - free.get(unit, 0.0)) * price for unit, price in units.items())
        for line, units in LINES.items()
    }


def _free_tables(used: Usage) -> Mapping[str, float]:
    """What tables with the capacity that is always free take in, if that is enough; else they are paid on demand."""
    share = prices.FREE_TABLE_UNITS * MONTH_SECONDS / BUSIEST_OVER_MEAN
    fits = max(used.read_units, used.write_units) <= share
    return {"read_units": share, "write_units": share} if fits else {}


def total(lines: Mapping[str, float], without: Iterable[str] = ()) -> float:
    """The sum of lines, some left out."""
    return sum(amount for line, amount in lines.items() if line not in set(without))
