"""Ingest: hits per second of one core with warm caches, and the whole CPU of tracking a hit."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
HITS = 20_000
BATCH = 2_000
AGENTS = 40
TARGET_HITS_PER_S = 1_700
TARGET_TRACK_US = 1_000
TARGET_TRACK_BULK_US = 500
COLD_AGENTS = 20


@dataclass
class Memory:
    """Objects, a queue and a table that keep nothing but what is read again."""

    objects: dict[str, bytes] = field(default_factory=dict)
    messages: list[bytes] = field(default_factory=list)
    stored_bytes: int = 0

    def put(self, _: str, data: bytes, **__: Any) -> str:
        """Count the bytes."""
        self.stored_bytes += len(data)
        return "1"

    def get(self, key: str, **_: Any) -> Any:
        """There are no devices known from before."""
        from tidemark.stores.ports import NotFoundError  # noqa: PLC0415 - the package is not needed to read this file

        raise NotFoundError(key)

    def send(self, body: bytes, **_: Any) -> None:
        self.messages.append(body)

    def send_batch(self, bodies: Sequence[bytes], **_: Any) -> None:
        self.messages += bodies

    def update(self, *_: Any, **__: Any) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class Snapshots:
    """A snapshot that never changes."""

    snapshot: Any

    def current(self, _: float | None = None) -> Any:
        return self.snapshot


@dataclass(frozen=True)
class Message:
    """A message of a batch."""

    id: str
    body: bytes


def ingest_cpu_us(per_request: int, memory: Memory) -> float:
    """CPU microseconds per hit: reading, enriching, writing Parquet; user agents are known."""
    import tracking_load  # noqa: PLC0415 - found through sys.path
    from tidemark.plugin.plugin import load_plugins  # noqa: PLC0415
    from tidemark.tracking.ingest import Ingest  # noqa: PLC0415

    messages = collected(per_request, memory)
    ingest = Ingest(memory, memory, Snapshots(tracking_load.snapshot()), load_plugins())  # type: ignore[arg-type]
    batch = max(BATCH // per_request, 1)
    ingest.run(messages[:batch])  # detects the user agents
    started = time.process_time()
    for first in range(0, len(messages), batch):
        result = ingest.run(messages[first : first + batch])
        assert not result.failed, result
        assert not [name for name in result.counts if name.startswith(("rejected", "failed"))], result
    return (time.process_time() - started) / HITS * 1e6


def cold_agents_cpu_us() -> float:
    """CPU microseconds per hit when each hit brings a user agent that was never seen; the definitions are loaded."""
    import tracking_load  # noqa: PLC0415
    from tidemark.plugin.plugin import load_plugins  # noqa: PLC0415
    from tidemark.tracking.ingest import Ingest  # noqa: PLC0415

    memory = Memory()
    ingest = Ingest(memory, memory, Snapshots(tracking_load.snapshot()), load_plugins())  # type: ignore[arg-type]
    agents = tracking_load.user_agents(AGENTS + COLD_AGENTS)[AGENTS:]
    messages = collected(1, memory, agents, COLD_AGENTS * 5)[::5]
    ingest.run(collected(1, memory, ["Mozilla/5.0 (X11; Linux i686; rv:60.0) Gecko/20100101 Firefox/60.0"], 1))
    started = time.process_time()
    ingest.run(messages)
    return (time.process_time() - started) / len(messages) * 1e6


def collected(per_request: int, memory: Memory, agents: list[str] | None = None, hits: int = HITS) -> list[Message]:
    """The messages that collect makes of the load."""
    import tracking_load  # noqa: PLC0415
    from tidemark.clock import SystemClock  # noqa: PLC0415
    from tidemark.tracking.collect import Collector  # noqa: PLC0415
    from tidemark.tracking.request import Request  # noqa: PLC0415

    memory.messages.clear()
    collector = Collector(memory, memory, Snapshots(tracking_load.snapshot()), SystemClock())  # type: ignore[arg-type]
    for event in tracking_load.events(hits, per_request, agents or tracking_load.user_agents(AGENTS)):
        answer = collector.collect(
            Request(
                event["requestContext"]["http"]["method"],
                event["rawPath"],
                event["rawQueryString"],
                event["headers"],
                event["body"].encode(),
                event["requestContext"]["http"]["sourceIp"],
            )
        )
        assert answer.status in (200, 204), answer
    return [Message(str(number), body) for number, body in enumerate(memory.messages)]


@contextmanager
def _own_modules() -> Iterator[None]:
    sys.path.insert(0, str(HERE))
    try:
        yield
    finally:
        sys.path.remove(str(HERE))


def measure() -> dict[str, dict[str, Any]]:
    """The figures of design.md, section 8."""
    with _own_modules():
        import collect  # noqa: PLC0415

        memory = Memory()
        single = ingest_cpu_us(1, memory)
        bytes_per_hit = memory.stored_bytes / (HITS + BATCH)
        bulk = ingest_cpu_us(100, Memory())
        with collect.served() as environment:
            track = single + collect.cpu_us(environment)
            track_bulk = bulk + collect.cpu_us(environment, 100)
        return {
            "ingest_hits_per_s": _figure(1e6 / single, "hits/s", TARGET_HITS_PER_S, higher_is_better=True),
            "track_cpu_us_per_hit": _figure(track, "us CPU", TARGET_TRACK_US),
            "track_bulk_cpu_us_per_hit": _figure(track_bulk, "us CPU", TARGET_TRACK_BULK_US),
            "ingest_cpu_us_per_hit_warm_agents": _figure(single, "us CPU", None),
            "ingest_bulk_cpu_us_per_hit_warm_agents": _figure(bulk, "us CPU", None),
            "ingest_cpu_us_per_hit_cold_agents": _figure(cold_agents_cpu_us(), "us CPU", None),
            "hit_log_bytes_per_hit": _figure(bytes_per_hit, "bytes", None),
        }


def _figure(value: float, unit: str, target: float | None, **more: Any) -> dict[str, Any]:
    return {"value": value, "unit": unit, **({} if target is None else {"target": target}), **more}


if __name__ == "__main__":
    for name, figure in measure().items():
        print(f"{name:40} {figure['value']:>10.1f} {figure['unit']:8} target {figure.get('target', '-')}")
