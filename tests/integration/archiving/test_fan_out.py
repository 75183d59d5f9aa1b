"""The parts of a giant day are jobs of their own; whatever happens to them, the archive is that of the whole day."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.giant_day import DAY, SITE, GiantDays, KilledError, mortal
from tests.support.hit_rows import any_hit, hit, order, unique
from tidemark.archiving.job import Job, PartJob, read_message
from tidemark.archiving.job_states import RUN_SECONDS, WAIT_SECONDS, JobStates
from tidemark.countdown import EXPIRES_SECONDS, RESEND_SECONDS
from tidemark.model.daylog import DayPart
from tidemark.model.period import Period, PeriodKind
from tidemark.plugin import Plugin, col, record
from tidemark.plugin.plugin import Plugins
from tidemark.plugins.visits_summary.records import NUMBERS
from tidemark.stores.embedded.instance import open_stores

HITS = [hit(at, visitor=visitor) for visitor in (0xA, 0xB, 0xC) for at in (0, 60)] + [order("o", 90, visitor=0xB)]
LATE = [hit(200, visitor=0xC), hit(230, visitor=0xD)]
SEGMENT = "actions>1"
FEW = Plugins((Plugin("P", numbers=NUMBERS, records=(record("P_referrers", col("referer_name")),)),))
MANY = st.lists(any_hit([None, *range(1, 12)], list(range(0xF0, 0xFC))), min_size=4, max_size=30).map(unique)
EFFORT = settings(max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


@contextmanager
def giant_days(rows=HITS, part_hits=3, plugins=None):
    stores = open_stores(ephemeral=True)
    days = GiantDays(stores, part_hits, plugins)
    days.ingest(rows)
    try:
        yield days
    finally:
        stores.close()


def undivided(rows, segment="", plugins=None):
    """Numbers and blob of the archive that is made at once."""
    with giant_days(rows, 10**6, plugins) as days:
        return content(days.archiver().ensure(SITE, Period.day(DAY), segment))


def content(archive):
    return archive.numbers, archive.blob_key


@given(rows=MANY, part_hits=st.sampled_from([1, 4]), draws=st.data())
@EFFORT
def test_parts_in_any_order_and_twice_give_the_undivided_archive(rows, part_hits, draws):
    with giant_days(rows, part_hits) as days:
        days.ask()
        waiting = []
        while True:
            while message := days.receive():
                waiting.append(message)
            if not waiting:
                break
            message = waiting.pop(draws.draw(st.integers(0, len(waiting) - 1)))
            for _ in range(draws.draw(st.integers(1, 2))):
                days.builder().run(message.body)
            days.stores.archive.delete([message.receipt])
        assert (days.parts() > 1) == (len(rows) > part_hits)
        assert content(days.archive()) == undivided(rows)


def test_a_giant_day_is_divided_by_itself_and_leaves_nothing_behind():
    with giant_days() as days:
        days.ask()
        assert (
            days.work() == 1 + 4 + 1 + 4 + 1
        )  # the day splits, parts, publishes the log, parts, publishes the archive
        assert content(days.archive()) == undivided(HITS)
        assert days.left_behind() == []
        assert list(JobStates(days.stores.archive_state, days.clock).jobs(SITE)) == []


def test_a_small_day_is_made_at_once():
    with giant_days(part_hits=len(HITS)) as days:
        days.ask()
        assert days.work() == 1
        assert days.parts() == 1


def test_a_segment_of_a_giant_day_is_made_in_parts_too():
    with giant_days() as days:
        days.ask()
        days.work()
        days.ask(SEGMENT)
        assert days.work() == 1 + 4 + 1
        assert content(days.archive(SEGMENT)) == undivided(HITS, SEGMENT)


@pytest.mark.slow
def test_killed_at_any_write_the_day_is_neither_stuck_nor_counted_twice():
    expected = undivided(HITS, plugins=FEW)
    for kill_at in count(1):
        left = [kill_at]

        def tick(left=left):
            left[0] -= 1
            if left[0] == 0:
                raise KilledError

        with giant_days(part_hits=6, plugins=FEW) as days:
            days.ask()
            days.work(mortal(days.stores, tick))
            assert content(days.archive()) == expected, f"killed at write {kill_at}"
            assert days.stores.archive.depth().total == 0
        if left[0] > 0:
            break
    assert kill_at > 50


def test_hits_that_come_meanwhile_do_not_begin_it_again_and_are_there_the_next_time():
    with giant_days() as days:
        days.ask()
        late = 0
        while message := days.receive():
            days.builder().run(message.body)
            days.stores.archive.delete([message.receipt])
            if late < 20:
                days.ingest([hit(300 + late, visitor=0xE)], f"late-{late}")
                late += 1
        assert late < 20, "it ended while hits went on coming"
        first = days.archive()
        assert first is not None
        days.ask()
        days.work()
        every = [*HITS, *(hit(300 + number, visitor=0xE) for number in range(late))]
        assert content(days.archive()) == undivided(every)


def test_a_plan_is_given_up_when_hits_it_was_made_of_changed():
    with giant_days() as days:
        days.ask()
        message = days.receive()
        days.builder().run(message.body)
        days.stores.archive.delete([message.receipt])
        days.ingest(HITS[1:])  # one person less
        days.ask()
        days.work()
        assert content(days.archive()) == undivided(HITS[1:])


def test_what_was_lost_is_sent_again():
    with giant_days() as days:
        days.ask()
        message = days.receive()
        days.builder().run(message.body)
        days.stores.archive.purge()
        days.ask()
        assert days.work() == 1, "it waits for the parts that it believes to be under way"
        days.clock.set(days.clock.now() + RESEND_SECONDS + 1)
        days.ask()
        days.work()
        assert content(days.archive()) == undivided(HITS)


def test_what_takes_too_long_is_begun_again():
    with giant_days() as days:
        days.ask()
        message = days.receive()
        days.builder().run(message.body)
        days.stores.archive.purge()
        days.stores.objects.delete([info.key for info in days.stores.objects.listing("log/split/")])
        days.clock.set(days.clock.now() + EXPIRES_SECONDS + 1)
        days.ask()
        days.work()
        assert content(days.archive()) == undivided(HITS)


def test_a_part_of_what_is_done_or_unknown_is_left_alone():
    with giant_days() as days:
        days.ask()
        days.work()
        for stage in ("log", "archive"):
            days.stores.archive.send(PartJob(Job(SITE, Period.day(DAY)), DayPart(stage, DAY, "gone", 0)).to_message())
        days.stores.archive.send(PartJob(Job(9, Period.day(DAY)), DayPart("archive", DAY, "gone", 0)).to_message())
        assert days.work() == 3
        assert content(days.archive()) == undivided(HITS)


def test_longer_periods_wait_for_a_giant_day_and_are_planned_again():
    with giant_days() as days:
        week = Job(SITE, Period.containing(PeriodKind.WEEK, DAY))
        states = JobStates(days.stores.archive_state, days.clock)
        assert days.builder().run(week.to_message()) is None
        (job,) = states.jobs(SITE)
        assert job.status == "running"
        assert not states.take(week)
        days.clock.set(days.clock.now() + WAIT_SECONDS + 1)
        assert states.take(week)
        days.work()
        assert days.builder().run(week.to_message()).numbers["nb_visits"] == 3


def test_a_job_that_runs_is_not_queued_beside_itself():
    with giant_days() as days:
        job = Job(SITE, Period.day(DAY))
        states = JobStates(days.stores.archive_state, days.clock)
        begun = states.begin(job)
        assert not states.take(job)
        days.clock.set(days.clock.now() + RUN_SECONDS + 1)
        assert states.take(job), "its process died"
        states.finish(job, begun)


def test_without_fan_out_one_process_makes_all_parts():
    with giant_days() as days:
        assert content(days.builder(fans_out=False).run(Job(SITE, Period.day(DAY)).to_message())) == undivided(HITS)
        assert days.stores.archive.depth().total == 0


def test_messages_of_parts_come_back_as_they_were():
    part = PartJob(Job(3, Period.day(DAY), SEGMENT), DayPart("archive", DAY, "plan", 7))
    assert read_message(part.to_message()) == part
    with pytest.raises(ValueError, match="Parts"):
        read_message(PartJob(part.job, DayPart("nothing", DAY, "plan", 7)).to_message())
