"""Plan queues a job for every stale archive, once; build does it, however often it comes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.support.archives import archives_of
from tests.support.visit_log import log_table
from tidemark.archiving.build import Builder
from tidemark.archiving.job import Job
from tidemark.archiving.job_states import FORGOTTEN_AFTER_SECONDS, JobStates
from tidemark.archiving.plan import Planner
from tidemark.model.period import Period, PeriodKind
from tidemark.model.saved_segment import SavedSegment
from tidemark.plugin import Dimension, Plugin, Scope, Segment, col
from tidemark.plugins.visits_summary.records import NUMBERS

OLD = date(2024, 1, 10)
BROWSER = Dimension("browser", Scope.VISIT, lambda hit: hit.client.code)
PLUGIN = Plugin(
    "P", dimensions=(BROWSER,), segments=(Segment("browserCode", "Browser", "", col("browser")),), numbers=NUMBERS
)
VISITS = log_table("visits", [{"idvisit": 1, "visitor_id": 1, "visit_total_actions": 1, "browser": "FF"}], [BROWSER])


def states(bench):
    return JobStates(bench.stores.archive_state, bench.clock)


def planner(bench, segments=(), saved=()):
    return Planner(
        bench.logs,
        bench.room.archiver,
        states(bench),
        bench.stores.archive,
        lambda: bench.snapshot[0],
        lambda idsite: segments,
        bench.clock,
        lambda: saved,
    )


def received(bench):
    messages = bench.stores.archive.receive(10, 30)
    bench.stores.archive.delete([message.receipt for message in messages])
    return [message.body for message in messages]


def with_stale_day(bench):
    bench.logs.set_day(1, OLD, {"visits": VISITS})
    bench.logs.stale[1] = [OLD]


def test_a_changed_day_gives_jobs_for_it_and_all_above_it():
    with archives_of(PLUGIN) as bench:
        with_stale_day(bench)
        assert planner(bench).plan() == 4
        jobs = [Job.from_message(body) for body in received(bench)]
        assert sorted(job.period.kind for job in jobs) == ["day", "month", "week", "year"]
        assert all(job.period.contains(OLD) for job in jobs)


def test_days_are_queued_first():
    with archives_of(PLUGIN) as bench:
        with_stale_day(bench)
        sent = []
        bench.stores.archive.send_batch = lambda bodies, **_: sent.extend(bodies)
        planner(bench).plan()
        assert [Job.from_message(body).period.kind for body in sent] == ["day", "week", "month", "year"]


def test_a_job_that_waits_is_not_queued_again_until_it_is_forgotten():
    with archives_of(PLUGIN) as bench:
        with_stale_day(bench)
        assert planner(bench).plan() == 4
        assert planner(bench).plan() == 0
        bench.clock.set(bench.clock.now() + FORGOTTEN_AFTER_SECONDS + 1)
        assert planner(bench).plan() == 4


def test_what_is_built_is_not_planned_again():
    with archives_of(PLUGIN) as bench:
        with_stale_day(bench)
        planner(bench).plan()
        builder = Builder(bench.room.archiver, states(bench))
        for body in received(bench):
            assert builder.run(body).numbers["nb_visits"] == 1
        assert planner(bench).plan() == 0


def test_what_changes_while_a_job_runs_is_planned_anew():
    with archives_of(PLUGIN) as bench:
        with_stale_day(bench)
        planner(bench).plan()
        ensure = bench.room.archiver.ensure

        def late(*asked):
            found = ensure(*asked)
            bench.logs.stale[1] = [OLD]
            return found

        bench.room.archiver.ensure = late
        Builder(bench.room.archiver, states(bench)).run(Job(1, Period.day(OLD)).to_message())
        assert planner(bench).plan() == 1


def test_today_is_planned_when_a_reader_made_its_log_but_not_its_archive():
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, date(2024, 3, 9), {"visits": VISITS})
        assert planner(bench).plan() == 4


def test_segments_archived_in_advance_have_jobs_of_their_own():
    with archives_of(PLUGIN) as bench:
        with_stale_day(bench)
        assert planner(bench, ["browserCode==FF", "gone==1"]).plan() == 8
        assert {Job.from_message(body).segment for body in received(bench)} == {"", "browserCode==FF"}


def test_a_new_segment_that_is_archived_in_advance_is_archived_for_the_past():
    with archives_of(PLUGIN) as bench:
        for day in (OLD, date(2023, 1, 1)):  # the latter is older than the past that is made by itself
            bench.logs.set_day(1, day, {"visits": VISITS})
            bench.room.archiver.ensure(1, Period.containing(PeriodKind.YEAR, day))
        assert planner(bench).plan() == 0
        assert planner(bench, ["browserCode==FF", "gone==1"]).plan() == 4
        jobs = [Job.from_message(body) for body in received(bench)]
        assert {job.segment for job in jobs} == {"browserCode==FF"}
        assert all(job.period.contains(OLD) for job in jobs)
        for job in jobs:
            Builder(bench.room.archiver, states(bench)).run(job.to_message())
        assert planner(bench, ["browserCode==FF"]).plan() == 0
        assert bench.room.archiver.ensure(1, Period.day(date(2023, 1, 1)), "browserCode==FF").numbers["nb_visits"] == 1


@pytest.mark.parametrize(
    ("chosen", "jobs"),
    [
        ("beginning_of_time", 4),
        ("segment_creation_time", 1),
        ("last9", 1),
        ("last10", 4),
        ("segment_last_edit_time", 1),
        ("editLast39", 1),
        ("editLast40", 4),
    ],
)
def test_a_new_segment_is_archived_from_the_day_that_the_setting_says(chosen, jobs):
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, OLD, {"visits": VISITS})
        bench.room.archiver.ensure(1, Period.containing(PeriodKind.YEAR, OLD))
        bench.set_settings(General__process_new_segments_from=chosen)
        created, edited = (
            int(datetime(2024, month, day, 5, tzinfo=UTC).timestamp()) for month, day in ((1, 20), (2, 19))
        )
        saved = SavedSegment(1, "Firefox", "browserCode==FF", "admin", True, 0, True, created, edited)
        assert planner(bench, [saved.definition], [saved]).plan() == jobs  # this year in any case


def test_a_job_done_twice_changes_nothing():
    with archives_of(PLUGIN) as bench:
        with_stale_day(bench)
        builder = Builder(bench.room.archiver, states(bench))
        body = Job(1, Period.containing(PeriodKind.MONTH, OLD)).to_message()
        assert builder.run(body) == builder.run(body)


@pytest.mark.parametrize("job", [Job(9, Period.day(OLD)), Job(1, Period.day(OLD), "gone==1")])
def test_jobs_of_what_is_gone_are_dropped(job):
    with archives_of(PLUGIN) as bench:
        with_stale_day(bench)
        assert Builder(bench.room.archiver, states(bench)).run(job.to_message()) is None


def test_messages_come_back_as_jobs():
    job = Job(3, Period.range(date(2024, 1, 1), date(2024, 1, 9)), "browserCode==FF")
    assert Job.from_message(job.to_message()) == job
