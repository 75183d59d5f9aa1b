"""The console's commands about alerts and scheduled reports."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tidemark.cli.main import app


@pytest.fixture
def call(tmp_path):
    def run(*arguments: str):
        return CliRunner().invoke(app, [*arguments, "--data", str(tmp_path)])

    run("site", "add", "Shop", "https://shop.example.org")
    return run


def test_alerts_when_added_listed_and_deleted(call):
    added = call(
        "alert", "add", "Quiet", "nb_visits", "anomaly", "3.5", "--site", "1", "--to", "a@example.org", "--json"
    )
    assert json.loads(added.output) == {"idalert": 1}
    assert json.loads(call("alert", "list", "--json").output) == {
        "idalert": 1,
        "name": "Quiet",
        "period": "day",
        "sites": "1",
        "what": "nb_visits of VisitsSummary_get anomaly 3.5",
    }
    assert call("alert", "delete", "1").exit_code == 0
    assert call("alert", "list").output == ""
    assert call("alert", "delete", "1").exit_code == 1


def test_an_alert_that_makes_no_sense(call):
    refused = call("alert", "add", "Quiet", "nb_cats", "anomaly", "3.5", "--site", "1", "--to", "a@example.org")
    assert (refused.exit_code, "nb_cats" in refused.stderr) == (1, True)


def test_reports_when_listed_and_sent(call):
    call(
        "call",
        "ScheduledReports.addReport",
        "idSite=1",
        "description=Daily",
        "period=day",
        "hour=7",
        "reportType=email",
        "reportFormat=csv",
        "reports=VisitsSummary_get",
        "parameters[additionalEmails]=a@example.org",
    )
    assert json.loads(call("report", "list", "--json").output)["description"] == "Daily"
    sent = call("report", "send", "1")
    assert (sent.exit_code, "sends no mails" in sent.stderr) == (1, True)
