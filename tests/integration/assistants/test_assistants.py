"""An assistant is told what the API tells the user whose token it has, and nothing else."""

from __future__ import annotations

import asyncio
import os

import pytest
from mcp import Client as Assistant
from mcp import StdioServerParameters

from tests.support.instance import CONSOLE, TOKEN, serving
from tidemark.cli.assistants import READABLE, make_server
from tidemark.cli.client import Client

DAY = {"period": "day", "date": "2026-01-05"}


@pytest.fixture(scope="module")
def site():
    with serving() as instance:
        instance.set_now("2026-01-05T12:00:00+00:00")
        instance.add_site()
        instance.add_site("Secret")
        for number in range(3):
            at = {"cdt": f"2026-01-05 08:0{number}:00", "token_auth": TOKEN}
            instance.track(url=f"https://shop.example.org/{number}", cid="0123456789abcdef", **at)
        instance.drain()
        instance.api(
            "UsersManager.addUser", userLogin="reader", password="correct horse battery", email="r@example.org"
        )
        instance.api("UsersManager.setUserAccess", userLogin="reader", access="view", idSites="1")
        yield instance


def told(server, tool, **arguments):
    """What a tool answers; or its error as text."""

    async def call():
        async with Assistant(server) as assistant:
            answer = await assistant.call_tool(tool, arguments)
            return answer.content[0].text if answer.is_error else answer.structured_content

    return asyncio.run(call())


def reader_token(site):
    form = {"userLogin": "reader", "passwordConfirmation": "correct horse battery", "description": "assistant"}
    return site.api("UsersManager.createAppSpecificTokenAuth", **form, token_auth=TOKEN)["value"]


@pytest.mark.parametrize(
    "method", ["Actions.getPageUrls", "VisitsSummary.get", "DevicesDetection.getBrowsers", "Live.getLastVisitsDetails"]
)
def test_reports_are_those_of_the_api(site, method):
    answer = told(make_server(Client(site.url, TOKEN)), "report", method=method, site=1, **DAY)
    assert answer == {"report": site.api(method, idSite=1, filter_limit=100, **DAY)}
    assert answer["report"]


def test_sites_segments_and_sql_are_those_of_the_api(site):
    server = make_server(Client(site.url, TOKEN))
    assert told(server, "sites") == {"sites": site.api("SitesManager.getSitesWithAtLeastViewAccess")}
    assert told(server, "segments", site=1) == {"segments": site.api("API.getSegmentsMetadata", idSites=1)}
    sql = "SELECT count(*) AS hits FROM hits"
    assert told(server, "sql", query=sql, site="1", **DAY) == {"rows": [{"hits": 3}]}
    assert told(server, "sql_tables") == {"columns": site.api("Sql.getTables")}


def test_reports_are_named_with_their_metrics(site):
    methods = {one["method"]: one for one in told(make_server(Client(site.url, TOKEN)), "reports", site=1)["reports"]}
    named = {f"{one['module']}.{one['action']}" for one in site.api("API.getReportMetadata", idSites=1)}
    assert set(methods) == named
    assert "nb_visits" in methods["Actions.getPageUrls"]["metrics"]


def test_a_token_s_rights_are_the_assistant_s(site):
    server = make_server(Client(site.url, reader_token(site)))
    assert [one["idsite"] for one in told(server, "sites")["sites"]] == [1]
    assert "report" in told(server, "report", method="VisitsSummary.get", site=1, **DAY)
    assert "access" in told(server, "report", method="VisitsSummary.get", site=2, **DAY)
    assert "superuser" in told(server, "sql", query="SELECT 1").lower()


@pytest.mark.parametrize("method", ["SitesManager.deleteSite", "UsersManager.getUsers", "Nothing.get", ""])
def test_what_is_not_a_report_cannot_be_asked(site, method):
    answer = told(make_server(Client(site.url, TOKEN)), "report", method=method, site=1)
    assert "not a report" in answer


def test_an_assistant_chooses_neither_the_token_nor_the_method(site):
    server = make_server(Client(site.url, reader_token(site)))
    parameters = {"token_auth": TOKEN, "method": "UsersManager.getUsers", "format": "csv"}
    answer = told(server, "report", method="VisitsSummary.get", site=1, parameters=parameters, **DAY)
    assert answer["report"]["nb_actions"] == 3
    assert "access" in told(server, "report", method="VisitsSummary.get", site=2, parameters=parameters, **DAY)


def test_methods_beside_the_reports_exist_and_only_read(site):
    known = set(site.get("/openapi.json").json()["paths"])
    assert all(any(path.endswith(method.replace(".", "/")) for path in known) for method in READABLE)
    assert all(method.split(".")[1].startswith("get") for method in READABLE)


def test_the_console_s_server_speaks_over_standard_input_and_output(site):
    server = StdioServerParameters(
        command=CONSOLE, args=["mcp", "--url", site.url], env={**os.environ, "TIDEMARK_TOKEN": TOKEN}
    )
    assert told(server, "report", method="VisitsSummary.get", site=1, **DAY)["report"]["nb_actions"] == 3
