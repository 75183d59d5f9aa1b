from datetime import date

import pytest

from tests.support.archives import NOW, snapshot
from tests.support.visit_log import MadeUpLogs
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.visit_reader import VisitLogReader
from tidemark.clock import SettableClock
from tidemark.model.errors import BadSegment
from tidemark.model.period import midnight_utc
from tidemark.model.site import Site
from tidemark.model.time_zone import time_zone
from tidemark.model.visit_reader import ACTION_NUMBER, Activity, Neighbours, Sales, VisitQuery
from tidemark.plugin.plugin import load_plugins

UTC = time_zone("UTC")
DAYS = (date(2024, 3, 7), date(2024, 3, 8), date(2024, 3, 9))
SITES = (Site(1, "One", "http://example.org", 0), Site(2, "Two", "http://example.com", 0))


def visit(idvisit, time, visitor=1, **columns):
    return {"idvisit": idvisit, "visitor_id": visitor, "visit_last_action_time": time, **columns}


def action(idvisit, time, sequence, **columns):
    return {"idvisit": idvisit, "server_time": time, "sequence": sequence, **columns}


def item(idvisit, sku, sequence):
    return {"idvisit": idvisit, "sku": sku, "sequence": sequence}


class CountingLogs(MadeUpLogs):
    """Notes which days are read."""

    def __init__(self, dimensions):
        super().__init__(dimensions)
        self.read_days = []

    def read(self, log, table, columns=None):
        self.read_days.append(log.day)
        return super().read(log, table, columns)


@pytest.fixture
def logs():
    made = CountingLogs(load_plugins().dimensions())
    starts = [midnight_utc(day, UTC) for day in DAYS]
    made.set_day(
        1,
        DAYS[0],
        {
            "visits": [visit(10, starts[0] + 100), visit(11, starts[0] + 200, visitor=2)],
            "actions": [action(10, starts[0] + 100, 1), action(11, starts[0] + 200, 2, url="a.org/x", action_type=1)],
            "conversions": [
                {**action(10, starts[0] + 100, 1), "visitor_id": 1, "idgoal": 0, "revenue": 2.5, "items": 2},
                {**action(11, starts[0] + 200, 2), "visitor_id": 2, "idgoal": 3, "revenue": 9.0},
            ],
            "items": [{"idvisit": 10, "sku": "S"}],
        },
    )
    made.set_day(
        1,
        DAYS[1],
        {
            "visits": [visit(21, starts[1] + 300), visit(20, starts[1] + 300, visitor=3)],
            "actions": [action(21, starts[1] + 300, 40), action(20, starts[1] + 300, 30), action(20, starts[1], 31)],
        },
    )
    made.set_day(1, DAYS[2], {"visits": [visit(30, starts[2], user_id="ann")], "actions": [action(30, starts[2], 50)]})
    made.set_day(2, DAYS[1], {"visits": [visit(90, starts[1] + 299)], "actions": [action(90, starts[1] + 299, 5)]})
    return made


@pytest.fixture
def reader(logs):
    catalogue = Catalogue.of(load_plugins())
    return VisitLogReader(logs, catalogue, lambda: snapshot(sites=SITES), SettableClock(NOW))


def ids(reader, idsites=(1,), **wanted):
    return [found.row["idvisit"] for found in reader.visits(VisitQuery(idsites, **wanted))]


def test_the_newest_visits_come_first_and_what_began_later_before_what_ended_at_once(reader):
    assert ids(reader) == [30, 21, 20, 11, 10]
    assert ids(reader, is_ascending=True) == [10, 11, 20, 21, 30]


def test_visits_are_cut_by_limit_and_offset_over_days_and_sites(reader):
    assert ids(reader, limit=2, offset=1) == [21, 20]
    assert ids(reader, (1, 2), limit=4) == [30, 21, 20, 90]
    assert ids(reader, limit=1, is_ascending=True) == [10]


def test_only_the_days_needed_are_read(reader, logs):
    ids(reader, limit=2)
    assert DAYS[0] not in logs.read_days


def test_a_day_ends_with_the_second_of_midnight(reader):
    assert ids(reader, first=DAYS[1], last=DAYS[1]) == [30, 21, 20]
    assert ids(reader, first=DAYS[0], last=DAYS[0]) == [11, 10]


