"""Stale days, publication, and what a late hit makes stale."""

import threading
import time
from datetime import date

import pytest

from tests.support.day_hits import DAY, SITE, SiteWithHits
from tests.support.hit_rows import SENT, hit, order
from tidemark.model.daylog import LOG_TABLES

TENTH, ELEVENTH, TWELFTH = (date(2010, 3, day) for day in (10, 11, 12))


@pytest.fixture
def site():
    made = SiteWithHits()
    yield made
    made.close()


def stale(site):
    return list(site.sessions.stale_days(SITE))


def test_days_are_stale_until_their_log_is_made(site):
    site.ingest([hit(0), hit(DAY)])
    assert stale(site) == [TENTH, ELEVENTH]
    site.ensure(TENTH)
    assert stale(site) == [ELEVENTH]
    site.ensure()
    assert stale(site) == []


def test_a_day_that_many_want_at_once_is_made_once(site):
    site.ingest([hit(second) for second in range(200)])
    sessions, made = site.sessions, []
    make = sessions._make

    def counted(*arguments):
        made.append(arguments)
        make(*arguments)

    sessions._make = counted
    start = threading.Barrier(6)

    def want():
        start.wait()
        sessions.ensure(SITE, TENTH)

    threads = [threading.Thread(target=want) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert stale(site) == []


def test_a_day_without_hits_has_no_log(site):
    site.ensure()
    assert site.logs() == {}
    assert stale(site) == []


def test_an_unknown_site_has_nothing(site):
    site.sessions.ensure(99, ELEVENTH)
    assert site.sessions.stale_days(99) == []
    assert site.sessions.days(99, TENTH, ELEVENTH) == []


def test_days_are_those_of_the_sites_zone():
    site = SiteWithHits(zone="Europe/Berlin")
    site.ingest([hit(11 * 3600 - 1), hit(11 * 3600, visitor=0xB)])  # 2010-03-10 23:59:59 and midnight in Berlin
    site.ensure()
    assert site.visits("visitor_id") == {TENTH: [(0xA,)], ELEVENTH: [(0xB,)]}
    site.close()


def test_a_late_hit_makes_its_day_stale_and_gives_it_another_version(site):
    site.ingest([hit(0)])
    site.ensure()
    before = site.logs()
    site.ingest([hit(60)], "late")
    assert stale(site) == [TENTH]
    site.ensure()
    assert site.logs()[TENTH][0] != before[TENTH][0]


def test_a_hit_that_was_there_already_changes_no_version(site):
    site.ingest([hit(0)])
    site.ensure()
    before = site.logs()
    site.ingest([hit(0)], "again")
    assert stale(site) == [TENTH]
    site.ensure()
    assert site.logs() == before


def test_history_comes_from_earlier_days(site):
    site.ingest([hit(0), hit(DAY), hit(2 * DAY), order("o", DAY + 5)])
    site.ensure()
    columns = (
        "visitor_count_visits",
        "visitor_returning",
        "visitor_seconds_since_first",
        "visitor_seconds_since_order",
    )
    assert site.visits(*columns) == {
        TENTH: [(0, 1, 0, None)],
        ELEVENTH: [(1, 2, DAY, 0)],
        TWELFTH: [(1, 3, 2 * DAY, DAY)],
    }


def test_a_late_hit_makes_those_later_days_stale_on_which_its_visitor_comes_back(site):
    site.ingest([hit(DAY), hit(2 * DAY, visitor=0xB)])
    site.ensure()
    before = site.logs()
    site.ingest([hit(0)], "late")
    site.ensure(TENTH)
    assert stale(site) == [ELEVENTH]
    site.ensure()
    assert site.visits("visitor_count_visits") == {TENTH: [(1,)], ELEVENTH: [(2,)], TWELFTH: [(1,)]}
    assert site.logs()[TWELFTH] == before[TWELFTH]


def test_a_late_hit_concerns_an_id_whose_visit_another_took_over(site):
    shared = {"fingerprint": 0xF1}
    site.ingest(
        [hit(DAY, visitor=0xB, **shared), hit(DAY + 60, visitor=0xA, **shared), hit(DAY + 90, visitor=0xB, **shared)]
    )
    site.ensure()
    site.ingest([hit(0, visitor=0xA)], "late")
    site.ensure()
    assert sorted(site.visits("visitor_id")[ELEVENTH]) == [(0xA,), (0xB,)]


def test_a_late_order_refuses_the_same_order_of_a_later_day(site):
    site.ingest([order("o", DAY)])
    site.ensure()
    assert site.logs()[ELEVENTH][1]["conversions"] == 1
    site.ingest([order("o", 0, visitor=0xB)], "late")
    site.ensure()
    assert "conversions" not in site.logs()[ELEVENTH][1]


MONTH = 31 * DAY


def test_history_and_late_hits_reach_as_far_as_the_months_of_the_horizon():
    site = SiteWithHits(horizon_days=10)
    middle = date(2010, 4, 15)
    site.ingest([hit(36 * DAY), hit(72 * DAY)])
    site.ensure()
    site.ingest([hit(0)], "late")
    site.ensure()
    counts = site.visits("visitor_count_visits")
    assert counts == {TENTH: [(1,)], middle: [(1,)], date(2010, 5, 21): [(1,)]}
    site.ingest([hit(23 * DAY)], "later")  # 2010-04-02: thirteen days before, but in the same month
    site.ensure()
    counts = site.visits("visitor_count_visits")
    assert counts == {TENTH: [(1,)], date(2010, 4, 2): [(2,)], middle: [(3,)], date(2010, 5, 21): [(1,)]}
    site.close()


def test_a_visits_past_are_the_visits_that_were_received_before_it(site):
    site.ingest([hit(2 * DAY, sent=0), hit(0, sent=1), hit(DAY, sent=2), hit(3 * DAY, sent=3)])
    site.ensure()
    names = ("visitor_returning", "visitor_count_visits", "visitor_seconds_since_last", "visitor_seconds_since_first")
    assert [row for rows in site.visits(*names).values() for row in rows] == [
        (0, 1, 0, 0),
        (1, 2, DAY, DAY),
        (0, 1, 0, 0),
        (1, 2, DAY, DAY),
    ]


def test_of_visits_of_one_second_the_older_is_the_past(site):
    site.ingest([hit(0, number=number, wants_new_visit=True) for number in range(3)] + [hit(DAY)])
    site.ensure()
    assert site.visits("visitor_count_visits")[ELEVENTH] == [(2,)]


def rollups(site):
    return [info.key for info in site.stores.objects.listing("log/rollup/")]


def test_months_that_are_over_are_rolled_up(site):
    site.ingest([hit(number * DAY) for number in range(-9, 5)] + [order("o", DAY)])
    site.ingest([hit(MONTH), order("o", MONTH + 60, visitor=0xB), order("p", MONTH + 60)], "next month")
    site.ensure()
    assert [key.rsplit("/", 1)[0] for key in rollups(site)] == ["log/rollup/visitors/site=1/month=2010-03"]
    assert site.visits("visitor_count_visits")[date(2010, 4, 10)] == [(15,), (1,)]
    assert site.logs()[date(2010, 4, 10)][1]["conversions"] == 1


def test_a_rollup_is_made_anew_when_one_of_its_days_changes(site):
    site.ingest([hit(number * DAY) for number in range(5)] + [hit(MONTH)])
    site.ensure()
    (before,) = rollups(site)
    site.ingest([hit(4 * DAY + 7200)], "late")
    site.ensure()
    assert site.visits("visitor_count_visits")[date(2010, 4, 10)] == [(7,)]
    assert before in rollups(site)


def objects_of(site, day):
    return [info.key for info in site.stores.objects.listing("log/visits/") if f"date={day}" in info.key]


def test_replaced_logs_are_deleted_when_nobody_can_be_reading_them(site):
    site.clock.set(None)
    for number in range(3):
        site.ingest([hit(number * 60)], f"batch-{number}")
        site.ensure()
    assert len(objects_of(site, TENTH)) == 3
    site.clock.set(time.time() + 7200)
    site.ingest([hit(600)], "after two hours")
    site.ensure()
    current = site.sessions.days(SITE, TENTH, TENTH)[0].keys["visits"]
    assert current in objects_of(site, TENTH)
    assert len(objects_of(site, TENTH)) == 2, "the present one, and the one that it replaced"
    assert site.visits("visit_total_actions") == {TENTH: [(4,)]}


def test_other_rules_make_all_days_stale(site):
    site.ingest([hit(0), hit(700)])
    site.ensure()
    site.settings = {"Tracker.visit_standard_length": 600}
    assert stale(site) == [TENTH]
    site.ensure()
    assert len(site.visits("idvisit")[TENTH]) == 2


def test_read_gives_the_columns_asked_for_and_empty_tables(site):
    site.ingest([hit(0)])
    site.ensure()
    (log,) = site.sessions.days(SITE, TENTH, TENTH)
    for table in LOG_TABLES:
        whole = site.sessions.read(log, table)
        assert whole.num_rows == log.rows.get(table, table == "visitors")  # which follow from visits: they have no file
        assert "visitor_id" in whole.column_names
    assert site.sessions.read(log, "items", ["sku"]).column_names == ["sku"]


def test_a_mark_set_while_a_day_is_made_survives(site):
    """Hits that arrive after the files were read have a mark that the log does not."""
    site.ingest([hit(0)])
    sessions = site.sessions
    reading = sessions._objects.local_files

    def arrive(keys):
        site.ingest([hit(60)], "meanwhile")
        return reading(keys)

    sessions._objects.local_files = arrive
    sessions.ensure(SITE, TENTH)
    assert stale(site) == [TENTH]
    site.ensure()
    assert site.logs()[TENTH][1]["actions"] == 2


def test_a_slow_maker_does_not_replace_the_log_of_newer_hits(site):
    site.ingest([hit(0)])
    slow = site.sessions
    publish = slow._publication.publish

    def overtaken(made, state):
        site.ingest([hit(60)], "meanwhile")
        site.ensure()
        publish(made, state)

    slow._publication.publish = overtaken
    slow.ensure(SITE, TENTH)
    assert site.logs()[TENTH][1]["actions"] == 2
    assert stale(site) == []


def test_a_day_is_made_again_if_an_earlier_one_changed_while_it_was_made(site):
    site.ingest([hit(DAY)])
    slow = site.sessions
    publish = slow._publication.publish

    def overtaken(made, state):
        if made.log.day == ELEVENTH:
            slow._publication.publish = publish
            site.ingest([hit(0)], "meanwhile")
            site.sessions.ensure(SITE, TENTH)
        publish(made, state)

    slow._publication.publish = overtaken
    slow.ensure(SITE, ELEVENTH)
    assert stale(site) == [ELEVENTH]
    site.ensure()
    assert site.visits("visitor_count_visits") == {TENTH: [(1,)], ELEVENTH: [(2,)]}


MIDNIGHT = 43_200  # seconds after noon
GOES_ON = {"Tracker.create_new_visit_after_midnight": 0}


def test_midnight_ends_a_visit(site):
    site.ingest([hit(MIDNIGHT - 60), hit(MIDNIGHT + 60)])
    site.ensure()
    assert site.visits("visit_total_actions") == {TENTH: [(1,)], ELEVENTH: [(1,)]}


def test_a_visit_goes_on_at_midnight_if_the_setting_says_so(site):
    site.settings = GOES_ON
    site.ingest([hit(0, visitor=0xB), hit(MIDNIGHT - 60), hit(MIDNIGHT + 60), hit(DAY)])
    site.ensure()
    columns = ("visitor_id", "visit_total_actions", "visitor_count_visits")
    assert site.visits(*columns) == {TENTH: [(0xB, 1, 1)], ELEVENTH: [(0xA, 2, 1), (0xA, 1, 2)]}
    assert [site.logs()[day][1]["actions"] for day in (TENTH, ELEVENTH)] == [2, 2]
    assert stale(site) == []


def test_a_visit_that_goes_on_makes_both_days_stale(site):
    site.settings = GOES_ON
    site.ingest([hit(MIDNIGHT - 60), hit(DAY + 3600, visitor=0xB)])
    site.ensure()
    assert list(site.visits("visitor_id")) == [TENTH, ELEVENTH]
    site.ingest([hit(MIDNIGHT + 60)], "late")
    assert stale(site) == [TENTH, ELEVENTH]
    site.ensure()
    assert site.visits("visitor_id") == {ELEVENTH: [(0xA,), (0xB,)]}
    assert stale(site) == []


def test_visitors_come_back_after_a_visit_that_went_on(site):
    site.settings = GOES_ON
    site.ingest([hit(MIDNIGHT - 60), hit(MIDNIGHT + 60), hit(3 * DAY)])
    site.ensure()
    assert site.visits("visitor_count_visits") == {ELEVENTH: [(1,)], date(2010, 3, 13): [(2,)]}


def test_a_day_tells_when_its_actions_were_sent(site):
    site.ingest([hit(0, sent=7), hit(60, sent=3), hit(DAY, sent=9)])
    site.ensure()
    ends = [
        tuple((one - SENT) // 4_096_000_000 for one in log.sent) for log in site.sessions.days(SITE, TENTH, TWELFTH)
    ]
    assert ends == [(3, 7), (9, 9)]
