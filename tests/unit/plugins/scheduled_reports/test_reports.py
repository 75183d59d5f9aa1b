import pytest

from tests.support.api_calls import Caller
from tests.support.memory_stores import MemoryTable
from tidemark.model.access import Identity, Role
from tidemark.model.deliveries import Deliveries
from tidemark.model.errors import ApiError, BadParameter, NoAccess
from tidemark.model.scheduled_report import ScheduledReports
from tidemark.plugin import Plugins, load_plugins
from tidemark.plugins.scheduled_reports import methods
from tidemark.plugins.scheduled_reports.rendering import Chapter, Document, csv_bytes, embedded, html
from tidemark.plugins.sites_manager.changes import add_site
from tidemark.registry.deliveries import StoredDeliveries
from tidemark.registry.scheduled_reports import StoredReports

REPORT = {
    "idSite": 1,
    "description": "Weekly",
    "period": "week",
    "hour": 7,
    "reportType": "email",
    "reportFormat": "html",
    "reports": ["VisitsSummary_get"],
    "parameters": {"emailMe": "1", "additionalEmails": "a@example.org, b@example.org", "other": "x"},
}


@pytest.fixture
def call():
    reports = StoredReports(MemoryTable())
    deliveries = StoredDeliveries(MemoryTable(), lambda: "salt")
    call = Caller(
        services={ScheduledReports: reports, Deliveries: deliveries, Plugins: load_plugins(("visits_summary",))}
    )
    call(add_site, siteName="Shop")
    call(add_site, siteName="Blog")
    return call


def seen_by(call, login):
    return Caller(call.registry, Identity(login, roles={1: Role.VIEW}), services=call.services)


def test_a_report_is_stored_as_it_was_asked_for(call):
    assert call(methods.add_report, **REPORT) == 1
    (report,) = call(methods.get_reports)
    assert (report["idreport"], report["login"], report["period"], report["hour"]) == (1, "admin", "week", 7)
    assert report["reports"] == ["VisitsSummary_get"]
    assert report["parameters"] == {
        "emailMe": True,
        "additionalEmails": ["a@example.org", "b@example.org"],
        "displayFormat": 1,
        "evolutionGraph": False,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"period": "hour"},
        {"hour": 24},
        {"evolutionPeriodN": 100_000},
        {"evolutionPeriodN": -1},
        {"reportType": "pigeon"},
        {"reportFormat": "doc"},
        {"reports": ["No_such"]},
        {"reports": []},
    ],
)
def test_a_report_that_makes_no_sense_is_refused(call, wrong):
    with pytest.raises(BadParameter):
        call(methods.add_report, **{**REPORT, **wrong})


def test_a_report_of_a_segment_that_is_not_there_is_refused(call):
    with pytest.raises(ApiError, match="segment 3"):
        call(methods.add_report, **REPORT, idSegment=3)


def test_reports_are_seen_and_changed_by_their_owner_and_superusers(call):
    anna, ben = seen_by(call, "anna"), seen_by(call, "ben")
    number = anna(methods.add_report, **REPORT)
    assert ben(methods.get_reports) == []
    for function, more in ((methods.delete_report, {}), (methods.update_report, REPORT)):
        with pytest.raises(ApiError):
            ben(function, idReport=number, **more)
    anna(methods.update_report, idReport=number, **{**REPORT, "description": "Mine", "reportFormat": "csv"})
    (seen,) = call(methods.get_reports, idReport=number)
    assert (seen["description"], seen["format"], seen["login"]) == ("Mine", "csv", "anna")
    assert call(methods.get_reports, ifSuperUserReturnOnlySuperUserReports=True) == []
    call(methods.delete_report, idReport=number)
    assert anna(methods.get_reports) == []
    assert anna(methods.add_report, **REPORT) == number + 1


def test_reports_are_found_by_site_and_rhythm(call):
    call(methods.add_report, **REPORT)
    call(methods.add_report, **{**REPORT, "idSite": 2, "period": "day"})
    assert [one["idreport"] for one in call(methods.get_reports, idSite=2)] == [2]
    assert [one["idreport"] for one in call(methods.get_reports, period="week")] == [1]
    with pytest.raises(NoAccess):
        seen_by(call, "anna")(methods.get_reports, idSite=2)
    with pytest.raises(ApiError):
        call(methods.get_reports, idReport=9)


def test_documents_are_harmless_whatever_a_label_says():
    chapter = Chapter("Pages", ("URL", "Views"), (("<script>", "-5"), ("=HYPERLINK(1)", "1,000")))
    page = html(Document("A & B", "today", [chapter, Chapter("Empty", (), ())]), embedded)
    assert "<script>" not in page
    assert "A &amp; B" in page
    assert "There is no data" in page
    lines = csv_bytes(Document("A", "today", [chapter])).decode().splitlines()
    assert lines[3:] == ["Pages", "URL,Views", "<script>,-5", '\'=HYPERLINK(1),"1,000"']
