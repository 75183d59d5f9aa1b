"""Memory is bounded by a setting: a day with more hits than fit is made in parts, never holding more than some of it."""

from __future__ import annotations

from unittest import mock

import pyarrow as pa

from tests.support.giant_day import DAY, SITE, GiantDays
from tests.support.hit_rows import NOON, hit
from tidemark.model.period import Period
from tidemark.sessions.parts import hits_within
from tidemark.stores.embedded.instance import open_stores

HITS, HITS_PER_VISITOR, URLS = 12_000, 4, 50
PARTS = 4
USUAL = pa.default_memory_pool()
POOLS: list[pa.MemoryPool] = []
"""What was allocated from a pool has to be given back before it goes."""
ROWS = [
    hit(
        number * 43_000 // HITS,
        visitor=number // HITS_PER_VISITOR + 1,
        number=number,
        url=f"example.org/{number % URLS:0300}",
        title=f"Title {number % URLS:0300}",
        server_time=NOON - 43_000 + number * 86_000 // HITS,
    )
    for number in range(HITS)
]
"""Hits of all hours, with texts of some length."""


def archived(part_hits):
    """The day's archive, in how many parts it was made, and the most bytes that tables took meanwhile."""
    stores = open_stores(ephemeral=True)
    days = GiantDays(stores, part_hits)
    days.ingest(ROWS)
    counting = pa.proxy_memory_pool(USUAL)
    POOLS.append(counting)
    pa.set_memory_pool(counting)
    try:
        archive = days.archiver().ensure(SITE, Period.day(DAY))
    finally:
        pa.set_memory_pool(USUAL)
    parts = days.parts()
    stores.close()
    return (archive.numbers, archive.blob_key), parts, counting.max_memory()


def test_a_day_in_parts_takes_a_fraction_of_the_memory_for_the_same_archive():
    whole, parts, whole_bytes = archived(HITS)
    assert parts <= 1
    with mock.patch("tidemark.sessions.parts.BATCH_ROWS", HITS // PARTS // 2):
        split, parts, split_bytes = archived(HITS // PARTS)
    assert parts == PARTS
    assert split == whole
    assert split_bytes < whole_bytes / 2


def test_less_memory_means_smaller_parts():
    assert 0 < hits_within(513) < hits_within(1024) < hits_within(2500)
    assert hits_within(1024) * 32 > 10_000_000
