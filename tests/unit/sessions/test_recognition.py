"""Which hits are one visit, and whose. Source: Matomo 5.2, tracking behaviour, sections 5 and 10, and core/Tracker."""

import pytest

from tests.support.hit_rows import campaign, event, hit, ping, website
from tests.support.visit_logs import earlier, starts, visits_of

A, B = 0xA, 0xB
SHARED = {"fingerprint": 0xF5}

CUTS = {
    "a visit goes on until just before its length has passed": ([hit(0), hit(1799)], {}, [0]),
    "and ends when its last action is exactly that long ago": ([hit(0), hit(1800)], {}, [0, 1800]),
    "every action prolongs it": ([hit(0), hit(1700), hit(3400)], {}, [0]),
    "its length is a setting": ([hit(0), hit(700)], {"visit_length": 600}, [0, 700]),
    "new_visit=1 begins another one": ([hit(0), hit(60, wants_new_visit=True), hit(120)], {}, [0, 60]),
    "a debug setting makes every hit a visit": ([hit(0), hit(1)], {"cuts_always": True}, [0, 1]),
    "a ping does not move the last action": ([hit(0), ping(1700), hit(1801)], {}, [0, 1801]),
    "a ping opens no visit": ([ping(0), hit(10)], {}, [10]),
    "nor does a ping after the end": ([hit(0), ping(1800)], {}, [0]),
    "nor does one that asks for a new visit": ([hit(0), ping(60, wants_new_visit=True)], {}, [0]),
    "a direct visit takes up a campaign": ([hit(0), campaign("x", at=60)], {}, [0]),
    "another campaign cuts": ([campaign("x", at=0), campaign("y", at=60)], {}, [0, 60]),
    "the same campaign does not": ([campaign("x", at=0), campaign("X", at=60)], {}, [0]),
    "another keyword of the campaign does": ([campaign("x", "k", 0), campaign("x", "l", 60)], {}, [0, 60]),
    "a campaign cuts a visit from elsewhere": ([website("w.example", 0), campaign("x", at=60)], {}, [0, 60]),
    "unless the setting is off": (
        [campaign("x", at=0), campaign("y", at=60)],
        {"cuts_on_campaign": False},
        [0],
    ),
    "a keyword that nobody gave is the visit's": (
        [campaign("x", "k", 0), campaign("x", "own.example", 60, is_referer_keyword_assumed=True)],
        {},
        [0],
    ),
    "returning to the first campaign cuts again": (
        [campaign("x", at=0), campaign("y", at=60), campaign("x", at=120)],
        {},
        [0, 60, 120],
    ),
    "another website does not cut": ([website("w.example", 0), website("v.example", 60)], {}, [0]),
    "unless the setting is on": (
        [website("w.example", 0), website("v.example", 60)],
        {"cuts_on_website": True},
        [0, 60],
    ),
    "which cuts direct visits too": ([hit(0), website("w.example", 60)], {"cuts_on_website": True}, [0, 60]),
    "a full visit is not found": (
        [hit(0), hit(1), hit(2), hit(3)],
        {"max_actions": 2},
        [0, 2],
    ),
    "another user is another visit where ids are not theirs": (
        [hit(0, user_id="ann"), hit(1), hit(2, user_id="bob")],
        {"cuts_on_user": True},
        [0, 2],
    ),
    "but not where user ids make visitor ids": ([hit(0, user_id="ann"), hit(1, user_id="bob")], {}, [0]),
    "a late hit goes on with a visit that began after it": ([hit(0, sent=2), hit(1700, sent=1)], {}, [1700]),
    "if that has not gone on for longer than a visit's length": ([hit(0, sent=2), hit(1800, sent=1)], {}, [1800]),
    "else it is a visit of its own": ([hit(0, sent=2), hit(1801, sent=1)], {}, [0, 1801]),
    "of several visits a late hit goes on with the one that went on longest": (
        [hit(0, sent=0), hit(900, sent=2), hit(1799, sent=1, wants_new_visit=True), hit(2000, sent=3)],
        {},
        [0, 1799],
    ),
    "a late hit fills no gap between visits": ([hit(0, sent=0), hit(3000, sent=1), hit(1500, sent=2)], {}, [0, 3000]),
    "a late hit does not bring the end of a visit nearer": (
        [hit(0, sent=0), hit(1000, sent=1), hit(100, sent=2), hit(2700, sent=3)],
        {},
        [0],
    ),
    "nor does a late ping": (
        [hit(0, sent=0), hit(1000, sent=1), ping(100, sent=2), hit(2700, sent=3)],
        {},
        [0],
    ),
    "a campaign cuts if it was received after another one": (
        [campaign("x", at=0, sent=0), campaign("y", at=60, sent=2), campaign("x", at=120, sent=1)],
        {},
        [0, 60],
    ),
}


@pytest.mark.parametrize(("rows", "rules", "expected"), CUTS.values(), ids=CUTS)
def test_cuts(rows, rules, expected):
    assert starts(rows, **rules) == expected