def test_visits_are_chosen_by_visitor_time_and_segment(reader):
    assert ids(reader, visitor_id=1) == [30, 21, 10]
    assert ids(reader, newer_than=midnight_utc(DAYS[1], UTC) + 299) == [30, 21, 20]
    assert ids(reader, segment="userId==ann") == [30]
    assert ids(reader, segment="pageUrl=@/x") == [11]
    with pytest.raises(BadSegment):
        ids(reader, segment="nonsense==1")


@pytest.mark.parametrize("moment", [-(10**30), -470_957_925_072_650])
def test_a_moment_before_all_time_leaves_out_nothing(reader, moment):
    assert ids(reader, newer_than=moment) == ids(reader)
    assert reader.activity([1], moment) == reader.activity([1], 0)


@pytest.mark.parametrize("moment", [10**30, 470_957_925_072_650])
def test_a_moment_behind_all_time_leaves_nothing(reader, moment):
    assert ids(reader, newer_than=moment) == []
    assert reader.activity([1], moment) == Activity(0, 0, 0, 0)


def test_a_visit_has_its_own_rows_and_actions_are_numbered_by_sending(reader):
    first, second = (found for found in reader.visits(VisitQuery((1,), DAYS[1], DAYS[1])) if found.row["idvisit"] < 30)
    assert [row[ACTION_NUMBER] for row in first.actions] == [5]
    assert [row[ACTION_NUMBER] for row in second.actions] == [4, 3]
    oldest = reader.visits(VisitQuery((1,), limit=1, is_ascending=True))[0]
    assert (len(oldest.actions), len(oldest.conversions), len(oldest.items)) == (1, 1, 1)


def test_later_actions_than_the_wanted_ones_are_counted_only(reader):
    query = VisitQuery((1,), DAYS[1], DAYS[1], most_actions=1)
    found = {one.row["idvisit"]: one for one in reader.visits(query)}
    assert [row["sequence"] for row in found[20].actions] == [31]  # the first by time, though it was sent later
    assert [row[ACTION_NUMBER] for row in found[20].actions] == [4]
    assert (found[20].actions_left_out, found[21].actions_left_out) == (1, 0)
    everything = {one.row["idvisit"]: one for one in reader.visits(VisitQuery((1,), DAYS[1], DAYS[1]))}
    assert found[21] == everything[21]
    assert (len(everything[20].actions), everything[20].actions_left_out) == (2, 0)


def test_items_stand_by_when_the_site_first_sold_their_products_or_showed_them_on_the_day(reader, logs):
    midnight = midnight_utc(DAYS[2], UTC)
    logs.set_day(1, DAYS[1], {"visits": [visit(20, midnight - 9)], "items": [item(20, "S2", 33), item(20, "S3", 34)]})
    logs.set_day(
        1,
        DAYS[2],
        {
            "visits": [visit(30, midnight)],
            "actions": [action(30, midnight, 50, product_sku="S1"), action(30, midnight, 51, product_sku="S3")],
            "items": [item(30, f"S{number}", 71) for number in range(4)],
        },
    )
    (found,) = reader.visits(VisitQuery((1,), DAYS[2], DAYS[2]))
    assert [row["sku"] for row in found.items] == ["S2", "S3", "S1", "S0"]


def test_without_actions_only_conversions_come_along(reader):
    oldest = reader.visits(VisitQuery((1,), limit=1, is_ascending=True, with_actions=False))[0]
    assert (oldest.actions, len(oldest.conversions), oldest.items) == ((), 1, ())


def test_activity_counts_what_happened_since_a_moment(reader):
    since = midnight_utc(DAYS[1], UTC) + 300
    assert reader.activity([1], since) == Activity(visits=3, actions=3, visitors=2, conversions=0)
    assert reader.activity([1], 0, "visitorId==0000000000000001") == Activity(3, 3, 1, 1)


def test_sales_are_summed_by_visitor_and_kind(reader):
    assert reader.sales(1, [1, 2]) == {(1, 0): Sales(1, 2.5, 2)}
    assert reader.sales(1, []) == {}


def test_neighbours_ended_next_to_a_moment_within_a_day(reader):
    moment = midnight_utc(DAYS[1], UTC) + 150
    assert reader.neighbours(1, 1, moment) == Neighbours(before=2, after=3)
    assert reader.neighbours(1, 3, midnight_utc(DAYS[2], UTC) + 1) == Neighbours(before=1, after=None)


def test_a_site_that_there_is_not_has_no_visits(reader):
    assert ids(reader, (7,)) == []
