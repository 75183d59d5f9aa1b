"""What was not recorded and why, asked through the API."""

from __future__ import annotations

import pytest

from tests.support.instance import serving

GPTBOT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.0; +https://openai.com/gptbot)"
NOW = "2026-11-18T12:00:00Z"
PAGE = "https://shop.example.org/a"


@pytest.fixture(scope="module")
def instance():
    with serving() as running:
        running.set_now(NOW)
        running.add_site()
        running.add_site("Other", "https://other.example")
        for agent in (GPTBOT, GPTBOT, "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"):
            running.track(url=PAGE, ua=agent)
        running.track(url=PAGE, cid="short")
        running.track(url=PAGE, idsite=99)
        running.track(url=PAGE)
        running.drain()
        yield running


def table(instance, method, **params):
    return instance.api(f"TrackingFilters.{method}", **{"idSite": 1, "period": "day", "date": "today", **params})


def test_reasons_are_told_with_their_counts_and_advice(instance):
    rows = table(instance, "getFilteredHits")
    assert [(row["label"], row["nb_hits"], row["reason"]) for row in rows] == [
        ("Bot, by its user agent", 3, "bot"),
        ("Unreadable visitor id", 1, "bad_visitor_id"),
    ]
    assert "bots=1" in rows[0]["advice"]


def test_bots_are_told_by_name_and_by_category(instance):
    rows = table(instance, "getBots")
    assert [(row["label"], row["nb_hits"], row["category"], row["is_ai"]) for row in rows] == [
        ("GPTBot", 2, "AI Data Scraper", 1),
        ("Googlebot", 1, "Search bot", 0),
    ]
    categories = table(instance, "getBotCategories", period="month")
    assert [(row["label"], row["nb_hits"]) for row in categories] == [("AI Data Scraper", 2), ("Search bot", 1)]


def test_several_days_and_sites_come_as_maps(instance):
    days = table(instance, "getFilteredHits", date="2026-11-17,2026-11-18")
    assert {day: len(rows) for day, rows in days.items()} == {"2026-11-17": 0, "2026-11-18": 2}
    assert {site: len(rows) for site, rows in table(instance, "getBots", idSite="all").items()} == {"1": 2, "2": 0}


def test_generic_parameters_work_as_for_every_report(instance):
    assert len(table(instance, "getBots", filter_limit=1)) == 1
    answer = instance.get(
        "/index.php?module=API&method=TrackingFilters.getBots&idSite=1&period=day&date=today&format=xml"
        "&filter_pattern=Google&token_auth=0123456789abcdef0123456789abcdef"
    )
    assert answer.body.count(b"<label>") == 1


def test_requests_for_sites_that_do_not_exist_are_the_superusers(instance):
    rows = instance.api("TrackingFilters.getHitsOfUnknownSites", period="day", date="today")
    assert [(row["reason"], row["nb_hits"]) for row in rows] == [("unknown_site", 1)]


def test_an_install_check_succeeds_once_the_page_sent_its_nonce(instance):
    def check(method, **params):
        return instance.api(f"JsTrackerInstallCheck.{method}", idSite=2, **params)

    assert check("wasJsTrackerInstallTestSuccessful") == {"isSuccess": False, "mainUrl": "https://other.example"}
    begun = check("initiateJsTrackerInstallTest")
    assert begun["url"] == f"https://other.example?tracker_install_check={begun['nonce']}"
    assert not check("wasJsTrackerInstallTestSuccessful", nonce=begun["nonce"])["isSuccess"]
    instance.track(url=begun["url"], idsite=2, tracker_install_check=begun["nonce"])
    instance.drain()
    assert check("wasJsTrackerInstallTestSuccessful", nonce=begun["nonce"])["isSuccess"]
    assert check("wasJsTrackerInstallTestSuccessful")["isSuccess"]
    assert not check("wasJsTrackerInstallTestSuccessful", nonce="0" * 32)["isSuccess"]
    other = check("initiateJsTrackerInstallTest", url="https://other.example/a?b=1#c")
    assert other["url"] == f"https://other.example/a?b=1&tracker_install_check={other['nonce']}#c"


@pytest.mark.parametrize(
    ("method", "params"),
    [("initiateJsTrackerInstallTest", {"url": "javascript:1"}), ("wasJsTrackerInstallTestSuccessful", {"nonce": "x"})],
)
def test_an_install_check_is_refused_when_its_parameters_are_none(instance, method, params):
    assert instance.api(f"JsTrackerInstallCheck.{method}", idSite=2, **params)["result"] == "error"


def test_nobody_sees_the_filters_of_a_site_without_access(instance):
    answer = instance.get(
        "/index.php?module=API&method=TrackingFilters.getBots&idSite=1&period=day&date=today&format=json"
    )
    assert answer.json()["result"] == "error"