WHO = {
    "an id is recognised whatever the device": (
        [hit(0, visitor=A, fingerprint=1), hit(60, visitor=A, fingerprint=2)],
        {},
        [A],
    ),
    "a new id on a device goes on with its visit": (
        [hit(0, visitor=A, **SHARED), hit(60, visitor=B, **SHARED)],
        {},
        [B],
    ),
    "an id that has a visit of its own does not": (
        [hit(0, visitor=A, **SHARED), hit(0, visitor=B, fingerprint=6), hit(60, visitor=B, **SHARED)],
        {},
        [A, B],
    ),
    "nor one that was here on an earlier day": (
        [hit(0, visitor=A, **SHARED), hit(60, visitor=B, **SHARED)],
        {"history": earlier((B, -99_999, -99_999, 1, None))},
        [A, B],
    ),
    "nor one that was forced": (
        [hit(0, visitor=A, **SHARED), hit(60, visitor=B, is_id_forced=True, **SHARED)],
        {},
        [A, B],
    ),
    "nor any where ids are trusted": (
        [hit(0, visitor=A, **SHARED), hit(60, visitor=B, **SHARED)],
        {"trusts_ids": True},
        [A, B],
    ),
    "a hit without id goes on with the visit of its device": (
        [hit(0, visitor=A, **SHARED), hit(60, visitor=None, **SHARED)],
        {},
        [A],
    ),
    "a visit without id takes the first one that comes": (
        [hit(0, visitor=None, **SHARED), hit(60, visitor=A, **SHARED)],
        {},
        [A],
    ),
    "a user goes on with an anonymous visit": (
        [hit(0, visitor=A, **SHARED), hit(60, visitor=B, user_id="ann", **SHARED)],
        {},
        [B],
    ),
    "but not with another user's": (
        [hit(0, visitor=A, user_id="bob", **SHARED), hit(60, visitor=B, user_id="ann", **SHARED)],
        {},
        [A, B],
    ),
    "a ping gives its id too": ([hit(0, visitor=A, **SHARED), ping(60, visitor=B, **SHARED)], {}, [B]),
    "a device is looked up within the look-back only": (
        [hit(0, visitor=A, **SHARED), hit(1801, visitor=B, **SHARED)],
        {},
        [A, B],
    ),
    "late hits look so far back too": (
        [hit(at, visitor=A, sent=at, **SHARED) for at in (0, 4000)] + [hit(2000, visitor=B, sent=5000, **SHARED)],
        {},
        [A, A, B],
    ),
    "and find whom the device had last, up to a visit's length later": (
        [hit(1000, visitor=A, sent=0, **SHARED), hit(0, visitor=None, sent=1, **SHARED)],
        {},
        [A],
    ),
    "which may be longer than a visit": (
        [hit(0, visitor=A, **SHARED), hit(3000, visitor=B, **SHARED)],
        {"look_back": 3600},
        [A, A],
    ),
}


@pytest.mark.parametrize(("rows", "rules", "expected"), WHO.values(), ids=WHO)
def test_visitors(rows, rules, expected):
    assert sorted(visit["visitor_id"] for visit in visits_of(rows, **rules)) == expected


def test_visitors_without_id_are_told_apart_by_their_devices_and_pauses():
    rows = [hit(at, visitor=None, **SHARED) for at in (0, 60, 4000)] + [hit(0, visitor=None, fingerprint=6)]
    visits = visits_of(rows)
    assert len({visit["visitor_id"] for visit in visits}) == len(visits) == 3
    assert [visit["visitor_returning"] for visit in visits] == [0, 0, 0]
    assert not any(visit["is_profilable"] for visit in visits)


PROFILABLE = {
    "an id was sent": ([hit(0)], True),
    "none was": ([hit(0, visitor=None), hit(1, visitor=None)], False),
    "one came later": ([hit(0, visitor=None, **SHARED), hit(60, visitor=A, **SHARED)], True),
    "none came later": ([hit(0, visitor=A, **SHARED), hit(60, visitor=None, **SHARED)], True),
}


@pytest.mark.parametrize(("rows", "expected"), PROFILABLE.values(), ids=PROFILABLE)
def test_a_visit_is_profilable_when_an_id_was_sent(rows, expected):
    assert [visit["is_profilable"] for visit in visits_of(rows)] == [expected]


def test_a_visitor_without_id_returns_when_found_by_the_fingerprint():
    first, second = visits_of([hit(0, visitor=None), hit(60, visitor=None, wants_new_visit=True)])
    assert first["visitor_id"] == second["visitor_id"]
    assert (second["visitor_returning"], second["visitor_count_visits"]) == (1, 2)


def test_of_visits_that_end_at_once_an_id_finds_the_older_and_a_device_the_younger():
    def pages(visitor):
        first = [hit(0, visitor=visitor, number=0), hit(0, visitor=visitor, number=1, wants_new_visit=True)]
        visits = visits_of([*first, hit(60, visitor=visitor)])
        return [visit["visit_total_actions"] for visit in sorted(visits, key=lambda visit: visit["first_sequence"])]

    assert (pages(A), pages(None)) == ([2, 1], [1, 2])
    counts = [hit(0, number=number, wants_new_visit=True) for number in range(4)]
    assert sorted(visit["visitor_count_visits"] for visit in visits_of(counts)) == [1, 2, 2, 2]
    alike = [hit(0, visitor=None, number=number, wants_new_visit=True) for number in range(4)]
    assert sorted(visit["visitor_count_visits"] for visit in visits_of(alike)) == [1, 2, 3, 4]


def test_events_count_towards_the_limit_of_actions_and_contents_do_not():
    contents = [hit(at, action_type=13) for at in (0, 1, 2)]
    assert starts([*contents, event(3), event(4), event(5)], max_actions=2) == [0, 5]


def test_idvisit_depends_on_the_first_hit_only():
    (one,), (same,) = visits_of([hit(0), hit(60)]), visits_of([hit(0), hit(90), hit(120)])
    (other,) = visits_of([hit(30), hit(60)])
    assert one["idvisit"] == same["idvisit"] != other["idvisit"]
    assert 0 <= one["idvisit"] < 1 << 63
