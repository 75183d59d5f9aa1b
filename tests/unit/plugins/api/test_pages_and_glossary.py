import json
import sys

from tests.support.reporting import VIEWER, ask, make_api


def value(query, **params):
    return json.loads(ask(make_api(), f"module=API&format=json&{query}", **params).body)


def test_some_pages_are_not_compared():
    assert "General_Visitors.Live_VisitorLog" in value("method=API.getPagesComparisonsDisabledFor")


def test_the_glossary_tells_what_reports_and_metrics_mean():
    reports = value("method=API.getGlossaryReports&idSite=1")
    assert [report["name"] for report in reports] == ["Main metrics (API)"]
    metrics = {metric["id"]: metric["name"] for metric in value("method=API.getGlossaryMetrics&idSite=1")}
    assert metrics["bounce_rate"] == "Bounce Rate"


def test_the_runtime_tells_its_version_to_superusers_only():
    found = value("method=API.getPhpVersion")
    assert (found["major"], found["minor"]) == sys.version_info[:2]
    assert value("method=API.getPhpVersion", token=VIEWER)["result"] == "error"


def test_there_are_kinds_of_sites():
    assert [kind["id"] for kind in value("method=API.getAvailableMeasurableTypes")] == [
        "website",
        "intranet",
        "mobileapp",
    ]
