"""Which reports are sent when, and in whose name."""

from datetime import UTC, datetime

from tests.support.api_calls import memory_registry
from tests.support.memory_stores import MemoryTable
from tidemark.clock import SettableClock
from tidemark.model.access import Role
from tidemark.model.errors import ApiError
from tidemark.model.scheduled_report import ScheduledReport
from tidemark.model.site import Site
from tidemark.model.user import User
from tidemark.registry.deliveries import StoredDeliveries
from tidemark.registry.scheduled_reports import StoredReports
from tidemark.reporting.deliveries import DueReports


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


class Calls:
    def __init__(self, fails=()):
        self.made = []
        self.fails = fails

    def call(self, method, params, identity):
        self.made.append((method, params["idReport"], params["date"], identity.login, dict(identity.roles)))
        if params["idReport"] in self.fails:
            raise self.fails[params["idReport"]]


def world(now, fails=()):
    registry = memory_registry()
    registry.add_site(Site(0, "Shop", "https://shop.example.org", 0, "America/New_York"))
    registry.add_user(User("anna", "anna@example.org", roles={1: Role.VIEW}))
    reports, calls = StoredReports(MemoryTable()), Calls(dict(fails))
    common = {"idreport": 0, "login": "anna", "description": "", "format": "csv", "reports": ("x",)}
    made = at("2026-11-20T00:00")
    for idsite, period in ((1, "day"), (1, "week"), (1, "never"), (9, "day")):
        reports.add(ScheduledReport(idsite=idsite, period=period, hour=7, ts_created=made, **common))
    deliveries = StoredDeliveries(MemoryTable(), lambda: "salt")
    return DueReports(calls, registry, reports, deliveries, SettableClock(at(now))), calls


def test_reports_are_sent_in_the_name_of_their_owner_when_due_on_the_sites_clock():
    run, calls = world("2026-11-21T12:00")
    assert run.run(lambda: False) == (1, 0)
    assert calls.made == [("ScheduledReports.sendReport", 1, "2026-11-20", "anna", {1: Role.VIEW})]


def test_reports_that_became_due_before_they_were_made_are_not_sent():
    run, calls = world("2026-11-20T11:59")
    assert (run.run(lambda: False), calls.made) == ((0, 0), [])


def test_one_that_fails_keeps_no_other_from_being_sent():
    run, calls = world("2026-11-23T12:00", {1: RuntimeError("broken"), 2: ApiError("refused")})
    assert run.run(lambda: False) == (2, 2)
    assert [made[1] for made in calls.made] == [1, 2]


def test_nothing_more_is_begun_when_the_time_is_over():
    run, calls = world("2026-11-23T12:00")
    assert (run.run(lambda: True), calls.made) == ((0, 0), [])


def test_what_was_sent_is_not_even_called_again():
    run, calls = world("2026-11-21T12:00")
    run.deliveries.finish(run.deliveries.claim("report#1", "day 2026-11-20"))
    assert (run.run(lambda: False), calls.made) == ((0, 0), [])
