import json
from urllib.parse import quote

from tests.support.reporting import VIEWER, ask, make_api
from tidemark.plugins.api.bulk import MAX_CALLS

DAY = "idSite=1&period=day&date=2010-03-06"


def value(query):
    return json.loads(ask(make_api(), f"module=API&format=json&{query}").body)


def test_main_metrics_are_those_of_all_overviews():
    assert value(f"method=API.get&{DAY}") == {
        "nb_visits": 2,
        "nb_actions": 8,
        "bounce_count": 1,
        "sum_visit_length": 1622,
        "bounce_rate": "50%",
        "nb_actions_per_visit": 4,
        "avg_time_on_site": 811,
    }


def test_main_metrics_can_be_restricted_and_keep_their_own_order():
    found = value(f"method=API.get&{DAY}&columns=bounce_rate,nb_actions,nb_visits,nothing")
    assert list(found) == ["nb_visits", "nb_actions", "bounce_rate"]
    assert value(f"method=API.get&{DAY}&columns=nothing") == []


def test_main_metrics_of_several_dates_are_a_map():
    found = value("method=API.get&idSite=1&period=day&date=2010-03-04,2010-03-06&columns=nb_visits")
    assert found == {"2010-03-04": 0, "2010-03-05": 11, "2010-03-06": 2}


def test_bulk_calls_are_answered_in_order_with_errors_in_their_place():
    calls = [
        f"method=Demo.getVisits&{DAY}",
        "?method=Demo.nope",
        "method=API.getBulkRequest&urls[]=x",
        quote(f"method=Demo.getVisits&{DAY}"),
        f"method=Demo.superuserOnly&token_auth={VIEWER}",
        "method=Demo.superuserOnly&token_auth=wrong",
        "method=Demo.nothing&idSite=1",
        "",
    ]
    query = "&".join(f"urls[{index}]={quote(call)}" for index, call in enumerate(calls))
    found = value(f"method=API.getBulkRequest&{query}")
    assert [found[0], found[2], found[5]] == [{"value": 2}, {"value": 2}, {"result": "success", "message": "ok"}]
    assert [answer["result"] for answer in (found[1], found[3], found[4])] == ["error"] * 3
    assert len(found) == 6


def test_bulk_calls_beyond_the_limit_are_refused_in_their_place():
    query = "&".join(["urls[]=method%3DAPI.getMatomoVersion"] * (MAX_CALLS + 2))
    found = value(f"method=API.getBulkRequest&filter_limit=-1&{query}")
    assert len(found) == MAX_CALLS + 2
    assert [answer.get("result") for answer in found[MAX_CALLS - 1 :]] == [None, "error", "error"]
    assert str(MAX_CALLS) in found[-1]["message"]


def test_version_and_settings():
    assert value("method=API.getMatomoVersion") == {"value": "5.2.0"}
    assert value("method=API.getPiwikVersion") == {"value": "5.2.0"}
    assert value("method=API.getSettings") == {"SDK_batch_size": 10, "SDK_interval_value": 30}
    assert value("method=API.isPluginActivated&pluginName=Demo") == {"value": True}
