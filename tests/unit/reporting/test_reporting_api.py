"""Calls over HTTP through dispatch, access, pipeline and formats."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.reporting import PAGES, SUPERUSER, VIEWER, ask, folders, make_api
from tidemark.plugin import Plugin, Report, Segment, col
from tidemark.reporting.request import ApiRequest

DAY = "idSite=1&period=day&date=2010-03-06"


@pytest.fixture(scope="module")
def api():
    return make_api()


def value(api, query, **how):
    response = ask(api, f"module=API&format=json&{query}", **how)
    return json.loads(response.body)


def labels(api, query):
    return [row["label"] for row in value(api, query)]


def test_a_report_is_sorted_cut_and_computed(api):
    rows = value(api, f"method=Demo.getPages&{DAY}&filter_limit=2")
    assert [(row["label"], row["avg_time_on_site"], row["segment"]) for row in rows] == [
        ("/index", 1, "pageUrl==%2Findex"),
        ("blog", 0, "pageUrl==blog"),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("filter_sort_column=avg_time_on_site", ["docs", "/index", "blog", "Others"]),
        ("filter_sort_column=label&filter_sort_order=asc", ["/index", "blog", "docs", "Others"]),
        ("filter_offset=1&filter_limit=2", ["blog", "docs"]),
        ("filter_pattern=^d", ["docs"]),
        ("filter_pattern_recursive=/a", ["docs"]),
        ("filter_truncate=1", ["/index", "Others"]),
        ("filter_excludelowpop=nb_visits&filter_excludelowpop_value=6", ["/index"]),
        ("label=blog", ["blog"]),
        ("label[]=blog&label[]=docs", ["blog", "docs"]),
        ("label=docs>/b&expanded=1", ["/b"]),
        ("label=none", []),
        ("label=blog&filter_limit=1", ["blog"]),
        ("flat=1", ["/index", "blog/x<y>", "docs/a", "docs/b", "Others"]),
        ("flat=1&include_aggregate_rows=1", ["/index", "blog", "blog/x<y>", "docs", "docs/a", "docs/b", "Others"]),
        ("flat=1&filter_pattern_recursive=docs", ["docs/a", "docs/b"]),
        ("flat=1&label=docs/a", ["docs/a"]),
        ("idSubtable=1", ["/a", "/b"]),
        ("idSubtable=99", []),
        ("segment=browserCode==FF", ["/index", "blog", "docs", "Others"]),
        ("disable_generic_filters=1", ["docs", "/index", "blog", "Others"]),
        ("disable_queued_filters=1", ["/index", "blog", "docs", -1]),
    ],
)
def test_generic_parameters_of_tables(api, query, expected):
    assert labels(api, f"method=Demo.getPages&{DAY}&{query}") == expected


def test_columns_have_their_stored_numbers_without_queued_filters(api):
    query = f"method=Demo.getPages&{DAY}&disable_queued_filters=1&filter_limit=1"
    (row,) = value(api, query)
    assert list(row)[:5] == ["label", "2", "12", "5", "avg_time_on_site"]
    (flat,) = value(api, f"{query}&flat=1")
    assert "nb_visits" in flat
    assert value(api, f"method=Demo.get&{DAY}&disable_queued_filters=1")["nb_visits"] == 2


def test_columns_are_shown_and_hidden(api):
    assert value(api, f"method=Demo.getPages&{DAY}&showColumns=nb_hits&filter_limit=1") == [
        {"label": "/index", "nb_hits": 7, "url": "http://e.org/", "segment": "pageUrl==%2Findex"}
    ]
    shown = value(
        api, f"method=Demo.getPages&{DAY}&hideColumns=nb_hits,avg_time_on_site,sum_visit_length&filter_limit=1"
    )
    assert list(shown[0]) == ["label", "nb_visits", "url", "segment"]


def test_subtables_come_along_only_when_expanded(api):
    rows = value(api, f"method=Demo.getPages&{DAY}&expanded=1")
    below = {row["label"]: [inner["label"] for inner in row.get("subtable", [])] for row in rows}
    assert below == {"/index": [], "blog": ["/x<y>"], "docs": ["/a", "/b"], "Others": []}
    assert rows[1]["idsubdatatable"] == 2
    assert "idsubdatatable" not in value(api, f"method=Demo.getPages&{DAY}&hideIdSubDatable=1")[1]


def test_a_search_gives_one_row_or_none(api):
    assert labels(api, f"method=Demo.getPage&{DAY}&pageUrl=docs>/a") == ["/a"]
    assert labels(api, f"method=Demo.getPage&{DAY}&pageUrl=docs>/none") == []
    assert labels(api, f"method=Demo.getPage&{DAY}&pageUrl=/index>/a") == []
    assert "'pageUrl'" in value(api, f"method=Demo.getPage&{DAY}")["message"]


def test_numbers_are_zero_alone_and_missing_in_maps(api):
    empty = "method=Demo.get&idSite=1&period=day"
    assert value(api, f"{empty}&date=2010-01-01") == {
        "nb_visits": 0,
        "nb_actions": 0,
        "bounce_count": 0,
        "sum_visit_length": 0,
        "bounce_rate": "0%",
        "nb_actions_per_visit": 0,
        "avg_time_on_site": 0,
    }
    assert value(api, f"{empty}&date=2010-01-01,2010-01-01") == {"2010-01-01": []}
    assert value(api, "method=Demo.getVisits&idSite=1&period=day&date=2010-01-01,2010-01-01") == {"2010-01-01": 0}
    assert value(api, f"method=Demo.getVisits&{DAY}") == {"value": 2}


def test_sites_are_outside_and_dates_inside(api):
    found = value(api, "method=Demo.getVisits&idSite=2,1&period=day&date=2010-03-05,2010-03-06")
    assert found == {"2": {"2010-03-05": 0, "2010-03-06": 1}, "1": {"2010-03-05": 11, "2010-03-06": 2}}
    assert value(api, "method=Demo.getVisits&idSite=all&period=day&date=2010-03-06") == {"1": 2, "2": 1}


def test_today_is_that_of_the_first_site(api):
    one_site = "method=Demo.getVisits&period=day&date=last1"
    assert list(value(api, f"{one_site}&idSite=1")) == ["2010-03-07"]
    assert list(value(api, f"{one_site}&idSite=2")) == ["2010-03-08"]


def test_columns_restrict_numbers_in_the_order_asked_for(api):
    assert value(api, f"method=Demo.get&{DAY}&columns=nb_actions,bounce_rate") == {
        "nb_actions": 8,
        "bounce_rate": "50%",
    }
    assert value(api, f"method=Demo.get&{DAY}&columns=nb_actions") == {"value": 8}


@pytest.mark.parametrize(
    ("mode", "rate", "time"), [("", "50%", 811), ("0", 0.5, 811), ("1", "50%", "13 min 31s"), ("bc", "50%", 811)]
)
def test_metrics_are_formatted_as_asked(api, mode, rate, time):
    found = value(api, f"method=Demo.get&{DAY}&format_metrics={mode}")
    assert (found["bounce_rate"], found["avg_time_on_site"]) == (rate, time)


def test_lists_of_records_are_cut_and_numbered_anew_unless_without_limit(api):
    assert list(value(api, "method=Demo.records&filter_limit=-1")) == ["3", "5", "8"]
    assert [record["size"] for record in value(api, "method=Demo.records")] == [3, 5, 8]
    assert [record["size"] for record in value(api, "method=Demo.records&filter_limit=1&filter_offset=1")] == [5]
    assert value(api, "method=Demo.records&filter_limit=1&hideColumns=name") == [{"size": 3}]
    found = value(api, "method=Demo.records&filter_column[]=name&filter_pattern=N5")
    assert [record["size"] for record in found] == [5]


def test_the_default_limit_is_a_setting():
    api = make_api(settings={"General.API_datatable_default_limit": 1})
    assert len(value(api, f"method=Demo.getPages&{DAY}")) == 1
    assert len(value(api, f"method=Demo.getPages&{DAY}&filter_limit=-1")) == 4


def test_parameters_reach_methods_typed_and_escaped(api):
    form = "text=%3Cb%3E&number=x&words=a,b&ids[]=1&ids[]=2&extra[k]=v"
    found = value(api, "method=Demo.echo", form=form)
    assert found == {"text": "<b>", "number": 5, "flag": False, "words": ["a", "b"], "ids": [1, 2], "extra": {"k": "v"}}
    assert value(api, "method=Demo.raw&text=%26lt%3B%3Cb%3E") == {"value": "<<b>"}


@pytest.mark.parametrize(
    ("query", "status", "part"),
    [
        ("method=Demo.nope", 400, "The method 'nope' does not exist"),
        ("method=Nope.get", 200, "in the module 'Nope'"),
        ("method=Demo", 200, "Plugin.method"),
        ("method=Demo.a.b", 200, "Plugin.method"),
        ("", 200, "Please specify a value for 'method'."),
        ("method=Demo.echo", 200, "Please specify a value for 'text'."),
        ("method=Demo.get&period=day&date=today", 200, "Please specify a value for 'idSite'."),
        ("method=Demo.get&idSite=1&date=today", 200, "Please specify a value for 'period'."),
        ("method=Demo.get&idSite=1&period=day", 200, "Please specify a value for 'date'."),
        ("method=Demo.get&idSite=1&period=decade&date=today", 200, "day, week, month, year, range"),
        ("method=Demo.get&idSite=1&period=day&date=2010-13-01", 200, "2010-13-01"),
        ("method=Demo.get&idSite=99&period=day&date=today", 200, "website id was set to '99'"),
        ("method=Demo.nothing", 200, "Please specify a value for 'idSite'."),
        ("method=Demo.refuse", 200, "no &quot;such&quot; &lt;thing&gt;"),
        (f"method=Demo.get&period=day&date=today&idSite=2&token_auth={VIEWER}", 401, "'view' access"),
        (f"method=Demo.nothing&idSite=1&token_auth={VIEWER}", 401, "'write' access"),
        (f"method=Demo.superuserOnly&token_auth={VIEWER}", 401, "'superuser' access"),
        ("method=Demo.get&idSite=1&period=day&date=today&token_auth=anonymous", 401, "'view' access"),
        ("method=Demo.get&idSite=1&period=day&date=today&token_auth=wrong", 401, "token_auth"),
    ],
)
def test_errors_name_what_is_wrong(api, query, status, part):
    for form in ("json", "xml"):
        response = ask(api, f"module=API&format={form}&{query}")
        assert response.status == status
        assert part in response.body.decode()
    assert json.loads(ask(api, f"module=API&format=json&{query}").body)["result"] == "error"


def test_unknown_formats_are_refused_in_plain_text(api):
    response = ask(api, "method=Demo.records&format=php")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert b"csv, html, json" in response.body


def test_tokens_come_in_query_form_or_header(api):
    query = "method=Demo.superuserOnly&format=json"
    token = "a" * 32
    assert value(api, query) == {"value": 1}
    assert value(api, query, form=f"token_auth={token}", token="") == {"value": 1}
    assert value(api, query, headers={"authorization": f"Bearer {token}"}, token="") == {"value": 1}
    assert value(api, query, headers={"authorization": f"Basic {token}"}, token="")["result"] == "error"
    strict = make_api(settings={"General.only_allow_secure_auth_tokens": True})
    assert ask(strict, query).status == 401
    assert value(strict, query, form=f"token_auth={token}", token="") == {"value": 1}


def test_jsonp_ignores_names_that_are_no_functions(api):
    assert ask(api, "method=Demo.records&format=json&callback=f").body.startswith(b"f(")
    assert ask(api, "method=Demo.records&format=json&jsoncallback=f").body.startswith(b"f(")
    assert ask(api, "method=Demo.records&format=json&callback=alert(1)").body.startswith(b"[")


def test_csv_downloads_are_named_after_report_and_date(api):
    response = ask(api, f"method=Demo.getPages&format=csv&{DAY}")
    assert response.headers["content-disposition"].endswith(
        "''Export%20_%20Pages%20_%20Saturday%2C%20March%206%2C%202010.csv"
    )
    translated = ask(
        api, f"method=Demo.getPages&format=csv&translateColumnNames=1&convertToUnicode=0&{DAY}"
    ).body.decode()
    assert translated.startswith("Label,Visits,Pageviews,")


@pytest.mark.parametrize(
    ("language", "start"), [("en", "Label,Visits"), ("de", "Bezeichnung,Besuche"), ("fr", "Libellé,Visites")]
)
def test_names_of_columns_are_in_the_language_of_the_call(api, language, start):
    query = f"method=Demo.getPages&format=csv&translateColumnNames=1&convertToUnicode=0&{DAY}&language={language}"
    header, *_rows = ask(api, query).body.decode().split("\n")
    assert header.startswith(start)
    assert (": segment" in header, "Metadata" in header) == (True, language == "en")


def test_methods_without_answer_succeed(api):
    assert value(api, "method=Demo.nothing&idSite=1") == {"result": "success", "message": "ok"}


def test_our_own_failures_have_a_document_without_details(api):
    response = api.failure(ApiRequest("format=json"))
    assert response.status == 500
    assert json.loads(response.body)["result"] == "error"


def test_the_archives_are_not_changed_by_filters():
    tables = folders()
    api = make_api(tables)
    first = value(api, f"method=Demo.getPages&{DAY}&flat=1&filter_limit=1")
    assert value(api, f"method=Demo.getPages&{DAY}&flat=1&filter_limit=1") == first
    assert tables[("Demo_pages", 1, "2010-03-06", None)] == folders()[("Demo_pages", 1, "2010-03-06", None)]


NAMES = st.sampled_from(
    [
        "method",
        "idSite",
        "period",
        "date",
        "format",
        "segment",
        "expanded",
        "flat",
        "idSubtable",
        "depth",
        "columns",
        "label",
        "label[]",
        "filter_limit",
        "filter_offset",
        "filter_sort_column",
        "filter_sort_order",
        "filter_pattern",
        "filter_column",
        "filter_column[]",
        "filter_pattern_recursive",
        "filter_truncate",
        "filter_excludelowpop",
        "filter_excludelowpop_value",
        "showColumns",
        "hideColumns",
        "hideColumnsRecursively",
        "keep_summary_row",
        "urls[]",
        "filter_add_columns_when_show_all_columns",
        "format_metrics",
        "callback",
        "serialize",
        "translateColumnNames",
        "totals",
        "pageUrl",
    ]
)
WORDS = st.sampled_from(
    [
        "Demo.getPages",
        "Demo.get",
        "Demo.getPage",
        "Demo.records",
        "Demo.echo",
        "Demo.nested",
        "API.get",
        "API.getBulkRequest",
        "1",
        "2",
        "all",
        "1,2",
        "day",
        "week",
        "range",
        "2010-03-06",
        "last7",
        "today",
        "2010-03-05,2010-03-06",
        "json",
        "xml",
        "csv",
        "tsv",
        "html",
        "rss",
        "original",
        "console",
        "docs>/a",
        "nb_visits",
        "label",
        "desc",
        "-1",
        "0",
        "99",
        "(",
        ".*",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(NAMES, WORDS | st.text(max_size=8), max_size=12))
def test_any_parameters_are_answered(api, params):
    base = {"method": "Demo.getPages", "idSite": "1", "period": "day", "date": "2010-03-06", "format": "json"}
    query = urlencode(base | params, errors="replace")
    response = ask(api, query)
    assert response.status in {200, 401}
    assert isinstance(response.body, bytes)


def test_columns_that_only_filters_make_need_all_numbers(api):
    assert value(api, f"method=Demo.get&{DAY}&columns=nb_visits,made_by_a_filter") == {"value": 2}


def test_methods_know_the_callers_address(api):
    request = ApiRequest(
        f"module=API&format=json&method=API.getIpFromHeader&token_auth={SUPERUSER}", client_ip="192.0.2.7"
    )
    assert json.loads(api.handle(request).body) == {"value": "192.0.2.7"}


def test_a_search_in_several_sites_and_dates_gives_the_first_match_of_each_site(api):
    found = value(api, "method=Demo.getPage&idSite=all&period=day&date=2010-03-05,2010-03-06&pageUrl=/index")
    assert [row["label"] for row in found["1"]] == ["/index"]
    assert found["2"] == []


@pytest.mark.parametrize(("client_ip", "status"), [("192.0.2.7", 200), ("198.51.100.1", 401), ("", 401)])
def test_only_allowed_addresses_may_call_where_some_are_named(client_ip, status):
    strict = make_api(settings={"General.login_allowlist_ip": "192.0.2.0/24"})
    query = f"module=API&format=json&method=Demo.records&token_auth={SUPERUSER}"
    assert strict.handle(ApiRequest(query, client_ip=client_ip)).status == status


def test_anonymous_callers_may_be_refused_segments():
    strict = make_api(settings={"General.anonymous_user_enable_use_segments_API": False})
    query = f"method=Demo.get&{DAY}&segment=browserCode==FF"
    assert "anonymous" in value(strict, query, token="")["message"]
    assert value(strict, query)["nb_visits"] == 2


@pytest.mark.parametrize(
    ("segment", "sites", "known"), [("own", "1", True), ("own", "2", False), ("own", "1,2", False)]
)
def test_segments_that_a_site_lacks_are_refused(segment, sites, known):
    mine = Segment(segment, "", "", col("x"), is_known_to=lambda _registry, idsite: idsite == 1)
    api = make_api(plugins=(Plugin("Own", segments=(mine,)),))
    query = f"method=Demo.get&period=day&date=2010-03-06&format=json&idSite={sites}"
    answer = value(api, f"{query}&segment={segment}==1")
    assert ("result" not in answer) is known
    assert "result" not in value(api, f"{query}&segment=other==1")
    assert "result" not in value(api, f"{query}&segment=unreadable")


def test_a_report_of_subtables_wants_to_know_which():
    below = Report("More.getBelow", "Below", "Actions", record=PAGES, dimension="Page", is_subtable=True)
    api = make_api(plugins=(Plugin("More", reports=(below,)),))
    asked = f"method=More.getBelow&{DAY}"
    assert value(api, asked)["message"] == "Please specify a value for 'idSubtable'."
    assert [row["label"] for row in value(api, f"{asked}&idSubtable=1")] == ["/a", "/b"]
