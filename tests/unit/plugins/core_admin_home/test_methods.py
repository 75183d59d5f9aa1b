from datetime import date

import pytest

from tests.support.api_calls import NOW, Caller
from tests.support.memory_stores import MemoryTable
from tidemark.clock import SettableClock
from tidemark.model.access import Role
from tidemark.model.errors import BadParameter, NoAccess
from tidemark.model.invalidation import Invalidation
from tidemark.model.tracking_failures import TrackingFailures
from tidemark.plugins.core_admin_home import failures, invalidation, settings
from tidemark.plugins.sites_manager.changes import add_site
from tidemark.registry.failures import PARTITION, StoredFailures


class Recorder:
    """Notes what would be invalidated."""

    def __init__(self):
        self.asked = []

    def invalidate_archives(self, idsites, periods, segment="", **options):
        self.asked += [(list(idsites), period.first, period.last) for period in periods]
        self.options = {"segment": segment, **options}
        return len(idsites) * len(periods)


@pytest.fixture
def table():
    return MemoryTable()


@pytest.fixture
def call(table):
    call = Caller(services={Invalidation: Recorder(), TrackingFailures: StoredFailures(table, SettableClock(NOW))})
    call(add_site, siteName="Shop")
    return call


def invalidate(call, dates, period="", **params):
    answer = call(invalidation.invalidate_archived_reports, idSites="1", dates=dates, period=period, **params)
    return [(first.isoformat(), last.isoformat()) for _, first, last in call.services[Invalidation].asked], answer


@pytest.mark.parametrize(
    ("dates", "period", "days"),
    [
        ("2020-01-01", "day", [("2020-01-01", "2020-01-01")]),
        ("2020-01-01", "", [("2020-01-01", "2020-01-01")]),
        ("2020-05-01,2020-05-03", "day", [("2020-05-01", "2020-05-01"), ("2020-05-03", "2020-05-03")]),
        ("2020-04-15", "month", [("2020-04-01", "2020-04-30")]),
        ("today,yesterday", "day", [("2027-01-15", "2027-01-15"), ("2027-01-14", "2027-01-14")]),
        ("2020-01-01,2020-03-31", "range", [("2020-01-01", "2020-03-31")]),
        (
            ["2020-01-01,2020-01-02", "2020-07-01,2020-07-02"],
            "range",
            [("2020-01-01", "2020-01-02"), ("2020-07-01", "2020-07-02")],
        ),
        ("last2", "range", [("2027-01-14", "2027-01-15")]),
        (["2020-01-01", "2020-01-01"], "day", [("2020-01-01", "2020-01-01")]),
    ],
)
def test_days_are_marked(call, dates, period, days):
    assert invalidate(call, dates, period)[0] == days


@pytest.mark.parametrize(
    ("dates", "period", "bad"),
    [
        ("2022-12-12,2022-31-15", "day", "2022-31-15"),
        ("abcdef", "day", "abcdef"),
        ("167389494", "day", "167389494"),
        ("2020-02-31", "day", "2020-02-31"),
        (["2022-12-12,2022-12-15", "2020-12-12,2019-01-01"], "range", "2020-12-12,2019-01-01"),
        ("2020-01-01", "eon", "2020-01-01"),
    ],
)
def test_dates_that_make_no_sense_are_named_and_left_out(call, dates, period, bad):
    days, answer = invalidate(call, dates, period)
    assert answer[1].endswith(f": {bad}.")
    assert bad not in {first for first, _ in days}


def test_all_means_the_sites_that_one_administers(call):
    call(add_site, siteName="Blog")
    boss = call.as_user("boss", roles={2: Role.ADMIN})
    boss(invalidation.invalidate_archived_reports, idSites="all", dates="2020-01-01", period="day")
    assert call.services[Invalidation].asked == [([2], date(2020, 1, 1), date(2020, 1, 1))]
    with pytest.raises(BadParameter):
        call(invalidation.invalidate_archived_reports, idSites="", dates="2020-01-01")


def test_archive_settings_are_stored(call):
    assert call(settings.set_archive_settings, enableBrowserTriggerArchiving=False, todayArchiveTimeToLive=60) is True
    assert call.settings.flag("General.enable_browser_archiving_triggering") is False
    assert call.settings.number("General.time_before_today_archive_considered_outdated") == 60
    with pytest.raises(BadParameter):
        call(settings.set_archive_settings, enableBrowserTriggerArchiving=False, todayArchiveTimeToLive=0)


@pytest.mark.parametrize("hosts", ["a.example, b.example,", ["a.example", "b.example"]])
def test_trusted_hosts_are_stored(call, hosts):
    assert call(settings.set_trusted_hosts, trustedHosts=hosts) is True
    assert call.settings.words("General.trusted_hosts") == ("a.example", "b.example")
    call(settings.set_trusted_hosts, trustedHosts="")
    assert call.settings.words("General.trusted_hosts") == ("a.example", "b.example")


def keep(table, idsite, idfailure, ttl=NOW + 10):
    table.put(
        {
            "pk": PARTITION,
            "sk": f"{idsite}#{idfailure}",
            "idsite": idsite,
            "idfailure": idfailure,
            "date_first_occurred": NOW,
            "request_url": "idsite=1&rec=1&url=http%3A%2F%2Fexample.org%2Fx&token_auth=__TOKEN_AUTH__",
            "ttl": ttl,
        }
    )


def test_failures_have_matomos_attributes(call, table):
    keep(table, 99, 1)
    keep(table, 1, 2)
    first, second = call(failures.get_tracking_failures)
    assert list(first) == [
        "idsite",
        "idfailure",
        "date_first_occurred",
        "request_url",
        "site_name",
        "pretty_date_first_occurred",
        "url",
        "problem",
        "solution",
        "solution_url",
    ]
    assert (first["idsite"], first["site_name"], first["url"]) == (1, "Shop", "http://example.org/x")
    assert first["pretty_date_first_occurred"] == "Jan 15, 2027 08:00:00"
    assert (second["idsite"], second["idfailure"], second["site_name"]) == (99, 1, "Unknown")


def test_failures_whose_time_is_up_are_gone(call, table):
    keep(table, 1, 2, ttl=NOW)
    assert call(failures.get_tracking_failures) == []


def test_administrators_see_and_drop_failures_of_their_sites(call, table):
    for idsite in (1, 2, 99):
        keep(table, idsite, 2)
    boss = call.as_user("boss", roles={1: Role.ADMIN})
    assert [one["idsite"] for one in boss(failures.get_tracking_failures)] == [1]
    with pytest.raises(NoAccess):
        boss(failures.delete_tracking_failure, idSite=2, idFailure=2)
    boss(failures.delete_all_tracking_failures)
    call(failures.delete_tracking_failure, idSite=99, idFailure=2)
    call(failures.delete_tracking_failure, idSite=99, idFailure=2)
    assert [one["idsite"] for one in call(failures.get_tracking_failures)] == [2]


def test_the_settings_that_hold_are_told_by_the_names_that_set_them(call):
    wanted = {"enableBrowserTriggerArchiving": False, "todayArchiveTimeToLive": 300}
    call(settings.set_archive_settings, **wanted)
    assert call(settings.get_archive_settings) == wanted
    call(settings.set_trusted_hosts, trustedHosts="a.example.org,b.example.org")
    assert call(settings.get_trusted_hosts) == ["a.example.org", "b.example.org"]
