"""Hit files that are merged while hits are erased from them: nothing else is lost, nothing stays, nothing stands twice."""

from __future__ import annotations

import io
import time
from contextlib import contextmanager, suppress
from datetime import UTC
from itertools import count

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.giant_day import KilledError, Killing
from tests.support.hit_rows import NOON, hit, table
from tidemark.archiving.housekeeping.compaction import GRACE_SECONDS, SETTLED_SECONDS, Compaction
from tidemark.clock import SettableClock
from tidemark.erasure.hit_files import rewrite
from tidemark.hit_folders import folder
from tidemark.model.erasure import Tombstone
from tidemark.parquet_files import read_file
from tidemark.stores.embedded.instance import open_stores
from tidemark.tracking.hit_log import file_of

HITS = [hit(number, visitor=0xA + number % 3) for number in range(8)]
ERASED = HITS[3]["hit_id"]
TOMBSTONE = Tombstone(0, frozenset({1}), hit_ids=frozenset({ERASED}))
LEFT = sorted(one["hit_id"] for one in HITS if one["hit_id"] != ERASED)


@contextmanager
def files(hours):
    """Four files, in one hour or in several ones, by number."""
    stores = open_stores(ephemeral=True)
    for number, hour in enumerate(hours):
        content = file_of(table(HITS[number * 2 : number * 2 + 2]))
        start = NOON + 3600 * hour
        stores.objects.put(f"{folder(1, (start, start + 3600))}/{number}.parquet", content)
    yield stores.objects
    stores.close()


def compact(objects):
    """Merge, and in the next run delete what was merged."""
    for later in (0, 10 * GRACE_SECONDS):
        clock = SettableClock(max(NOON + 12 * 3600 + SETTLED_SECONDS, time.time()) + 7200 + later)
        Compaction(objects, clock).run(1, UTC, lambda: False)


def erase(objects):
    for info in list(objects.listing("hits/")):
        rewrite(objects, info.key, TOMBSTONE, "salt")


def hit_ids(objects):
    """The ids of all hits as readers see them, each once."""
    tables = [read_file(io.BytesIO(objects.get(info.key).data)) for info in objects.listing("hits/")]
    return sorted(set(pa.concat_tables(tables, promote_options="permissive")["hit_id"].to_pylist()))


HOURS = {"one hour": (0, 0, 0, 0), "some hours": (0, 1, 1, 4)}


@pytest.mark.parametrize("hours", HOURS.values(), ids=HOURS)
@pytest.mark.parametrize("dies", [True, False])
def test_hits_are_erased_at_any_write_of_a_merge(dies, hours):
    for moment in count(1):
        with files(hours) as objects:
            left = [moment]

            def tick(left=left, objects=objects):
                left[0] -= 1
                if left[0] == 0:
                    erase(objects)
                    if dies:
                        raise KilledError

            with suppress(KilledError):
                compact(Killing(objects, tick))
            compact(objects)
            erase(objects)  # erasures are repeated, for the sake of who wrote meanwhile
            compact(objects)
            assert hit_ids(objects) == LEFT, f"at write {moment}"
            keys = [info.key for info in objects.listing("hits/")]
            rows = sum(pq.read_metadata(io.BytesIO(objects.get(key).data)).num_rows for key in keys)
            assert rows == len(LEFT) or len(keys) > 1, keys
        if left[0] > 0:
            break
    assert moment > 4


@pytest.mark.parametrize("hours", HOURS.values(), ids=HOURS)
@pytest.mark.parametrize("dies", [True, False])
def test_files_are_merged_at_any_write_of_an_erasure(dies, hours):
    for moment in count(1):
        with files(hours) as objects:
            left = [moment]

            def tick(left=left, objects=objects):
                left[0] -= 1
                if left[0] == 0:
                    compact(objects)
                    if dies:
                        raise KilledError

            with suppress(KilledError):
                erase(Killing(objects, tick))
            erase(objects)
            compact(objects)
            assert hit_ids(objects) == LEFT, f"at write {moment}"
        if left[0] > 0:
            break
    assert moment > 1
