from datetime import date

from tests.support.archives import archives_of
from tidemark.model.period import Period
from tidemark.plugins.visit_time import PLUGIN

DAY = date(2024, 3, 5)
MIDNIGHT = 1_709_596_800


def hours(tables):
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, DAY, tables)
        return bench.room.reader.table(1, Period.day(DAY), "VisitTime_serverTime").rows


def visit(hour):
    return {"idvisit": hour, "visitor_id": hour, "visit_first_action_time": MIDNIGHT + hour * 3600}


def test_all_hours_are_there_in_order():
    rows = hours({"visits": [visit(7), visit(22)]})

    assert [row.label for row in rows] == list(range(24))
    assert {row.label: row.columns["nb_visits"] for row in rows if row.columns["nb_visits"]} == {7: 1, 22: 1}


def test_an_hour_with_conversions_only_tells_last_that_it_has_no_visits():
    conversion = {"idvisit": 7, "idgoal": 1, "server_time": MIDNIGHT + 9 * 3600, "revenue": 3111.11}
    row = hours({"visits": [visit(7)], "conversions": [conversion]})[9]

    assert list(row.columns) == ["label", "goals", "nb_conversions", "revenue", "nb_visits"]
    assert (row.columns["revenue"], row.columns["nb_visits"]) == (3111.11, 0)


def test_a_cart_counts_neither_as_conversion_nor_as_revenue():
    cart = {"idvisit": 7, "idgoal": -1, "server_time": MIDNIGHT + 7 * 3600, "revenue": 50.0}
    row = hours({"visits": [visit(7)], "conversions": [cart]})[7]

    assert (row.columns["nb_conversions"], row.columns["revenue"]) == (0, 0)
    assert row.columns["goals"][-1]["revenue"] == 50
