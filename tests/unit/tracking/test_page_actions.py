"""What a hit records. Source: Matomo 5.2, tracking behaviour, sections 7 to 9 and 12."""

from __future__ import annotations

import pytest

from tests.support.tracking import NOW, draft, row, snapshot
from tidemark.model.errors import TrackingError
from tidemark.model.goal import Goal
from tidemark.model.hit import ActionType
from tidemark.tracking.page_actions import put_action

URL = {"url": "https://www.shop.example.org/a?q=tide"}
PAGE = {"url": "https://www.shop.example.org/a"}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (PAGE, ActionType.PAGE),
        ({}, ActionType.PAGE),
        (URL, ActionType.SEARCH),
        (URL | {"c_n": "Ad"}, ActionType.CONTENT),
        (URL | {"c_n": "Ad", "e_c": "a", "e_a": "b"}, ActionType.EVENT),
        (URL | {"c_n": "Ad", "e_c": "a", "e_a": "b", "link": "http://x"}, ActionType.OUTLINK),
        (URL | {"link": "http://x", "download": "http://y"}, ActionType.DOWNLOAD),
        (PAGE | {"e_c": "a"}, ActionType.PAGE),
        (PAGE | {"e_c": "a", "ca": "1", "e_a": "b"}, ActionType.EVENT),
        (PAGE | {"ping": "1"}, ActionType.NONE),
        (PAGE | {"idgoal": "0"}, ActionType.NONE),
        (PAGE | {"idgoal": "0", "ec_id": "1"}, ActionType.NONE),
        (PAGE | {"ec_id": "1"}, ActionType.PAGE),
        (PAGE | {"idgoal": "-1"}, ActionType.PAGE),
        (PAGE | {"download": "0"}, ActionType.PAGE),
    ],
)
def test_the_action_with_the_highest_priority_wins_when_several_fit(params, expected):
    hit = draft(params)
    put_action(hit)
    assert hit.action is expected


def test_a_manual_goal_records_no_action_when_converted():
    hit = draft(PAGE | {"idgoal": "1"}, snapshot(goals=[Goal(1, 1, "Manual", "manually")]))
    put_action(hit)
    assert hit.row["action_type"] == ActionType.NONE
    assert "url" not in hit.row


@pytest.mark.parametrize(("said", "value"), [("1,5", 1.0), ("1e2x", 100.0), ("abc", 0.0), (" 2.5 ", 2.5), ("", None)])
def test_the_value_of_an_event_is_the_number_that_it_begins_with(said, value):
    """Source: Matomo 5.2, plugins/Events/Actions/ActionEvent (the text goes into a column of numbers)."""
    hit = draft(PAGE | {"e_c": "a", "e_a": "b", "e_v": said})
    put_action(hit)
    assert hit.row["event_value"] == value


@pytest.mark.parametrize(("params", "url"), [(URL, PAGE["url"]), (URL | {"search": "tide"}, None)])
def test_a_search_keeps_what_is_left_of_its_url_for_goals_and_dimensions(params, url):
    """Source: Matomo 5.2, plugins/Actions/Actions/ActionSiteSearch."""
    hit = draft(params)
    put_action(hit)
    assert (hit.url, hit.raw_url) == (url, url)
    assert "url" not in hit.row


@pytest.mark.parametrize("params", [{"ca": "1"}, {"ca": "1", "e_c": "a"}, {"e_c": " ", "e_a": "b"}, {"c_n": "  "}])
def test_custom_and_blank_actions_are_refused_when_nobody_knows_them(params):
    with pytest.raises(TrackingError):
        put_action(draft(params))


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (
            PAGE | {"action_name": " Help /  FAQ \n"},
            {"url": "shop.example.org/a", "url_prefix": 3, "title": "Help /  FAQ"},
        ),
        ({"url": "https://SHOP.example.org/A?gclid=1"}, {"url": "shop.example.org/A", "url_prefix": 2, "title": ""}),
        ({"url": "app://screen/one"}, {"url": "app://screen/one", "title": ""}),
        ({"url": "nonsense", "action_name": "T &amp; C"}, {"title": "T & C"}),
        ({"action_name": "Sale \U0001f6a2"}, {"title": "Sale \U0001f6a2"}),  # four bytes in UTF-8
        ({"download": " http://H/F.zip?gclid=1 "}, {"url": "http://H/F.zip?gclid=1"}),
        ({"link": "https://www.Other.example/"}, {"url": "https://www.Other.example/"}),
        (
            PAGE | {"e_c": " Video ", "e_a": " play ", "e_n": " intro ", "e_v": "2.5"},
            {
                "url": "shop.example.org/a",
                "url_prefix": 3,
                "event_category": "Video",
                "event_action": "play",
                "event_name": "intro",
                "event_value": 2.5,
            },
        ),
        (PAGE | {"e_c": "a", "e_a": "b", "e_v": "0"}, {"event_value": 0.0}),
        (PAGE | {"e_c": "a", "e_a": "b", "e_v": "many", "e_n": " "}, {"event_category": "a"}),
        (
            PAGE | {"c_n": " Ad ", "c_p": "img.png", "c_t": "https://x", "c_i": "click"},
            {
                "content_name": "Ad",
                "content_piece": "img.png",
                "content_target": "https://x",
                "content_interaction": "click",
            },
        ),
        (
            URL | {"search_count": "2", "search": "tide", "search_cat": "Books"},
            {
                "search_keyword": "tide",
                "search_category": "Books",
                "search_count": 2,
            },
        ),
        (PAGE | {"pv_id": "abcdef123"}, {"idpageview": "abcdef"}),
        (
            PAGE | {"pf_net": "10", "pf_srv": "0", "pf_tfr": "-1", "pf_dm1": "16777216"},
            {"time_network": 10, "time_server": 0},
        ),
        (PAGE | {"bw_bytes": "1234"}, {"bandwidth": 1234}),
        (PAGE | {"bw_bytes": "-1"}, {}),
    ],
)
def test_actions_fill_their_columns_when_recorded(params, expected):
    columns = {
        *("url", "url_prefix", "title", "event_category", "event_action", "event_name", "event_value", "content_name"),
        *(
            "content_piece",
            "content_target",
            "content_interaction",
            "search_keyword",
            "search_category",
            "search_count",
        ),
        *("idpageview", "time_network", "time_server", "time_transfer", "time_dom_processing", "bandwidth"),
    }
    found = row(params)
    assert expected.items() <= found.items()
    if {"url", "title", "search_keyword"} & expected.keys():
        assert {name: value for name, value in found.items() if name in columns} == expected


def test_titles_are_split_and_joined_when_the_instance_has_a_delimiter():
    present = snapshot(settings={"General.action_title_category_delimiter": "/"})
    assert row({"action_name": " Help // FAQ /"}, present)["title"] == "Help/FAQ"


def test_time_and_order_come_with_the_request_when_recorded():
    found = row({"cdt": str(NOW - 100)}, authenticated=True)
    assert (found["server_time"], found["sequence"], found["hit_id"]) == (NOW - 100, 7, "0" * 24 + "-0")
