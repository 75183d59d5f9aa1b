"""Definitions: the data files are whole, and looking something up is right. Source: public lists; ISO 3166 and 639."""

from __future__ import annotations

import re

import pytest

from tidemark.definitions.countries import all_codes, continent_of, continents, is_country
from tidemark.definitions.files import read_json
from tidemark.definitions.languages import (
    clean_accept_language,
    country_of,
    country_of_language,
    language_codes,
    main_language,
)
from tidemark.definitions.names import country_name
from tidemark.definitions.regions import iso_region, region_code, region_name
from tidemark.definitions.search_engines import definitions, engine_at, general_host, url_of_engine
from tidemark.definitions.social_networks import ai_assistant_of, main_host_of_network, social_network_of
from tidemark.definitions.spam import is_spam, spam_hosts


def test_every_pattern_of_a_search_engine_is_a_regular_expression():
    for engine in definitions().values():
        for text in (*engine.parameters, *engine.hidden):
            if len(text) > 1 and text[0] == text[-1] == "/":
                assert re.compile(text[1:-1]).groups <= 1 or text in engine.hidden


def test_the_lists_are_whole_when_loaded():
    assert len(definitions()) > 600
    assert len(spam_hosts()) > 2000
    assert min(map(len, spam_hosts())) >= 4
    assert len(continents()) == 249
    assert len(language_codes()) > 180
    assert set(country_of_language().values()) <= continents().keys()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.example.com", "example.{}"),
        ("search.example.org", "example.org"),
        ("m.example.org", "example.org"),
        ("de.example.org", "{}.example.org"),
        ("example.de", "example.{}"),
        ("www.example.co.uk", "example.{}"),
        ("w3.example.org", "example.org"),
    ],
)
def test_hosts_lose_their_country_when_generalised(host, expected):
    assert general_host(host) == ("example.com" if host == "www.example.com" else expected)


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("www.google.fr", "/", "Google"),
        ("google.com", "/imgres", "Google Images"),
        ("www.google.com", "/imgres", "Google Images"),
        ("fr.ask.com", "/", "Ask"),
        ("anything.search.yahoo.com", "/", "Yahoo!"),
        ("blog.example.net", "/", None),
    ],
)
def test_an_engine_is_found_by_host_and_path_when_it_is_one(host, path, expected):
    engine = engine_at(host, path, "")
    assert (engine.name if engine else None) == expected


def test_engines_and_networks_have_an_address_when_known():
    assert url_of_engine("Google") == "http://google.com"
    assert url_of_engine("No such engine") is None
    assert main_host_of_network("Facebook") == "facebook.com"
    assert main_host_of_network("No such network") is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.facebook.com/", "Facebook"),
        ("https://l.facebook.com", "Facebook"),
        ("http://t.co/abc", "Twitter"),
        ("https://x.com/abc", "Twitter"),
        ("https://notfacebook.com/", None),
        ("https://facebook.com.evil.example/", "Facebook"),
        ("https://example.org/redirect/facebook.com/", "Facebook"),
        ("https://example.org/?u=facebook.com/", None),
        ("https://url.google.com/x", "Google%2B"),
        ("https://mastodon.social/@a", "Mastodon"),
        ("https://max.com/", None),
        ("", None),
    ],
)
def test_a_network_is_found_at_the_border_of_a_label(url, expected):
    assert social_network_of(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://chatgpt.com/", "ChatGPT"),
        ("https://www.perplexity.ai/x", "Perplexity"),
        ("https://example.org/", None),
    ],
)
def test_an_assistant_is_found_when_it_is_one(url, expected):
    assert ai_assistant_of(url) == expected


@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        ("http://semalt.com", True),
        ("https://WWW.Semalt.com/x?y", True),
        ("http://example.org/?from=semalt.com", True),
        ("http://example.org/", False),
        ("", False),
        ("abc", False),
    ],
)
def test_spam_is_found_anywhere_in_the_url(referrer, expected):
    assert is_spam(referrer) is expected


