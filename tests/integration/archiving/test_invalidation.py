"""Invalidation by hand: which archives are built anew, for which segments, and what is left alone."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.archives import archives_of
from tidemark.archiving.invalidation import Invalidations, touched_by
from tidemark.archiving.job_states import JobStates
from tidemark.archiving.raw_data import RawDataLimits
from tidemark.archiving.store import ArchiveStore, Identity
from tidemark.model.period import Period, PeriodKind
from tidemark.model.segment import segment_hash
from tidemark.plugin import Dimension, Plugin, Scope, Segment, col, record
from tidemark.plugins.visits_summary.records import NUMBERS

DAY = date(2024, 1, 10)
WEEK, MONTH, YEAR = (Period.containing(kind, DAY) for kind in (PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.YEAR))
RANGE = Period.range(date(2024, 1, 9), date(2024, 1, 12))
FIREFOX, CHROME = "browserCode==FF", "browserCode==CH"
BROWSER = Dimension("browser", Scope.VISIT, lambda hit: None)
PLUGIN = Plugin(
    "P",
    dimensions=(BROWSER,),
    segments=(Segment("browserCode", "Browser", "", col("browser")),),
    records=(record("P_browsers", col("browser")),),
    numbers=NUMBERS,
)


class Days:
    def __init__(self):
        self.marked = []

    def invalidate(self, idsites, first, last):
        self.marked.append((list(idsites), first, last))
        return 1


class Asking:
    """An instance with archives of a day, what is around it, and two segments, one of which is made in advance."""

    def __init__(self, bench):
        self.bench = bench
        self.days = Days()
        self.store = ArchiveStore(bench.stores.archive_numeric, bench.stores.objects)
        self.states = JobStates(bench.stores.archive_state, bench.clock)
        self.limits = RawDataLimits(bench.stores.archive_state, bench.clock)
        self.invalidations = Invalidations(
            self.days,
            self.store,
            bench.stores.objects,
            self.states,
            lambda _: [FIREFOX],
            self.limits.before,
            bench.clock,
        )
        visits = [
            {"idvisit": n, "visitor_id": n, "visit_total_actions": 1, "browser": b} for n, b in enumerate(("FF", "CH"))
        ]
        bench.logs.set_day(1, DAY, {"visits": visits})
        for segment in ("", FIREFOX, CHROME):
            for period in (RANGE, YEAR, WEEK):
                bench.room.archiver.ensure(1, period, segment)

    def __call__(self, *periods, segment="", **options):
        return self.invalidations.invalidate_archives([1], periods, segment, **options)

    def stale(self, segment=""):
        periods = [Period.day(DAY), WEEK, MONTH, YEAR, RANGE]
        return self.bench.room.archiver.outdated(1, periods, segment)


@pytest.fixture
def ask():
    with archives_of(PLUGIN) as bench:
        yield Asking(bench)


def test_a_day_and_all_around_it_is_made_stale_in_every_segment(ask):
    assert ask(Period.day(DAY)) == 2 * 5
    everything = {Period.day(DAY), WEEK, MONTH, YEAR, RANGE}
    assert [ask.stale(segment) for segment in ("", FIREFOX, CHROME)] == [everything] * 3
    assert ask.days.marked == [([1], DAY, DAY)]
    jobs = list(ask.states.asked(1))
    assert {job.period for job in jobs} == everything
    assert {job.segment for job in jobs} == {"", FIREFOX}
    before = ask.store.find(1, [WEEK], "")[WEEK]
    ask.bench.clock.set(ask.bench.clock.now() + 50)
    rebuilt = ask.bench.room.archiver.ensure(1, WEEK)
    assert rebuilt.archived_at == before.archived_at + 50
    assert rebuilt.blob_key == before.blob_key


def test_a_month_without_cascade_leaves_its_days_alone(ask):
    ask(MONTH)
    assert ask.stale() == {MONTH, YEAR, RANGE}
    assert ask.days.marked == []


def test_a_month_with_cascade_takes_what_is_inside(ask):
    ask(MONTH, cascades=True)
    assert ask.stale() == {Period.day(DAY), WEEK, MONTH, YEAR, RANGE}
    assert len(ask.days.marked) == 31


def test_one_segment_leaves_the_others_alone(ask):
    assert ask(Period.day(DAY), segment=CHROME) == 5
    assert ask.stale(CHROME) == {Period.day(DAY), WEEK, MONTH, YEAR, RANGE}
    assert ask.stale() == ask.stale(FIREFOX) == set()
    assert ask.days.marked == []


def test_what_there_is_not_is_built_only_by_force(ask):
    other = Period.day(date(2023, 5, 5))
    assert ask(other) == 0
    assert list(ask.states.asked(1)) == []
    assert ask(other, forces=True) == 2 * 4


def test_a_dry_run_changes_nothing(ask):
    assert ask(Period.day(DAY), is_dry_run=True) == 2 * 5
    assert ask.stale() == set()
    assert ask.days.marked == []
    assert list(ask.states.asked(1)) == []


def test_days_whose_raw_data_are_gone_stay_as_they_are(ask):
    ask.limits.move(1, date(2024, 1, 11))
    assert ask(Period.day(DAY), forces=True) == 0
    assert ask.stale() == set()


def test_who_is_building_has_to_build_again(ask):
    builder = ask.bench.room.archiver
    publish = ask.store.publish
    ask.bench.logs.set_day(1, DAY, {"visits": [{"idvisit": 9, "visitor_id": 9, "visit_total_actions": 1}]})
    calls = []

    def late(identity, *rest):
        if not calls:
            calls.append(identity)
            ask(Period.day(DAY))
        return publish(identity, *rest)

    builder._store.publish = late
    assert builder.ensure(1, Period.day(DAY)).numbers["nb_visits"] == 1
    assert ask.store.find(1, [Period.day(DAY)], "")[Period.day(DAY)].inputs


@pytest.mark.parametrize(
    ("period", "cascades", "kinds"),
    [
        (Period.day(DAY), False, {"day": 1, "week": 1, "month": 1, "year": 1}),
        (WEEK, False, {"week": 1, "month": 1, "year": 1}),
        (WEEK, True, {"day": 7, "week": 1, "month": 1, "year": 1}),
        (MONTH, False, {"month": 1, "year": 1}),
        (MONTH, True, {"day": 31, "week": 4, "month": 1, "year": 1}),
        (RANGE, False, {"day": 4, "week": 1, "month": 1, "year": 1}),
        (YEAR, False, {"year": 1}),
    ],
)
def test_periods_that_an_invalidation_touches(period, cascades, kinds):
    found = [one.kind.value for one in dict.fromkeys(touched_by(period, cascades=cascades))]
    assert {kind: found.count(kind) for kind in dict.fromkeys(found)} == kinds


def test_an_archive_that_was_invalidated_is_still_read_where_nothing_may_be_built(ask):
    ask(Period.day(DAY))
    found = ask.bench.room.archiver.ensure_all(1, [Period.day(DAY)], may_build=False)
    assert found[Period.day(DAY)].numbers["nb_visits"] == 2
    assert ask.store.exists(Identity(1, Period.day(DAY), segment_hash(CHROME)))
