"""The visible state of archive jobs: what is asked for, queued, running, failed, and since when."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.archives import NOW, archives_of
from tidemark.archiving.build import Builder
from tidemark.archiving.job import Job
from tidemark.archiving.job_states import FIRST_RETRY_SECONDS, JobStates
from tidemark.archiving.plan import Planner
from tidemark.model.period import Period
from tidemark.plugin import Plugin
from tidemark.plugins.visits_summary.records import NUMBERS
from tidemark.stores.ports import UnavailableError

PLUGIN = Plugin("P", numbers=NUMBERS)
OLD = date(2024, 1, 10)
TODAY = date(2024, 3, 9)
JOB = Job(1, Period.day(OLD))


@pytest.fixture
def bench():
    with archives_of(PLUGIN) as made:
        made.logs.set_day(1, OLD, visits(1))
        yield made


def visits(count):
    return {"visits": [{"idvisit": n, "visitor_id": n, "visit_total_actions": 1} for n in range(count)]}


def states(bench):
    return JobStates(bench.stores.archive_state, bench.clock)


def planner(bench):
    stores = bench.stores
    return Planner(
        bench.logs,
        bench.room.archiver,
        states(bench),
        stores.archive,
        lambda: bench.snapshot[0],
        lambda _: (),
        bench.clock,
    )


def seen(bench):
    return [(job.status, job.since - NOW, job.attempts, job.reason) for job in states(bench).jobs(1)]


class Failing:
    """An archiver whose stores do not answer."""

    def __init__(self, error):
        self.error = error

    def ensure(self, *_):
        raise self.error


def fail(bench, error):
    with pytest.raises(type(error)):
        Builder(Failing(error), states(bench)).run(JOB.to_message())


def test_a_job_is_seen_from_the_queue_to_its_end(bench):
    assert states(bench).take(JOB)
    bench.clock.set(NOW + 5)
    assert seen(bench) == [("queued", 0, 0, "")]
    begun = states(bench).begin(JOB)
    assert seen(bench) == [("running", 0, 1, "")]
    states(bench).finish(JOB, begun)
    assert seen(bench) == []


def test_a_failure_tells_its_reason_and_is_planned_again_later_and_later(bench):
    for attempt in (1, 2, 3):
        fail(bench, UnavailableError("the table does not answer"))
        ((status, _, attempts, reason),) = seen(bench)
        assert (status, attempts, reason) == ("failed", attempt, "UnavailableError: the table does not answer")
        wait = FIRST_RETRY_SECONDS * 2 ** (attempt - 1)
        bench.clock.set(bench.clock.now() + wait - 1)
        assert not states(bench).take(JOB)
        bench.clock.set(bench.clock.now() + 2)
    assert states(bench).take(JOB)
    assert Builder(bench.room.archiver, states(bench)).run(JOB.to_message()).numbers["nb_visits"] == 1
    assert seen(bench) == []


def test_a_reason_keeps_to_itself_what_it_knows_of_visitors(bench):
    fail(bench, ValueError("visitor 10.0.0.1"))
    assert seen(bench)[0][3] == "ValueError"


def test_what_is_asked_for_while_it_is_built_stays_asked_for(bench):
    begun = states(bench).begin(JOB)
    bench.clock.set(NOW + 1)
    states(bench).ask(JOB)
    states(bench).finish(JOB, begun)
    assert seen(bench) == [("asked", 1, 0, "")]
    assert list(states(bench).asked(1)) == [JOB]
    assert planner(bench).plan() == 2  # with the year, which is not over
    assert seen(bench)[0] == ("queued", 1, 0, "")


def test_today_is_made_again_when_its_time_to_live_is_over(bench):
    bench.logs.set_day(1, TODAY, visits(1))
    assert planner(bench).plan() == 4  # 2024-03-09, its week, month and year
    for period in [job.period for job in states(bench).jobs(1)]:
        Builder(bench.room.archiver, states(bench)).run(Job(1, period).to_message())
    bench.logs.set_day(1, TODAY, visits(2))
    assert planner(bench).plan() == 0
    bench.clock.set(NOW + 901)
    assert planner(bench).plan() == 4


def test_a_reader_waits_for_the_time_to_live_only_if_somebody_set_it(bench):
    def count():
        return bench.room.reader.numbers([1], [Period.day(TODAY)], ["nb_visits"])[1, Period.day(TODAY)]["nb_visits"]

    bench.logs.set_day(1, TODAY, visits(1))
    assert count() == 1
    bench.logs.set_day(1, TODAY, visits(2))
    assert count() == 2
    bench.set_settings(General__time_before_today_archive_considered_outdated=60)
    bench.logs.set_day(1, TODAY, visits(3))
    assert count() == 2
    bench.clock.set(NOW + 61)
    assert count() == 3
