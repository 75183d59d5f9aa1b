"""After an erasure nothing of the person is left anywhere, and the reports are what they would be without them."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from tests.support.erasure import AGENT, NOON, TrackedInstance, traces
from tidemark.bootstrap import Instance
from tidemark.model.erasure import ErasureState, Subject, SubjectKind
from tidemark.tracking.request import Request

DAY = 86_400
ANNA_ID = 0xA11CE5_DEADBEEF5
BEN_ID = 0xB0B0B0B0B0B0B0B0
ANNA = "anna@example.org"
ADDRESS = "203.0.113.99"


def others(site):
    """Hits of people who stay."""
    site.track(at=0, cid=f"{BEN_ID:016x}", url="https://shop.example.org/a", uid="ben")
    site.track(at=60, cid=f"{BEN_ID:016x}", url="https://shop.example.org/b", uid="ben")
    site.track(at=-DAY, cid=f"{BEN_ID:016x}", url="https://shop.example.org/b")
    site.track(at=30, idsite=2, url="https://blog.example.org/", address="203.0.113.50")


def mine(site):
    """Hits of the one who goes: with and without login, on two days and two sites, with an order that others repeat."""
    ids = {"address": ADDRESS}
    site.track(at=-DAY, cid=f"{ANNA_ID:016x}", url="https://shop.example.org/a", **ids)
    site.track(at=10, cid=f"{ANNA_ID:016x}", url="https://shop.example.org/c", **ids)
    site.track(at=20, uid=ANNA, url="https://shop.example.org/c", **ids)
    site.track(at=40, uid=ANNA, url="https://shop.example.org/", idgoal=0, ec_id="o-1", revenue=10, **ids)
    site.track(at=50, uid=ANNA, idsite=2, url="https://blog.example.org/x", **ids)


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """The reports of an instance that never saw her."""
    site = TrackedInstance(tmp_path_factory.mktemp("without"))
    others(site)
    site.settle()
    found = site.reports()
    site.close()
    return found


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A folder with an instance that has recorded and archived everybody's hits, and her messages."""
    folder = tmp_path_factory.mktemp("recorded")
    site = TrackedInstance(folder / "data")
    mine(site)
    messages = site.queued()
    site.ingest(messages)
    site.instance.archive_all()
    others(site)
    site.settle()
    site.reports()
    site.reports(segment=f"userId=={ANNA}")
    site.close()
    return folder / "data", messages


@pytest.fixture
def site(recorded, tmp_path):
    shutil.copytree(recorded[0], tmp_path / "data")
    instance = TrackedInstance(tmp_path / "data")
    yield instance
    instance.close()


def erase(site):
    """Erase her by all that she is known by."""
    erasing = site.instance.erasing()
    for kind, value in (
        (SubjectKind.USER, ANNA),
        (SubjectKind.VISITOR, f"{ANNA_ID:016x}"),
        (SubjectKind.ADDRESS, ADDRESS),
    ):
        receipt = erasing.erase(Subject(kind, value), (), "admin")
    return receipt


def left(site):
    return traces(site.stores, texts=[ANNA, ADDRESS], visitor_ids=[ANNA_ID])


def test_nothing_is_left_and_reports_are_as_without_when_a_person_is_erased(site, without):
    places = {key.split("/")[0] for key in left(site)}
    assert places >= {"hits", "log", "archive_blob"}, "the search has to find what is there"
    assert site.reports() != without
    erase(site)
    assert left(site) == []
    assert site.reports() == without
    assert left(site) == []
    kept = traces(site.stores, texts=["ben"], visitor_ids=[BEN_ID])
    assert any(key.startswith("hits/") for key in kept)


def test_reports_come_back_by_the_schedule_when_a_person_is_erased(site, without):
    erase(site)
    site.instance.archive_all()
    site.instance.registry().set_settings({"General.enable_browser_archiving_triggering": False})
    assert site.reports()["VisitsSummary.get", 1, "day"] == without["VisitsSummary.get", 1, "day"]


def test_hits_that_the_queue_brings_again_are_dropped(site, recorded, without):
    erase(site)
    result = site.ingest(recorded[1])
    assert result.failed == frozenset()
    assert result.counts == {"stored": 0, "dropped.erased": 5}
    assert left(site) == []
    assert site.reports() == without


