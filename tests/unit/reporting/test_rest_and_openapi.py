import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.support.reporting import SUPERUSER, VIEWER, make_api
from tidemark.plugin import Access, load_plugins
from tidemark.reporting.catalogue import Catalogue
from tidemark.reporting.description import describe_methods
from tidemark.reporting.openapi import describe_api
from tidemark.reporting.request import ApiRequest
from tidemark.reporting.rest import RestApi

DAY = "period=day&date=2010-03-06"


@pytest.fixture(scope="module")
def rest():
    return RestApi(make_api())


def ask(rest, path, query="", *, verb="GET", form="", token=SUPERUSER, **headers):
    plugin, _, action = path.rpartition("/")[2].partition(".")
    sent = {"authorization": f"Bearer {token}"} if token else {}
    request = ApiRequest(query, form, sent | headers, "http://stats.example/", verb=verb)
    return rest.handle(request, plugin, action, path.partition("/")[0] if "/" in path else None)


def value(rest, path, query="", **params):
    return json.loads(ask(rest, path, query, **params).body)


def test_a_report_of_a_site_answers_as_at_index_php(rest):
    assert value(rest, "1/Demo.getVisits", DAY) == {"value": 2}
    assert value(rest, "1,2/Demo.getVisits", DAY) == {"1": 2, "2": 1}
    assert value(rest, "Demo.getVisits", f"idSite=1&{DAY}") == {"value": 2}


def test_the_path_wins_over_the_query(rest):
    assert value(rest, "1/Demo.getVisits", f"idSite=2&method=Demo.raw&module=x&{DAY}") == {"value": 2}


def test_other_formats_can_be_asked_for_but_no_callbacks(rest):
    found = ask(rest, "1/Demo.getVisits", f"format=xml&{DAY}")
    assert (found.headers["content-type"], found.body[:5]) == ("text/xml; charset=utf-8", b"<?xml")
    assert ask(rest, "1/Demo.getVisits", f"callback=f&{DAY}").body.startswith(b"{")


@pytest.mark.parametrize(
    ("path", "query", "token", "status"),
    [
        ("Demo.nope", "", SUPERUSER, 404),
        ("Demo", "", SUPERUSER, 400),
        ("9/Demo.getVisits", DAY, SUPERUSER, 404),
        ("1/Demo.getVisits", "period=day", SUPERUSER, 400),
        ("1/Demo.getVisits", "period=eon&date=2010-03-06", SUPERUSER, 400),
        ("1/Demo.getVisits", DAY, "", 401),
        ("2/Demo.getVisits", DAY, VIEWER, 401),
        ("1/Demo.getVisits", DAY, "wrong", 401),
        ("Demo.refuse", "", SUPERUSER, 405),
    ],
)
def test_the_status_tells_what_is_wrong(rest, path, query, token, status):
    found = ask(rest, path, query, token=token)
    assert found.status == status
    assert json.loads(found.body).keys() == {"result", "message"}


def test_what_may_change_something_is_called_by_post(rest):
    assert ask(rest, "Demo.refuse", verb="POST").status == 400
    assert value(rest, "Demo.echo", verb="POST", form="text=x")["text"] == "x"


