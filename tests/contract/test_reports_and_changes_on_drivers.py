"""On real drivers: reports come once per due time, whenever a process dies; changes reach the trackers in time."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from tests.support.api_calls import NOW, Caller
from tidemark.clock import SettableClock, SystemClock
from tidemark.config import Config
from tidemark.model.calls import Calls
from tidemark.model.deliveries import Deliveries
from tidemark.model.goal import Goal
from tidemark.model.mail import Mailer
from tidemark.model.scheduled_report import ScheduledReports
from tidemark.model.site import Site
from tidemark.plugin import Plugins, load_plugins
from tidemark.plugins.scheduled_reports import methods
from tidemark.plugins.scheduled_reports.sending import send_report
from tidemark.plugins.sites_manager.changes import add_site
from tidemark.registry.deliveries import LEASE_SECONDS, StoredDeliveries
from tidemark.registry.scheduled_reports import StoredReports
from tidemark.registry.table_registry import TableRegistry
from tidemark.tracking.snapshots import SnapshotCache

USES = ("registry", "objects")
REPORT = {
    "idSite": 1,
    "description": "Weekly",
    "period": "week",
    "hour": 7,
    "reportType": "email",
    "reportFormat": "csv",
    "reports": ["VisitsSummary_get"],
    "parameters": {"emailMe": "1", "additionalEmails": "b@example.org"},
}
PROMISED_SECONDS = 60


class Killed(BaseException):
    """What a process does not survive."""


class Numbers:
    """Answers every report with one number."""

    client_ip = ""

    def pretty_date(self, *_):
        return "a week"

    def answer(self, _params):
        return {"metadata": {"name": "Visits"}, "columns": {"nb_visits": "Visits"}, "reportData": {"nb_visits": 7}}


class Outbox:
    """Kills the process before or after a mail is handed over."""

    is_set_up = True

    def __init__(self):
        self.mails, self.dies = [], {}

    def send(self, mail):
        if self.dies.pop(("before", mail.to), False):
            raise Killed
        self.mails.append((mail.to, mail.key))
        if self.dies.pop(("after", mail.to), False):
            raise Killed


@pytest.fixture
def world(driver):
    table, clock, outbox = driver.stores.registry, SimpleNamespace(now=NOW), Outbox()
    registry = TableRegistry(table, driver.stores.objects, SystemClock())

    def process():
        """Another process on the same stores."""
        services = {
            ScheduledReports: StoredReports(table),
            Plugins: load_plugins(("visits_summary",)),
            Deliveries: StoredDeliveries(table, lambda: "salt", lambda: clock.now),
            Mailer: outbox,
            Calls: Numbers(),
        }
        return Caller(registry, services=services)

    registry.create_superuser("admin", "0" * 32, email="a@example.org")
    process()(add_site, siteName="Shop")
    process()(methods.add_report, **REPORT)
    return SimpleNamespace(process=process, clock=clock, outbox=outbox)


@pytest.mark.parametrize(
    ("moment", "receiver", "doubtful"),
    [
        ("before", "a@example.org", None),
        ("after", "a@example.org", "a@example.org"),
        ("before", "b@example.org", None),
        ("after", "b@example.org", "b@example.org"),
    ],
)
def test_a_report_comes_once_when_a_process_is_killed(world, moment, receiver, doubtful):
    world.outbox.dies[moment, receiver] = True
    with pytest.raises(Killed):
        world.process()(send_report, idReport=1)
    had = list(world.outbox.mails)
    world.process()(send_report, idReport=1)
    assert world.outbox.mails == had, "the one who died may still be at it"
    for _ in range(3):
        world.clock.now += LEASE_SECONDS + 1
        world.process()(send_report, idReport=1)
    counts = Counter(to for to, _ in world.outbox.mails)
    assert counts == {one: 1 + (one == doubtful) for one in ("a@example.org", "b@example.org")}
    assert len(set(world.outbox.mails)) == 2, "what comes twice is the same message"


def test_a_report_comes_once_when_many_processes_send_it(world):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: world.process()(send_report, idReport=1), range(4)))
    assert sorted(to for to, _ in world.outbox.mails) == ["a@example.org", "b@example.org"]


def test_a_change_reaches_the_trackers_in_time(driver):
    registry = TableRegistry(driver.stores.registry, driver.stores.objects, SettableClock(NOW))
    idsite = registry.add_site(Site(0, "Shop", "https://shop.example.org", NOW)).idsite
    time = SimpleNamespace(now=0.0)
    tracker = SnapshotCache(driver.stores.objects, Config().snapshot_age_seconds, lambda: time.now)
    tracker.current()
    registry.add_goal(Goal(idsite, 0, "Paid", "url", "/thanks", "contains"))
    registry.set_settings({"PrivacyManager.ipAddressMaskLength": 4})
    registry.change_site(idsite, lambda site: Site(idsite, "Shop", site.main_url, NOW, excluded_ips=("1.2.3.4",)))
    time.now += PROMISED_SECONDS
    seen = tracker.current()
    assert seen.settings.number("PrivacyManager.ipAddressMaskLength") == 4
    assert [goal.name for goal in seen.site(idsite).goals] == ["Paid"]
    assert seen.site(idsite).excluded_ips == ("1.2.3.4",)
