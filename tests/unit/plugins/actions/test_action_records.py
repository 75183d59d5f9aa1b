from datetime import date

import pytest

from tests.support.archives import archives_of
from tidemark.model.hit import ActionType
from tidemark.model.period import Period
from tidemark.plugins.actions import PLUGIN

DAY = date(2024, 3, 5)
LINK = {"action_type": ActionType.OUTLINK, "idvisit": 1, "visitor_id": 1, "position": 2}
PAGE = {"action_type": ActionType.PAGE, "idvisit": 1, "visitor_id": 1, "position": 1, "url_prefix": 2}


def tables(actions, *names, settings=None):
    with archives_of(PLUGIN) as bench:
        bench.set_settings(**settings or {})
        bench.logs.set_day(1, DAY, {"visits": [{"idvisit": 1, "visitor_id": 1}], "actions": actions})
        return [bench.room.reader.table(1, Period.day(DAY), name, expanded=True) for name in names]


def test_a_link_without_url_counts_as_a_page_without_one():
    rows = [PAGE | {"url": "example.org/a"}, LINK | {"url": ""}, LINK | {"url": "http://other.org/x"}]
    pages, links = tables(rows, "Actions_actions_url", "Actions_outlink")

    assert {row.label: row.columns["nb_hits"] for row in pages} == {"/a": 1, "Page URL not defined": 1}
    assert [row.label for row in links] == ["other.org"]


def test_pages_tell_their_whole_url():
    (pages,) = tables([PAGE | {"url": "example.org/a"}], "Actions_actions_url")

    assert pages.rows[0].metadata["url"] == "https://example.org/a"


@pytest.mark.parametrize(("limit", "labels"), [(0, ["/index", "/b", "/c"]), (2, ["/index", -1])])
def test_pages_that_tie_stand_in_order_of_their_url(limit, labels):
    rows = [PAGE | {"url": f"example.org/{name}"} for name in ("c", "b", "")]
    (pages,) = tables(
        rows, "Actions_actions_url", settings={"General__datatable_archiving_maximum_rows_actions": limit}
    )

    assert [row.label for row in pages] == labels


def test_titles_that_are_not_defined_have_no_goals():
    conversion = {"idvisit": 1, "idgoal": 1, "buster": 0, "revenue": 5.0, "server_time": 10, "pageviews_before": 1}
    with archives_of(PLUGIN) as bench:
        actions = [PAGE | {"url": "example.org/a", "server_time": 5}]
        visits = [{"idvisit": 1, "visitor_id": 1}]
        bench.logs.set_day(1, DAY, {"visits": visits, "actions": actions, "conversions": [conversion]})
        titles = bench.room.reader.table(1, Period.day(DAY), "Actions_actions")

    assert [(row.label, "goals" in row.columns) for row in titles] == [(" Page Name not defined", False)]


def test_hits_follow_a_search_until_another_named_action():
    rows = [
        PAGE | {"url": "example.org/a", "ref_type": ActionType.PAGE, "search_ref": "shoes"},
        PAGE | {"url": "example.org/b", "ref_type": ActionType.SEARCH, "search_ref": None},
        LINK | {"url": "http://other.org/x", "search_ref": "shoes"},
    ]
    pages, links = tables(rows, "Actions_actions_url", "Actions_outlink")

    assert {row.label: row.get("nb_hits_following_search") for row in pages} == {"/a": 1, "/b": None}
    assert links.rows[0].get("nb_hits_following_search") == 1


def goals_of(conversions, pages, table="Actions_actions_url", actions=None, visits=None):
    with archives_of(PLUGIN) as bench:
        rows = {"visits": visits or [{"idvisit": number, "visitor_id": number} for number in (1, 2)]}
        rows["actions"] = actions or [PAGE | {"server_time": 5} | page for page in pages]
        rows["conversions"] = [CONVERSION | conversion for conversion in conversions]
        bench.logs.set_day(1, DAY, rows)
        found = bench.room.reader.table(1, Period.day(DAY), table)
    return {row.label: row.columns.get("goals") for row in found}


CONVERSION = {"idvisit": 1, "idgoal": 1, "buster": 0, "revenue": 5.0, "server_time": 10, "pageviews_before": 1}


@pytest.mark.parametrize(
    ("revenue", "share"),
    [
        (26.99, 13.49),  # a little less in 32 bits, and so is its half
        (26.95, 13.48),
        (27.25, 13.63),
        (10.0, 5.0),
        (-3.0, -1.5),
        (0.0, 0.0),
    ],
)
def test_half_of_a_revenue_is_rounded_as_a_number_of_32_bits(revenue, share):
    goals = goals_of([{"revenue": revenue, "pageviews_before": 2}], [{"url": "example.org/a"}])
    assert goals["/a"][1]["revenue_attrib"] == share


def test_shares_of_revenue_are_rounded_visit_by_visit():
    conversions = [{"idvisit": visit, "revenue": 10.0, "pageviews_before": 3} for visit in (1, 2)]
    goals = goals_of(conversions, [{"url": "example.org/a", "idvisit": visit} for visit in (1, 2)])
    assert goals["/a"][1]["revenue_attrib"] == 6.66
    assert (goals["/a"][1]["nb_conversions"], goals["/a"][1]["nb_conv_pages_before"]) == (2, 3)


def test_a_conversion_without_pages_before_it_is_nobodys():
    goals = goals_of([{"pageviews_before": 0}], [{"url": "example.org/a"}])
    assert {"nb_conversions_attrib", "revenue_attrib"}.isdisjoint(goals["/a"][1])
    assert goals["/a"][1]["nb_conversions"] == 1


def test_searches_that_began_a_visit_tell_what_it_converted():
    search = {"action_type": ActionType.SEARCH, "idvisit": 1, "visitor_id": 1, "position": 1, "search_keyword": "hat"}
    visit = {
        "idvisit": 1,
        "visitor_id": 1,
        "visit_entry_url": "",
        "visit_entry_name": "hat",
        "visit_entry_type": ActionType.SEARCH,
    }
    conversion = {"visit_entry_url": "", "visit_entry_name": "hat", "revenue": 3.0}
    goals = goals_of([conversion], [], "Actions_sitesearch", [search | {"server_time": 5}], [visit])
    assert goals["hat"] == {
        1: {
            "revenue_entry": 3.0,
            "nb_conversions_entry_rate": 1.0,
            "revenue_per_entry": 3.0,
            "nb_conversions_entry": 1,
        }
    }


def test_time_on_pages_without_title_belongs_to_the_search_before_them():
    rows = [
        PAGE | {"action_type": ActionType.SEARCH, "search_keyword": "hat", "url": None},
        PAGE | {"url": "a.org/x", "search_ref": "hat", "ref_type": ActionType.SEARCH, "time_spent_ref": 600},
        PAGE | {"url": "a.org/y", "search_ref": "hat", "ref_type": ActionType.PAGE, "time_spent_ref": 5},
    ]
    (searches,) = tables(rows, "Actions_sitesearch")
    assert [(row.label, row.columns["sum_time_spent"]) for row in searches] == [("hat", 605)]
