from datetime import date

import pytest

from tests.support.archives import snapshot
from tests.support.visit_log import MadeUpLogs
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.transition_reader import TransitionReader
from tidemark.model.action_type import ActionType, ReferrerType
from tidemark.model.errors import BadSegment
from tidemark.model.transitions import PageKey, PageQuery
from tidemark.plugin.plugin import load_plugins

MONDAY, TUESDAY = date(2024, 3, 4), date(2024, 3, 5)
PAGE, SEARCH, NONE = ActionType.PAGE, ActionType.SEARCH, ActionType.NONE


def visit(idvisit, **columns):
    return {"idvisit": idvisit, "visitor_id": idvisit, "visit_entry_type": PAGE, **columns}


def page(idvisit, url, title, **columns):
    return {"idvisit": idvisit, "action_type": PAGE, "url": url, "title": title, **columns}


@pytest.fixture(scope="module")
def reader():
    plugins = load_plugins()
    logs = MadeUpLogs(plugins.dimensions())
    logs.set_day(
        1,
        MONDAY,
        {
            "visits": [
                visit(
                    1,
                    visit_entry_url="a.org/x",
                    visit_entry_name="X",
                    referer_type=ReferrerType.CAMPAIGN,
                    referer_name="spring",
                    referer_keyword="shoes",
                    user_id="ann",
                ),
                visit(2, visit_entry_type=SEARCH, visit_entry_name="boots", referer_type=ReferrerType.DIRECT),
            ],
            "actions": [
                page(1, "a.org/x", "X", pageview_position=1),
                page(1, "a.org/x", "X", url_ref="a.org/x", title_ref="X", pageview_position=2),
                page(1, "a.org/y", "Y", url_ref="a.org/x", title_ref="X", pageview_position=3),
                {"idvisit": 1, "action_type": ActionType.EVENT, "url": "a.org/y", "url_ref": "a.org/x"},
                {"idvisit": 1, "action_type": SEARCH, "search_keyword": "hat", "url_ref": "a.org/y"},
                page(1, "a.org/x", "X", search_ref="hat", pageview_position=5),
                {"idvisit": 1, "action_type": ActionType.DOWNLOAD, "url": "http://a.org/f.zip", "url_ref": "a.org/x"},
                {"idvisit": 2, "action_type": SEARCH, "search_keyword": "boots", "pageview_position": 1},
                page(2, "a.org/x", "X", search_ref="boots", pageview_position=2),
            ],
        },
    )
    logs.set_day(
        1,
        TUESDAY,
        {
            "visits": [visit(3, visit_entry_url="a.org/y", visit_entry_name="Y")],
            "actions": [page(3, "a.org/x", "X", url_ref="a.org/y", title_ref="Y", pageview_position=2)],
        },
    )
    return TransitionReader(logs, Catalogue.of(plugins), snapshot)


def steps(reader, *, key=PageKey.URL, value="a.org/x", first=MONDAY, last=TUESDAY, site=1, segment=""):
    return reader.steps(PageQuery(site, first, last, key, value, segment))


def test_views_are_counted_by_what_came_before(reader):
    assert steps(reader).before == {
        (NONE, ""): 2,  # the first page of a visit, and the page behind a search that began one
        (PAGE, "a.org/x"): 1,
        (SEARCH, "hat"): 1,
        (PAGE, "a.org/y"): 1,
    }


def test_titles_know_searches_that_began_the_visit(reader):
    found = steps(reader, key=PageKey.TITLE, value="X", last=MONDAY).before
    assert found == {(NONE, ""): 1, (PAGE, "X"): 1, (SEARCH, "hat"): 1, (SEARCH, "boots"): 1}


def test_what_followed_is_counted_without_events_and_loops_apart(reader):
    found = steps(reader)
    assert found.after == {(PAGE, "a.org/y"): 1, (ActionType.DOWNLOAD, "http://a.org/f.zip"): 1}
    assert found.loops_after == 1
    assert steps(reader, key=PageKey.TITLE, value="X").after == {(PAGE, "Y"): 1}


def test_pages_without_title_are_no_way_on_from_a_title():
    plugins = load_plugins()
    logs = MadeUpLogs(plugins.dimensions())
    untitled = page(1, "a.org/z", None, url_ref="a.org/x", title_ref="X", pageview_position=2)
    logs.set_day(1, MONDAY, {"visits": [visit(1)], "actions": [page(1, "a.org/x", "X"), untitled]})
    found = TransitionReader(logs, Catalogue.of(plugins), snapshot)
    assert steps(found, key=PageKey.TITLE, value="X").after == {}
    assert steps(found).after == {(PAGE, "a.org/z"): 1}


def test_entries_are_counted_by_where_the_visit_came_from(reader):
    assert steps(reader).entries == {(ReferrerType.CAMPAIGN, "spring", "shoes", ""): 1}
    assert steps(reader, key=PageKey.TITLE, value="Y").entries == {(0, "", "", ""): 1}


def test_days_and_segments_choose_the_visits(reader):
    assert sum(steps(reader, first=TUESDAY).before.values()) == 1
    assert sum(steps(reader, segment="userId==ann").before.values()) == 3
    assert not steps(reader, site=9).before
    with pytest.raises(BadSegment):
        steps(reader, segment="nothing==1")