def test_hits_that_waited_in_the_queue_are_dropped_but_not_those_after_the_erasure(site):
    site.track(at=90, uid=ANNA, url="https://shop.example.org/late", address=ADDRESS)
    erase(site)
    assert site.ingest().counts == {"stored": 0, "dropped.erased": 1}
    site.track(at=100, uid=ANNA, url="https://shop.example.org/new", address=ADDRESS)
    assert site.ingest().counts == {"stored": 1}


def test_an_ingest_that_began_before_the_erasure_stores_nothing_of_it(site, recorded, without):
    erased = site.instance.erasing().erasures
    tombstones = []

    class Late:
        """Sees the tombstones only from its second look on."""

        def tombstones(self, salt):
            tombstones.append(erased.tombstones(salt))
            return tombstones[-1] if len(tombstones) > 1 else type(tombstones[-1])()

    ingest = site.instance.ingest()
    erase(site)
    ingest._erased = Late()
    assert ingest.run(recorded[1]).failed == frozenset()
    assert len(tombstones) == 2
    assert left(site) == []
    assert site.reports() == without


def test_visits_that_are_named_go_with_all_their_hits_and_others_stay(site):
    visits = site.call("PrivacyManager.findDataSubjects", idSite="1", segment=f"userId=={ANNA}")
    assert [visit["userId"] for visit in visits] == [ANNA]
    named = {"visits[0][idsite]": 1, "visits[0][idvisit]": visits[0]["idVisit"]}
    exported = site.call("PrivacyManager.exportDataSubjects", **named)
    assert exported["log_visit"][0]["user_id"] == ANNA
    assert [row["url"] for row in exported["log_link_visit_action"]] != []
    deleted = site.call("PrivacyManager.deleteDataSubjects", **named)
    assert deleted == {
        "log_visit": 1,
        "log_link_visit_action": len(exported["log_link_visit_action"]),
        "log_conversion_item": 0,
        "log_conversion": 1,
    }
    assert site.call("PrivacyManager.findDataSubjects", idSite="1", segment=f"userId=={ANNA}") == []
    assert len(site.call("PrivacyManager.findDataSubjects", idSite="2", segment=f"userId=={ANNA}")) == 1
    assert len(site.call("PrivacyManager.findDataSubjects", idSite="1", segment="userId==ben")) == 1


def test_an_erasure_settles_once_nothing_more_is_found(site):
    receipt = erase(site)
    erasing = site.instance.erasing()
    assert receipt.state is ErasureState.ERASED
    assert erasing.run_pending() == 0, "too early"
    later = replace(erasing, real_now=lambda: receipt.erased_at + 3600)
    assert later.run_pending() == 3
    assert {one.state for one in later.receipts()} == {ErasureState.SETTLED}
    assert later.run_pending() == 0
    (first,) = [one for one in later.receipts() if one.kinds == (SubjectKind.USER,)]
    assert first.counts["hits"] == 4
    assert {idsite: len(days) for idsite, days in first.days.items()} == {1: 1, 2: 1}


def test_rejected_hits_and_failures_go_too(site):
    site.track(at=0, uid=ANNA, idsite=1, url="https://shop.example.org/r", idgoal=99)
    failing = f"idsite=1&rec=1&uid={ANNA.replace('@', '%40')}"
    site.stores.archive_state.put(
        {
            "pk": "tracking_failures",
            "sk": "1#1",
            "idsite": 1,
            "idfailure": 1,
            "date_first_occurred": NOON,
            "request_url": failing,
            "ttl": NOON * 2,
        }
    )
    site.stores.objects.put(
        "rejected/site=1/date=2026-11-18/x.jsonl",
        b'{"hit_id":"a-0","idsite":1,"params":{"uid":"anna@example.org"}}\n'
        b'{"hit_id":"b-0","idsite":1,"params":{"uid":"ben"}}',
    )
    erase(site)
    assert left(site) == []
    assert b"ben" in site.stores.objects.get("rejected/site=1/date=2026-11-18/x.jsonl").data


def test_what_is_told_later_of_the_time_before_is_dropped_but_not_what_happens_after_the_erasure(site, without):
    erase(site)
    site.track(at=-20, uid=ANNA, url="https://shop.example.org/from-an-old-log", address=ADDRESS)
    site.track(at=-30, cid=f"{ANNA_ID:016x}", idsite=2, url="https://blog.example.org/old")
    assert site.ingest().counts == {"stored": 0, "dropped.erased": 2}
    assert left(site) == []
    assert site.reports() == without
    site.track(at=100, uid=ANNA, url="https://shop.example.org/new", address=ADDRESS)
    assert site.ingest().counts == {"stored": 1}


