"""A day's visit log becomes numbers and tables."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.archives import archives_of
from tidemark.model.goal import Goal
from tidemark.model.period import Period, PeriodKind
from tidemark.model.site import Site
from tidemark.model.table import SUMMARY_LABEL
from tidemark.plugin import Dimension, Plugin, Scope, col, record
from tidemark.plugins.actions.records import NUMBERS, RECORDS
from tidemark.plugins.goals.records import NUMBERS as GOAL_NUMBERS
from tidemark.plugins.goals.records import RECORDS as GOAL_RECORDS
from tidemark.plugins.visits_summary.records import NUMBERS as CORE_NUMBERS

DAY = date(2024, 3, 5)
BROWSER = Dimension("browser", Scope.VISIT, lambda hit: hit.client.code)
DEVICES = Plugin("Devices", dimensions=(BROWSER,), records=(record("Devices_browsers", col("browser")),))
CORE = Plugin("Core", numbers=CORE_NUMBERS)
GOALS = Plugin("Goals", records=GOAL_RECORDS, numbers=GOAL_NUMBERS)
ACTIONS = Plugin("Actions", records=RECORDS, numbers=NUMBERS)


def visit(number, visitor, **columns):
    return {
        "idvisit": number,
        "visitor_id": visitor,
        "visit_total_actions": 1,
        "visit_total_time": 10,
        "visit_goal_converted": 0,
        "visit_first_action_time": 1_709_640_000 + number,
        **columns,
    }


def page(number, visit_number, url, **columns):
    return {
        "idvisit": visit_number,
        "visitor_id": 7,
        "server_time": 1_709_640_000 + number,
        "sequence": number,
        "action_type": 1,
        "url": url,
        "url_prefix": 0,
        **columns,
    }


def test_numbers_and_table_of_visits():
    with archives_of(CORE, DEVICES) as bench:
        visits = [
            visit(1, 7, browser="FF", user_id="u"),
            visit(2, 7, browser="FF", visit_total_actions=3),
            visit(3, 8, browser="CH"),
            visit(4, 9, browser=None),
        ]
        bench.logs.set_day(1, DAY, {"visits": visits})
        period = Period.day(DAY)
        found = bench.room.reader.numbers([1], [period], ["nb_visits", "nb_uniq_visitors", "nb_users", "bounce_count"])
        assert found == {(1, period): {"nb_visits": 4, "nb_uniq_visitors": 3, "nb_users": 1, "bounce_count": 3}}
        table = bench.room.reader.table(1, period, "Devices_browsers")
        assert [row.columns for row in table] == [
            {
                "label": "FF",
                "nb_uniq_visitors": 1,
                "nb_visits": 2,
                "nb_actions": 4,
                "nb_users": 1,
                "max_actions": 3,
                "sum_visit_length": 20,
                "bounce_count": 1,
                "nb_visits_converted": 0,
            },
            {
                "label": "CH",
                "nb_uniq_visitors": 1,
                "nb_visits": 1,
                "nb_actions": 1,
                "nb_users": 0,
                "max_actions": 1,
                "sum_visit_length": 10,
                "bounce_count": 1,
                "nb_visits_converted": 0,
            },
        ]
        assert bench.room.reader.archived_at(1, period) == bench.clock.now()


def test_pages_stand_in_folders_and_are_cut():
    with archives_of(CORE, ACTIONS) as bench:
        bench.set_settings(General__datatable_archiving_maximum_rows_subtable_actions=2)
        urls = ["example.org/a/x", "example.org/a/x", "example.org/a/y", "example.org/a/z", "example.org/"]
        actions = [page(number, 1, url) for number, url in enumerate(urls)]
        bench.logs.set_day(1, DAY, {"visits": [visit(1, 7, visit_entry_url=urls[0])], "actions": actions})
        table = bench.room.reader.table(1, Period.day(DAY), "Actions_actions_url", expanded=True)
        assert [(row.label, row.get("nb_hits"), row.get("nb_uniq_visitors")) for row in table] == [
            ("a", 4, None),
            ("/index", 1, 1),
        ]
        folder = table.rows[0]
        assert folder.metadata == {"folder_url_start": "a"}
        assert [(row.label, row.get("nb_hits")) for row in folder.subtable] == [("/x", 2), (SUMMARY_LABEL, 2)]
        assert folder.subtable.rows[0].metadata == {"url": "http://example.org/a/x"}
        assert folder.subtable.summary_row.get("nb_uniq_visitors") is None
        assert folder.subtable.rows[0].get("entry_nb_visits") == 1
        alone = bench.room.reader.table(1, Period.day(DAY), "Actions_actions_url", idsubtable=folder.subtable_id)
        assert alone == folder.subtable
        numbers = bench.room.reader.numbers([1], [Period.day(DAY)], ["Actions_nb_pageviews"])
        assert list(numbers.values()) == [{"Actions_nb_pageviews": 5}]


def test_longer_periods_are_merged_from_days():
    with archives_of(CORE, DEVICES, ACTIONS) as bench:
        for offset, browsers in enumerate((["FF", "CH"], ["FF"])):
            day = date(2024, 3, 4 + offset)
            visits = [visit(10 * offset + n, n, browser=browser) for n, browser in enumerate(browsers)]
            actions = [page(n, 10 * offset, "example.org/a/x") for n in range(2)]
            bench.logs.set_day(1, day, {"visits": visits, "actions": actions})
        for kind in (PeriodKind.WEEK, PeriodKind.MONTH):
            period = Period.containing(kind, DAY)
            found = bench.room.reader.numbers([1], [period], ["nb_visits", "nb_uniq_visitors", "nb_actions"])
            assert found[1, period] == {"nb_visits": 3, "nb_uniq_visitors": 2, "nb_actions": 3}
            table = bench.room.reader.table(1, period, "Devices_browsers")
            assert [(row.label, row.get("nb_visits"), row.get("sum_daily_nb_uniq_visitors")) for row in table] == [
                ("FF", 2, 2),
                ("CH", 1, 1),
            ]
            pages = bench.room.reader.table(1, period, "Actions_actions_url", expanded=True)
            assert pages.rows[0].subtable.rows[0].metadata == {"url": "http://example.org/a/x"}
        for period in (Period.containing(PeriodKind.YEAR, DAY), Period.range(date(2024, 1, 1), date(2024, 3, 20))):
            found = bench.room.reader.numbers([1], [period], ["nb_visits", "nb_uniq_visitors"])
            assert found[1, period] == {"nb_visits": 3}


def test_nothing_is_stored_of_empty_days():
    with archives_of(CORE) as bench:
        period = Period.containing(PeriodKind.MONTH, DAY)
        assert bench.room.reader.numbers([1], [period], ["nb_visits"]) == {(1, period): {}}
        assert bench.room.reader.archived_at(1, period) is None
        assert list(bench.stores.objects.listing("")) == []


def test_the_first_day_gives_the_texts_of_a_period():
    with archives_of(CORE, ACTIONS) as bench:
        for offset, urls in enumerate((["b.example/x"], ["a.example/x", "a.example/x"])):
            actions = [page(n, 10 * offset, url) for n, url in enumerate(urls)]
            day = {"visits": [visit(10 * offset, 7)], "actions": actions}
            bench.logs.set_day(1, date(2024, 3, 4 + offset), day)
        pages = bench.room.reader.table(1, Period.containing(PeriodKind.MONTH, DAY), "Actions_actions_url")
        assert [(row.label, row.get("nb_hits"), row.metadata) for row in pages] == [
            ("/x", 3, {"url": "http://b.example/x"})
        ]


def test_goals_of_urls_with_one_label_are_joined():
    """Pages before: the most of any; rates: the sum of each URL's share in the row's entries."""
    with archives_of(CORE, ACTIONS) as bench:
        urls = {1: "a.example/x", 2: "b.example/x", 3: "c.example/x"}
        visits = [visit(n, n, visit_entry_url=url, visit_exit_url=url) for n, url in urls.items()]
        actions = [page(n, n, url) for n, url in urls.items()]
        conversions = [
            {"idvisit": n, "idgoal": 1, "revenue": 5.0, "pageviews_before": n, "server_time": 1_709_640_000 + n}
            | {"visit_entry_url": url, "sequence": n}
            for n, url in urls.items()
        ]
        bench.logs.set_day(1, DAY, {"visits": visits, "actions": actions, "conversions": conversions})
        (row,) = bench.room.reader.table(1, Period.day(DAY), "Actions_actions_url")
        goal = row.get("goals")[1]
        names = ("nb_conv_pages_before", "nb_conversions_entry", "nb_conversions_entry_rate", "revenue_per_entry")
        assert [round(goal[name], 6) for name in names] == [3, 3, 0.999, 5.001]


@pytest.mark.parametrize(
    ("ecommerce", "goals", "counted"),
    [(False, [], None), (True, [], 1), (False, [Goal(1, 1, "Signed up", "manually")], 1)],
)
def test_conversions_count_where_there_are_goals_or_sales(ecommerce, goals, counted):
    sites = [Site(1, "Site", "http://example.org", ts_created=0, ecommerce=ecommerce)]
    with archives_of(CORE, GOALS, sites=sites, goals=goals) as bench:
        conversions = [{"idvisit": 1, "idgoal": 0, "revenue": 5.0}]
        bench.logs.set_day(1, DAY, {"visits": [visit(1, 7, visit_goal_converted=1)], "conversions": conversions})
        period = Period.day(DAY)
        names = ["Goal_nb_conversions", "Goal_nb_visits_converted", "Goal_0_nb_conversions"]
        (found,) = bench.room.reader.numbers([1], [period], names).values()
        assert [found.get(name) for name in names] == [counted, 1, counted]


def test_of_urls_with_one_label_that_weigh_the_same_the_first_by_name_is_kept():
    with archives_of(CORE, ACTIONS) as bench:
        actions = [page(1, 1, "b.example/x"), page(2, 1, "a.example/x", url_prefix=3)]
        bench.logs.set_day(1, DAY, {"visits": [visit(1, 7)], "actions": actions})
        (row,) = bench.room.reader.table(1, Period.day(DAY), "Actions_actions_url")
        assert row.metadata == {"url": "https://www.a.example/x"}


@pytest.mark.parametrize(("idgoal", "days"), [(0, []), (1, [("0-0", 1), ("1-1", 0)])])
def test_days_until_a_conversion_are_told_when_a_goal_was_reached(idgoal, days):
    """Orders alone make no table; a goal makes one with all its rows."""
    sites = [Site(1, "Site", "http://example.org", ts_created=0, ecommerce=True)]
    with archives_of(CORE, GOALS, sites=sites, goals=[Goal(1, 1, "Signed up", "manually")]) as bench:
        conversions = [{"idvisit": 1, "idgoal": idgoal, "revenue": 5.0, "visitor_seconds_since_first": 60}]
        bench.logs.set_day(1, DAY, {"visits": [visit(1, 7, visit_goal_converted=1)], "conversions": conversions})
        rows = bench.room.reader.table(1, Period.day(DAY), "Goal_days_until_conv").rows[:2]
        assert [(row.label, row.get("nb_conversions")) for row in rows] == days


def test_pages_without_timings_sum_up_to_nothing_where_others_have_some():
    """The sum is 0, what is smallest and largest is not known."""
    with archives_of(CORE, ACTIONS) as bench:
        actions = [page(1, 1, "a.example/x", time_network=30), page(2, 1, "a.example/y", time_network=None)]
        bench.logs.set_day(1, DAY, {"visits": [visit(1, 7)], "actions": actions})
        rows = bench.room.reader.table(1, Period.day(DAY), "Actions_actions_url").rows
        names = ("sum_time_network", "nb_hits_with_time_network", "min_time_network", "max_time_network")
        found = {row.label: [row.get(name) for name in names] for row in rows}
        assert found == {"/x": [0.03, 1, 0.03, 0.03], "/y": [0, 0, None, None]}