def test_answers_about_the_past_are_revalidated_by_etag(rest):
    first = ask(rest, "1/Demo.getVisits", DAY)
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["vary"] == "Authorization, Cookie"
    again = ask(rest, "1/Demo.getVisits", DAY, **{"if-none-match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other = ask(rest, "1/Demo.getVisits", DAY, **{"if-none-match": '"other"'})
    assert (other.status, other.body) == (200, first.body)


@pytest.mark.parametrize(
    ("path", "query", "verb"),
    [
        ("1/Demo.getVisits", "period=day&date=2010-03-07", "GET"),  # today
        ("1/Demo.getVisits", "period=month&date=2010-03-06", "GET"),
        ("1/Demo.getVisits", "period=day&date=last3", "GET"),
        ("Demo.records", "", "POST"),
        ("1/Demo.getVisits", DAY, "POST"),
        ("1/Demo.getVisits", "period=eon&date=2010-03-06", "GET"),
    ],
)
def test_other_answers_are_not_stored(rest, path, query, verb):
    found = ask(rest, path, query, verb=verb)
    assert found.headers["cache-control"] == "private, no-cache, no-store"
    assert "etag" not in found.headers


PROCESSED = "idSite=1&apiModule=Demo&apiAction=getPages&showTimer=0"
TABULAR = ("json", "xml", "csv", "tsv", "html", "original")


@pytest.mark.parametrize(
    ("path", "query", "formats"),
    [
        ("1/Demo.getPages", "", TABULAR),
        ("Demo.getPages", "idSite=1", TABULAR),
        ("1/API.get", "", TABULAR),
        ("API.getProcessedReport", PROCESSED, ("json", "xml", "original")),
    ],
)
def test_the_past_is_revalidated_in_every_format_and_form_of_address(rest, path, query, formats):
    for form in formats:
        first = ask(rest, path, f"format={form}&{DAY}&{query}")
        again = ask(rest, path, f"format={form}&{DAY}&{query}", **{"if-none-match": first.headers["etag"]})
        assert (first.status, again.status, again.body) == (200, 304, b"")
        assert first.headers["cache-control"] == again.headers["cache-control"] == "private, no-cache"
        assert again.headers["vary"] == first.headers["vary"] == "Authorization, Cookie"


def test_who_may_not_see_an_answer_learns_nothing_by_its_etag(rest):
    known = {"if-none-match": ask(rest, "1/Demo.getVisits", DAY).headers["etag"]}
    assert ask(rest, "1/Demo.getVisits", DAY, token=VIEWER, **known).status == 304
    for token in ("", "wrong"):
        refused = ask(rest, "1/Demo.getVisits", DAY, token=token, **known)
        assert (refused.status, refused.headers["cache-control"]) == (401, "private, no-cache, no-store")
        assert "etag" not in refused.headers


def test_origin_is_named_besides_what_tells_callers_apart():
    allowing = RestApi(make_api(settings={"General.cors_domains": "https://a.example"}))
    found = ask(allowing, "1/Demo.getVisits", DAY, origin="https://a.example")
    assert found.headers["vary"] == "Origin, Authorization, Cookie"
    assert found.headers["access-control-allow-origin"] == "https://a.example"


def test_our_own_failures_tell_nothing(rest):
    found = rest.failure(ApiRequest())
    assert (found.status, json.loads(found.body)["result"]) == (500, "error")


def test_the_description_has_an_etag_and_may_be_cached(rest):
    found = rest.describe(ApiRequest())
    assert found.headers["cache-control"] == "public, max-age=300"
    assert json.loads(found.body)["openapi"] == "3.1.0"
    known = replace(ApiRequest(), headers={"if-none-match": found.headers["etag"]})
    assert rest.describe(known).status == 304


def test_methods_are_described_from_their_code():
    described = {one.name: one for one in describe_methods(make_api().catalogue)}
    echo = described["Demo.echo"]
    assert [(one.name, one.kind, one.is_required) for one in echo.parameters][:2] == [
        ("text", "text", True),
        ("number", "integer", False),
    ]
    assert (echo.access, echo.answer, echo.is_report) == (Access.SOME_VIEW, "map", False)
    pages = described["Demo.getPages"]
    assert [one.name for one in pages.parameters] == [
        *("idSite", "period", "date", "segment"),
        *("idSubtable", "expanded", "flat"),
    ]
    assert (pages.answer, pages.is_report, pages.is_of_period) == ("table", True, True)
    assert described["Demo.getPage"].parameters[0].name == "pageUrl"
    assert described["Demo.get"].parameters[-1].name == "columns"
    assert described["API.getBulkRequest"].is_reading
    assert not described["Demo.refuse"].is_reading


def test_every_method_has_an_address_and_reports_one_below_their_site():
    catalogue = Catalogue.of(load_plugins())
    described = describe_methods(catalogue)
    paths = describe_api(catalogue)["paths"]
    assert len(described) > 250
    for method in described:
        operations = paths[f"/api/v1/methods/{method.plugin}/{method.action}"]
        assert ("get" in operations) is method.is_reading
        assert operations["post"]["responses"]["400"]["$ref"].endswith("/Error")
    report = paths["/api/v1/sites/{idSite}/reports/Actions/getPageUrls"]["get"]
    names = [one.get("name") for one in report["parameters"]]
    assert names[:3] == ["idSite", "period", "date"]
    assert report["responses"]["200"] == {"$ref": "#/components/responses/Table"}


def test_reports_are_described_with_every_parameter_of_tables():
    with (Path(__file__).parents[3] / "docs" / "generate" / "parameter_tests.csv").open(encoding="utf-8") as file:
        listed = {
            name
            for row in csv.DictReader(file)
            if row["group"] in {"filter", "table", "compare"}
            for name in row["parameter"].split(" / ")
        }
    operation = describe_api(make_api().catalogue)["paths"]["/api/v1/sites/{idSite}/reports/Demo/getPages"]["get"]
    parameters = describe_api(make_api().catalogue)["components"]["parameters"]
    named = [parameters[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in operation["parameters"]]
    names = [one["name"] for one in named]
    assert listed - set(names) == {"show_dimensions", "keep_totals_row", "result"}
    assert len(names) == len(set(names))


def test_operations_are_named_once():
    paths = describe_api(Catalogue.of(load_plugins()))["paths"]
    names = [operation["operationId"] for operations in paths.values() for operation in operations.values()]
    assert len(names) == len(set(names))


def test_the_description_is_valid(rest):
    """The whole one is made in the same way, and takes the validator ten seconds."""
    errors = OpenAPIV31SpecValidator(describe_api(rest.api.catalogue)).iter_errors()
    assert [error.message for error in errors] == []
