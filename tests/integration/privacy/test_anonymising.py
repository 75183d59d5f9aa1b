"""Days of the past when anonymised: as if the privacy settings had been in force when they were tracked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

import pytest

from tests.support.erasure import AGENT, NOON, TrackedInstance, traces
from tidemark.erasure.veil import visitor_of
from tidemark.model.anonymising import AnonymisingState, Hidden
from tidemark.tracking.request import Request

DAY = 86_400
ANNA = "anna@example.org"
ADDRESS = "203.0.113.99"
FIRST, LAST = date(2026, 11, 17), date(2026, 11, 18)
ALL = Hidden(FIRST, LAST, addresses=True, places=True, users=True)
PRIVATE = {
    "PrivacyManager.ipAnonymizerEnabled": True,
    "PrivacyManager.useAnonymizedIpForVisitEnrichment": True,
    "PrivacyManager.anonymizeUserId": True,
}


def traffic(site):
    """Two people on three days and two sites; the first day is before those that are anonymised."""
    for at in (-2 * DAY, -DAY, 0):
        site.track(at=at, uid=ANNA, url="https://shop.example.org/a", address=ADDRESS, lang="de-at")
        site.track(at=at + 30, uid=ANNA, url="https://shop.example.org/b", address=ADDRESS, lang="de-at")
        site.track(at=at + 60, _id="00000000000000ab", url="https://shop.example.org/b", address="198.51.100.77")
    site.track(at=40, uid=ANNA, url="https://shop.example.org/", idgoal=0, ec_id="o-1", revenue=10, address=ADDRESS)
    site.track(at=50, uid=ANNA, idsite=2, url="https://blog.example.org/x", address=ADDRESS)


@pytest.fixture
def site(tmp_path):
    site = TrackedInstance(tmp_path / "data")
    traffic(site)
    site.settle()
    site.reports()
    yield site
    site.close()


def raw(site, day=0):
    """What the visit log says of the visits of a day, without what fingerprints and random ids are."""
    span = "2026-11-15,2026-11-18"
    found = site.call("Live.getLastVisitsDetails", idSite=1, period="range", date=span, doNotFetchActions=1)
    told = [visit for visit in found if abs(visit["lastActionTimestamp"] - NOON - day * DAY) < DAY / 2]
    wanted = ("visitIp", "userId", "visitorId", "country", "city", "visitCount", "actions", "lastActionTimestamp")
    return [{name: visit[name] for name in wanted} for visit in told]


def test_days_are_as_if_the_settings_had_been_in_force_when_anonymised(site, tmp_path):
    before = raw(site)
    site.instance.anonymising().order(ALL, "admin")
    other = TrackedInstance(tmp_path / "other")
    other.instance.registry().set_settings(PRIVATE)
    salts = (instance.instance.registry().snapshot().salt for instance in (site, other))
    assert len({*salts}) == 2, "pseudonyms are the instance's own"
    traffic(other)
    other.settle()
    keyed = ("userId", "visitorId", "visitCount")
    told = [{name: value for name, value in visit.items() if name not in keyed} for visit in raw(site)]
    wanted = [{name: value for name, value in visit.items() if name not in keyed} for visit in raw(other)]
    other.close()
    assert raw(site) != before
    assert told == wanted
    assert {visit["visitIp"] for visit in told} == {"203.0.0.0", "198.51.0.0"}


def test_user_ids_become_the_trackers_pseudonyms_when_anonymised(site):
    site.instance.anonymising().order(ALL, "admin")
    (hidden,) = {visit["userId"] for visit in raw(site)} - {None}
    assert len(hidden) == 40
    assert {visit["visitorId"] for visit in raw(site)} == {f"{visitor_of(hidden):016x}", "00000000000000ab"}
    site.instance.registry().set_settings(PRIVATE)
    site.track(at=90, uid=ANNA, url="https://shop.example.org/c", address=ADDRESS)
    site.settle()
    assert len(raw(site)) == 2, "who comes back under the setting goes on with the visit"
    assert {visit["userId"] for visit in raw(site, day=-2)} == {ANNA, None}, "other days stay"


def test_nothing_is_left_of_what_is_hidden_when_all_days_are_anonymised(site):
    site.reports(segment=f"userId=={ANNA}")
    needles = {"texts": [ANNA, ADDRESS, "198.51.100.77"], "visitor_ids": [visitor_of(ANNA)]}
    assert {key.split("/")[0] for key in traces(site.stores, **needles)} >= {"hits", "log", "archive_blob"}
    site.instance.anonymising().order(replace(ALL, first=date(2026, 11, 1)), "admin")
    assert traces(site.stores, **needles) == []
    site.reports()
    assert traces(site.stores, **needles) == []
    assert site.call("VisitsSummary.get", idSite=1, period="day", date="2026-11-18")["nb_visits"] == 2


def test_a_second_run_finds_nothing_and_settles_it(site):
    anonymising = site.instance.anonymising()
    order = anonymising.order(ALL, "admin")
    assert (order.state, order.counts["hits"]) == (AnonymisingState.DONE, 8)
    before = raw(site)
    assert anonymising.run_pending() == 0, "not due yet"
    later = replace(anonymising, real_now=lambda: order.done_at + 3600)
    assert later.run_pending() == 1
    (settled,) = later.all()
    assert (settled.state, settled.counts) == (AnonymisingState.SETTLED, order.counts)
    assert raw(site) == before


def test_what_was_written_meanwhile_is_hidden_by_the_second_run(site):
    anonymising = site.instance.anonymising()
    order = anonymising.order(ALL, "admin")
    site.track(at=70, uid=ANNA, url="https://shop.example.org/late", address=ADDRESS)
    site.settle()
    assert ANNA in {visit["userId"] for visit in raw(site)}
    later = replace(anonymising, real_now=lambda: order.done_at + 3600)
    later.run_pending()
    assert ANNA not in {visit["userId"] for visit in raw(site)}
    assert [one.state for one in later.all()] == [AnonymisingState.DONE], "it is looked through once more"


def test_hits_that_are_told_later_of_anonymised_days_are_hidden_before_they_are_stored(site, tmp_path):
    late = {"at": -DAY + 600, "uid": ANNA, "url": "https://shop.example.org/late", "address": ADDRESS}
    site.instance.anonymising().order(replace(ALL, idsites=(1,)), "admin")
    hidden = {"texts": [ANNA, ADDRESS], "visitor_ids": [visitor_of(ANNA)]}
    before = traces(site.stores, **hidden)
    site.track(**late)
    site.ingest()
    assert traces(site.stores, **hidden) == before, "what is left of them is of other sites and days"
    other = TrackedInstance(tmp_path / "other")
    other.instance.registry().set_settings(PRIVATE)
    traffic(other)
    other.track(**late)
    other.settle()
    keyed = ("userId", "visitorId", "visitCount")
    told, wanted = (
        [{name: value for name, value in visit.items() if name not in keyed} for visit in raw(one, -1)]
        for one in (site, other)
    )
    other.close()
    assert told == wanted, "as if the settings had been in force"
    site.track(**{**late, "idsite": 2})
    site.track(**{**late, "at": -2 * DAY + 600})
    site.clock.set(NOON + 60)
    site.track(**{**late, "at": 5})
    site.settle()
    assert ANNA in {visit["userId"] for visit in raw(site)}, "what happens after the order follows the settings"
    assert ANNA in {visit["userId"] for visit in raw(site, day=-2)}, "other days stay"


def test_orders_of_before_they_told_until_when_they_hold_hide_nothing_that_is_told_later(site):
    order = site.instance.anonymising().order(ALL, "admin")
    item = dict(site.stores.registry.get("anonymisation", order.id))
    del item["until"]
    site.stores.registry.put({**item, "format": 1})
    site.track(at=-DAY + 600, uid=ANNA, url="https://shop.example.org/late", address=ADDRESS)
    site.settle()
    assert ANNA in {visit["userId"] for visit in raw(site, day=-1)}


def refused(site, at, **params):
    """A request whose token is missing: a tracking failure, and no hit."""
    site.clock.set(NOON + at)
    query = urlencode({"idsite": 1, "rec": 1, "cdt": NOON - 20 * DAY, "url": "https://shop.example.org/f", **params})
    request = Request("GET", "/matomo.php", query, {"user-agent": AGENT}, b"", "198.51.100.1")
    assert site.instance.collector().collect(request).status >= 400
    site.clock.set(NOON)


@pytest.mark.parametrize("is_late", [False, True])
def test_what_was_set_aside_goes_when_its_day_is_anonymised(site, is_late):
    refused(site, -60, uid=ANNA)
    refused(site, -3 * DAY, uid=ANNA, idsite=2)
    site.track(at=-30, uid=ANNA, url="https://shop.example.org/r", idgoal=99, dimension1="x" * 10, e_c="only")
    lines = b'{"hit_id":"a-0","idsite":9,"params":{"uid":"anna@example.org"}}'
    for day in ("2026-11-16", "2026-11-18"):
        site.stores.objects.put(f"rejected/site=9/date={day}/x.jsonl", lines)
    messages = site.queued()
    if not is_late:
        site.ingest(messages)
        assert len(list(site.stores.archive_state.query("tracking_failures"))) == 2
    order = site.instance.anonymising().order(ALL, "admin")
    if is_late:
        site.ingest(messages)
    (kept,) = site.stores.archive_state.query("tracking_failures")
    assert kept["idsite"] == 2, "of another day"
    assert order.counts.get("tracking_failures", 0) == (0 if is_late else 1)
    assert [info.key for info in site.stores.objects.listing("rejected/")] == [
        "rejected/site=9/date=2026-11-16/x.jsonl"
    ]


@pytest.mark.parametrize("death", ["put", "make_anew"])
def test_an_order_that_dies_is_carried_out_by_the_schedule(site, death):
    anonymising = replace(site.instance.anonymising(), runs_at_once=False)
    anonymising.order(ALL, "admin")

    class Dying:
        """Dies at the second call of a method."""

        def __init__(self, inner):
            self.inner, self.calls = inner, 0

        def __getattr__(self, name):
            if name == death:
                self.calls += 1
                if self.calls == 2:
                    raise KeyboardInterrupt
            return getattr(self.inner, name)

    dying = replace(anonymising, objects=Dying(anonymising.objects), derived=Dying(anonymising.derived))
    with pytest.raises(KeyboardInterrupt):
        dying.run_pending()
    assert anonymising.run_pending() == 1
    needles = [ANNA, ADDRESS]
    assert all("2026-11-16" in key or "/2026-11" in key for key in traces(site.stores, texts=needles)), "the day before"
    assert {visit["visitIp"] for visit in raw(site)} == {"203.0.0.0", "198.51.0.0"}


def test_columns_are_empty_when_unset(site):
    site.call("CustomDimensions.configureNewCustomDimension", idSite=1, name="Plan", scope="visit", active=1)
    site.track(at=100, _id="00000000000000cd", url="https://shop.example.org/z?x=1", dimension1="gold",
               action_name="Secret", urlref="https://elsewhere.example/page", res="800x600",
               _cvar='{"1":["who","me"],"2":["a","b"]}')  # fmt: skip
    site.settle()
    asked = {"idSites": "1", "date": "2026-11-18"}
    visit_columns = ["custom_dimension_1", "custom_var_v1", "referer_url", "referer_name", "config_resolution"]
    asked |= {f"unsetVisitColumns[{index}]": name for index, name in enumerate(visit_columns)}
    asked |= {"unsetLinkVisitActionColumns[0]": "idaction_url", "unsetLinkVisitActionColumns[1]": "idaction_name"}
    assert site.call("PrivacyManager.anonymizeSomeRawData", **asked)["result"] == "success"
    assert traces(site.stores, texts=["Secret", "gold", "elsewhere.example", "800x600", "example.org/z", "x=1"]) == []
    (entry,) = site.call("PrivacyManager.getRawDataAnonymizations")
    assert (entry["idsites"], entry["requester"], entry["state"]) == ([1], "admin", "done")
    assert site.call("VisitsSummary.get", idSite=1, period="day", date="2026-11-18")["nb_visits"] == 3


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({}, "Nothing was chosen"),
        ({"unsetVisitColumns[0]": "nonsense"}, "there is no nonsense"),
        ({"unsetVisitColumns[0]": "visit_total_actions"}, "computed"),
        ({"idSites": "x", "anonymizeIp": 1}, "numbers of sites"),
        ({"idSites": "9", "anonymizeIp": 1}, "9"),
        ({"date": "nonsense", "anonymizeIp": 1}, "nonsense"),
    ],
)
def test_what_makes_no_sense_is_refused(site, params, told):
    answer = site.call("PrivacyManager.anonymizeSomeRawData", **{"idSites": "all", "date": "2026-11-18", **params})
    assert answer["result"] == "error"
    assert told in answer["message"]
    assert site.call("PrivacyManager.getRawDataAnonymizations") == []