def refuse(site, **params):
    """A request whose token is missing: a tracking failure, and no hit."""
    query = urlencode({"idsite": 1, "rec": 1, "cdt": NOON - 20 * DAY, "url": "https://shop.example.org/f", **params})
    request = Request("GET", "/matomo.php", query, {"user-agent": AGENT}, b"", "198.51.100.1")
    assert site.instance.collector().collect(request).status >= 400


def failures(site):
    return list(site.stores.archive_state.query("tracking_failures"))


def test_failures_that_the_queue_brings_later_are_dropped(site):
    refuse(site, uid=ANNA)
    erase(site)
    site.ingest()
    assert failures(site) == []
    assert left(site) == []


def test_failures_of_others_are_kept(site):
    refuse(site, uid="ben")
    erase(site)
    site.ingest()
    assert len(failures(site)) == 1


def test_messages_that_wait_to_be_queued_lose_the_hits_of_the_erased(site):
    hits = [{"idsite": 1, "rec": 1, "uid": uid, "url": f"https://shop.example.org/{uid}"} for uid in ("ben", ANNA)]
    body = json.dumps({"requests": hits}).encode()
    request = Request("POST", "/matomo.php", "", {"user-agent": AGENT}, body, "198.51.100.1")
    assert site.instance.collector().collect(request).status < 400
    site.track(at=5, uid=ANNA, url="https://shop.example.org/alone")
    for number, message in enumerate(site.queued()):
        site.stores.objects.put(f"spill/2026-11-18/12/{number}.json", message.body)
    assert any(key.startswith("spill/") for key in left(site))
    erase(site)
    assert left(site) == []
    assert site.instance.replay_spill() == 1
    assert site.ingest().counts == {"stored": 1}


def test_dead_letters_lose_the_hits_of_the_erased(site):
    hits = [{"idsite": 1, "rec": 1, "uid": uid, "url": f"https://shop.example.org/{uid}"} for uid in ("ben", ANNA)]
    body = json.dumps({"requests": hits}).encode()
    request = Request("POST", "/matomo.php", "", {"user-agent": AGENT}, body, "198.51.100.1")
    assert site.instance.collector().collect(request).status < 400
    refuse(site, uid=ANNA)
    site.track(at=5, uid=ANNA, url="https://shop.example.org/alone")
    dead = site.stores.hits_dead
    dead.send_batch([message.body for message in site.queued()])
    dead.send(b'{"v":99}')
    receipt = site.instance.erasing().erase(Subject(SubjectKind.USER, ANNA), (), "admin")
    erase(site)
    assert receipt.counts["waiting_messages"] == 3
    letters = dead.receive(100, 0)
    assert len(letters) == 3, "who stays, how many were refused, and what nobody can read"
    assert not any(b"anna" in letter.body for letter in letters)
    assert site.instance.requeue_dead_letters() == 3
    assert site.ingest().counts["stored"] == 1
    assert left(site) == []


class Killed(Exception):  # noqa: N818
    """The process died."""


class Dying:
    """A store that stops at its n-th write, of all that share the countdown."""

    def __init__(self, port, countdown):
        self._port = port
        self._countdown = countdown

    def __getattr__(self, name):
        found = getattr(self._port, name)
        if name not in {"put", "update", "delete", "write_batch", "transact"}:
            return found

        def write(*arguments, **named):
            self._countdown[0] -= 1
            if self._countdown[0] < 0:
                raise Killed
            return found(*arguments, **named)

        return write


@pytest.mark.slow
@pytest.mark.parametrize("step", [0, 1, 2, 4, 7, 11, 16, 22, 28, 200])
def test_an_erasure_that_is_killed_is_finished_by_the_next_run(site, without, step):
    countdown = [step]
    erasing = site.instance.erasing()
    stores = site.stores
    dying = type(stores)(
        **{
            name: getattr(stores, name) if name in {"reset", "close"} else Dying(getattr(stores, name), countdown)
            for name in type(stores).__dataclass_fields__
        }
    )
    doomed = Instance(site.instance._config, site.clock, dying)
    with suppress(Killed):
        doomed.erasing().erase(Subject(SubjectKind.USER, ANNA), (), "admin")
    assert (countdown[0] < 0) == (step < 30), "the steps reach from the first write to the last"
    erasing.run_pending()
    assert erase(site).state is ErasureState.ERASED
    assert left(site) == []
    assert site.reports() == without
