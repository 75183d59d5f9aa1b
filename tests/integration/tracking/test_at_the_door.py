"""What stands between a client and the log, over HTTP: addresses, exclusions, cookies, orders. Source: issue 3."""

from __future__ import annotations

import pytest

from tests.support.instance import TOKEN, serving

PAGE = "https://shop.example.org/a"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
GPTBOT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.0; +https://openai.com/gptbot)"
FULL_ADDRESSES = {"PrivacyManager.ipAnonymizerEnabled": "0"}
BELIEVING = {**FULL_ADDRESSES, "General.proxy_client_headers": "HTTP_X_FORWARDED_FOR"}
BEHIND_A_PROXY = {**BELIEVING, "General.proxy_ips": "127.0.0.1"}
"""The front puts the peer's address behind those that a request brings, as AWS does."""


@pytest.fixture(scope="module")
def running():
    with serving() as instance:
        yield instance


@pytest.fixture
def fresh(running):
    """Gives an empty instance with one site and these settings."""

    def made(settings=None):
        running.reset(settings)
        running.add_site(ecommerce=1)
        return running

    return made


def send(instance, headers=None, **params):
    sent = {"idsite": 1, "rec": 1, "url": PAGE, **params}
    query = "&".join(f"{name}={value}" for name, value in sent.items())
    return instance.get(f"/matomo.php?{query}", {"user-agent": FIREFOX, **(headers or {})})


def visits(instance):
    instance.drain()
    return instance.api("Live.getLastVisitsDetails", idSite=1, period="day", date="today")


def filtered(instance):
    instance.drain()
    rows = instance.api("TrackingFilters.getFilteredHits", idSite=1, period="day", date="today")
    return {row["reason"]: row["nb_hits"] for row in rows}


@pytest.mark.parametrize(
    ("settings", "forwarded", "expected"),
    [
        (FULL_ADDRESSES, "203.0.113.7", "127.0.0.1"),  # nobody may name another address where no proxy is configured
        (BEHIND_A_PROXY, "203.0.113.7", "203.0.113.7"),
        (BEHIND_A_PROXY, "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the client put the first one in front
        (BELIEVING, "203.0.113.7", "127.0.0.1"),  # the peer is no proxy of ours: it may say what it wants
        ({**BEHIND_A_PROXY, "General.proxy_ips": "127.0.0.1,10.0.0.0/8"}, "203.0.113.7, 10.1.2.3", "203.0.113.7"),
        (BEHIND_A_PROXY, "2001:db8::7", "2001:db8::7"),
        (BEHIND_A_PROXY, "[2001:db8::7]:443", "2001:db8::7"),
        (BEHIND_A_PROXY, "::ffff:203.0.113.7", "::ffff:203.0.113.7"),
        (BEHIND_A_PROXY, "nobody", "127.0.0.1"),
        ({**BEHIND_A_PROXY, "PrivacyManager.ipAnonymizerEnabled": "1"}, "203.0.113.7", "203.0.0.0"),
        ({**BEHIND_A_PROXY, "PrivacyManager.ipAnonymizerEnabled": "1"}, "2001:db8:1:2:3::4", "2001:db8:1::"),
    ],
)
def test_the_address_is_the_one_that_can_be_trusted(fresh, settings, forwarded, expected):
    instance = fresh(settings)
    assert send(instance, {"x-forwarded-for": forwarded}).status == 200
    assert [visit["visitIp"] for visit in visits(instance)] == [expected]


@pytest.mark.parametrize(
    ("settings", "headers", "params", "reason"),
    [
        ({}, {}, {"urlref": "http://semalt.com/crawler"}, "referrer_spam"),
        ({}, {"user-agent": GPTBOT}, {}, "bot"),
        ({}, {"x-moz": "prefetch"}, {}, "prefetch"),
        ({}, {"cookie": "matomo_ignore=1"}, {}, "opt_out_cookie"),
        ({"PrivacyManager.doNotTrackEnabled": "1"}, {"dnt": "1"}, {}, "do_not_track"),
    ],
)
def test_what_is_excluded_looks_like_a_success_and_is_counted(fresh, settings, headers, params, reason):
    instance = fresh(settings)
    answer = send(instance, headers, **params)
    assert (answer.status, len(answer.body)) == (200, 43)
    assert filtered(instance) == {reason: 1}
    assert visits(instance) == []


def test_a_hit_is_recorded_with_consent_and_where_no_tracking_is_not_honoured(fresh):
    instance = fresh()
    for headers, params in (({"dnt": "1"}, {}), ({}, {"consent": 1}), ({}, {"queuedtracking": 0})):
        assert send(instance, headers, **params).status == 200
    assert [visit["actions"] for visit in visits(instance)] == [3]
    assert filtered(instance) == {}


def test_bots_stand_in_their_own_log(fresh):
    instance = fresh()
    send(instance, {"user-agent": GPTBOT})
    instance.drain()
    (row,) = instance.api("TrackingFilters.getBots", idSite=1, period="day", date="today")
    assert (row["label"], row["category"], row["is_ai"]) == ("GPTBot", "AI Data Scraper", 1)


def test_an_assistant_is_a_referrer_of_its_own(fresh):
    instance = fresh()
    send(instance, urlref="https://chatgpt.com/")
    (visit,) = visits(instance)
    assert (visit["referrerType"], visit["referrerName"]) == ("ai", "ChatGPT")


def test_a_repeated_order_is_refused_and_counted_once(fresh):
    instance = fresh()
    order = {"idgoal": 0, "ec_id": "A-1", "revenue": 10}
    assert send(instance, **order).status == 200
    instance.drain()
    assert send(instance, **order).status == 400
    instance.drain()
    sales = instance.api("Goals.get", idSite=1, period="day", date="today", idGoal="ecommerceOrder")
    assert (sales["nb_conversions"], sales["revenue"]) == (1, 10)


def test_debug_output_is_for_a_superuser(fresh):
    instance = fresh()
    assert b"idsite" in send(instance, debug=1, token_auth=TOKEN).body
    assert len(send(instance, debug=1).body) == 43
    assert len(send(instance, debug=1, token_auth="0" * 32).body) == 43


def test_a_visit_moves_when_an_authorised_request_says_where_it_is(fresh):
    instance = fresh()
    send(instance, {"accept-language": "de-DE"})
    assert [visit["countryCode"] for visit in visits(instance)] == ["de"]
    assert send(instance, {"accept-language": "de-DE"}, country="jp", token_auth=TOKEN).status == 200
    send(instance, {"accept-language": "de-DE"})
    assert [(visit["countryCode"], visit["actions"]) for visit in visits(instance)] == [("jp", 3)]
