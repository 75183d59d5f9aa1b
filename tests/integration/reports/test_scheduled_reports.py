"""A scheduled report as a client makes it and reads it."""

from __future__ import annotations

import pytest

from tests.support.erasure import TrackedInstance


@pytest.fixture
def site(tmp_path):
    instance = TrackedInstance(tmp_path)
    yield instance
    instance.close()


def test_a_document_has_the_numbers_of_its_reports(site):
    site.track(at=0, url="https://shop.example.org/a", action_name="First")
    site.track(at=60, url="https://shop.example.org/b", action_name="Second")
    site.settle()
    number = site.call(
        "ScheduledReports.addReport",
        idSite=1,
        description="Shop's week",
        period="day",
        hour=0,
        reportType="email",
        reportFormat="html",
        **{"reports[0]": "VisitsSummary_get", "reports[1]": "Actions_getPageTitles", "parameters[emailMe]": 1},
    )["value"]
    asked = {"idReport": number, "date": "2026-11-18"}
    page = site.text("ScheduledReports.generateReport", **asked)
    assert "<h1>Shop&#x27;s week</h1><p>Shop, Wednesday, November 18, 2026</p>" in page
    assert "<h2>Page titles</h2>" in page
    assert "<td>First</td>" in page or "<td> First</td>" in page
    table = site.text("ScheduledReports.generateReport", reportFormat="csv", **asked)
    assert table.splitlines()[:2] == ["Shop's week", '"Shop, Wednesday, November 18, 2026"']
    assert any(line.strip().startswith("Second,1") for line in table.splitlines())
    empty = site.text("ScheduledReports.generateReport", idReport=number, date="2020-01-01")
    assert "<td>First</td>" not in empty