def test_every_spam_host_is_found_when_it_refers():
    assert all(is_spam(f"http://www.{host}/x") for host in spam_hosts())


@pytest.mark.parametrize(
    ("header", "cleaned", "language", "country"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de-de,de,en", "de-de", "de"),
        ("de", "de", "de", "de"),
        ("en", "en", "en", "xx"),
        ("en-US,en;q=0.5", "en-us,en", "en-us", "us"),
        ("en,de-AT", "en,de-at", "en", "at"),
        ("fr_CA", "fr-ca", "fr-ca", "ca"),
        ("zh-Hant-TW,zh", "zh-hant-tw,zh", "zh-tw", "tw"),
        ("sr-SP", "sr-rs", "sr-rs", "rs"),
        ("x-klingon,de", "x-klingon,de", "de", "xx"),
        ("en_CA.UTF-8", "en-ca", "en-ca", "ca"),
        ("xx", "xx", "xx", "xx"),
        ("", "", "xx", "xx"),
        ("*", "*", "xx", "xx"),
        ("de (comment) ; q=1", "de;q=1", "de", "de"),
    ],
)
def test_languages_tell_language_and_country_when_read(header, cleaned, language, country):
    assert clean_accept_language(header) == cleaned
    assert main_language(cleaned) == language
    assert country_of(cleaned, guesses=True) == country


def test_only_regions_tell_the_country_when_guessing_is_off():
    assert country_of("de,en-us", guesses=False) == "us"
    assert country_of("de", guesses=False) == "xx"


def test_countries_lie_on_continents_when_known():
    assert [continent_of(code) for code in ("de", "ti", "xx", "DE")] == ["eur", "asi", "unk", "unk"]
    assert is_country("de")
    assert not is_country("eu")
    assert "eu" in all_codes()


@pytest.mark.parametrize(
    ("country", "region", "name"),
    [
        ("mk", "405", "Gevgelija"),
        ("MK", "18", "Gevgelija"),
        ("fr", "GUA", "Guadeloupe"),
        ("fr", "??", None),
        ("gb", "C5", "Cheshire"),
        ("ti", "1", "Xizang"),
    ],
)
def test_regions_are_named_under_present_and_former_codes(country, region, name):
    assert region_name(country, region) == name


@pytest.mark.parametrize(
    ("country", "region", "by_iso"),
    [
        ("jm", "10", ("jm", "14")),
        ("JM", "14", ("jm", "03")),
        ("us", "10", ("us", "10")),
        ("gb", "C5", ("gb", "C5")),
        ("fr", "BFC", ("fr", "BFC")),
        ("ti", "1", ("cn", "XZ")),
        ("eu", "", ("", "")),
    ],
)
def test_regions_by_fips_become_those_by_iso(country, region, by_iso):
    assert iso_region(country, region) == by_iso


def test_codes_of_no_country_have_no_name():
    assert country_name("eu") is None
    assert country_name("a1") == "Anonymous proxy"


@pytest.mark.parametrize(
    ("country", "name", "code"),
    [
        ("FR", "Ile-de-France", "IDF"),
        ("de", "Bavaria", "BY"),
        ("DE", "Bayern", "BY"),
        ("de", "State of Berlin", "BE"),
        ("cn", "Beijing", "BJ"),
        ("ru", "Moscow Oblast", "MOS"),
        ("us", "California", "CA"),
        ("hk", "Kowloon", None),
        ("xx", "Bavaria", None),
        ("de", "", None),
    ],
)
def test_regions_have_codes_under_native_and_english_names(country, name, code):
    assert region_code(country, name) == code


def test_english_names_are_of_regions_that_exist():
    regions = read_json("regions.json")
    for country, names in read_json("english_regions.json").items():
        assert set(names.values()) <= set(regions[country]), country
