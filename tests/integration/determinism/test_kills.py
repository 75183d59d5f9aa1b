"""Killed between any two writes, the next run gives the bytes of a run that nobody disturbed."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.day_hits import DAY, Broken, SiteWithHits
from tests.support.hit_rows import any_hit, hit, order, unique

FIRST = [hit(DAY), order("o", DAY + 5), hit(DAY, visitor=0xB)]
LATE = [hit(0), order("o", 9), hit(60, visitor=0xB)]


def undisturbed(*batches):
    """The logs when all hits were there at once."""
    site = SiteWithHits()
    for number, rows in enumerate(batches):
        site.ingest(rows, f"batch-{number}")
    site.ensure()
    contents = site.contents()
    site.close()
    return contents


def killed_at(step):
    """The logs after a kill at that step of a run between the batches, and whether there was one."""
    site = SiteWithHits()
    site.ingest(FIRST, "batch-0")
    site.ensure()
    site.ingest(LATE, "batch-1")
    site.steps_left = step
    was_killed = False
    try:
        site.ensure()
    except Broken:
        was_killed = True
    site.steps_left = None
    site.ensure()
    contents, stale = site.contents(), site.sessions.stale_days(1)
    site.close()
    assert not stale
    return contents, was_killed


@pytest.mark.slow
def test_a_kill_at_any_write_is_healed_by_the_next_run():
    expected = undisturbed(FIRST + LATE)
    step, was_killed = 0, True
    while was_killed:
        contents, was_killed = killed_at(step)
        assert contents == expected, f"killed at step {step}"
        step += 1
    assert step > 20, "objects and state of two days are written"


def _on(row, day):
    return row | {"server_time": row["server_time"] + day * DAY, "hit_id": f"{row['hit_id']}-{day}"}


DAYS = st.lists(st.builds(_on, any_hit(), st.integers(0, 2)), min_size=1, max_size=12).map(unique)


def _on(row, day):
    return row | {"server_time": row["server_time"] + day * DAY, "hit_id": f"{row['hit_id']}-{day}"}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DAYS, st.data())
def test_batches_with_kills_between_them_give_the_same_logs(rows, data):
    batches = [[], [], []]
    for row in data.draw(st.permutations(rows)):
        batches[data.draw(st.integers(0, 2))].append(row)
    site = SiteWithHits()
    for number, batch in enumerate(batches):
        if batch:
            site.ingest(batch, f"batch-{number}")
        site.steps_left = data.draw(st.integers(0, 25))
        with suppress(Broken):
            site.ensure()
        site.steps_left = None
    site.ensure()
    contents = site.contents()
    site.close()
    assert contents == undisturbed(rows)
