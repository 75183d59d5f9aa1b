import pytest

from tests.support.api_calls import NOW, Caller
from tidemark.model.access import Role
from tidemark.model.errors import ApiError, BadDate, BadParameter, MissingParameter, UnknownSite
from tidemark.model.site import KeepFragment
from tidemark.plugins.sites_manager.changes import (
    add_site,
    add_site_alias_urls,
    delete_site,
    set_site_alias_urls,
    update_site,
)


@pytest.fixture
def call():
    return Caller()


def added(call, **params):
    return call.registry.site(call(add_site, siteName="Shop", **params))


def test_a_site_needs_no_more_than_a_name(call):
    site = added(call)
    assert (site.idsite, site.name, site.urls, site.ts_created) == (1, "Shop", (), NOW)
    assert (site.timezone, site.currency, site.sitesearch, site.ecommerce) == ("UTC", "USD", True, False)
    assert (site.type, site.group, site.creator_login) == ("website", "", "admin")


def test_every_field_is_stored(call):
    site = added(
        call,
        urls=["http://example.org/", "https://www.example.org/shop/"],
        ecommerce=1,
        siteSearch=0,
        searchKeywordParameters="q, find",
        searchCategoryParameters="cat",
        excludedIps="1.2.3.*, 10.0.0.0/8",
        excludedQueryParameters="sid,,sid,x",
        timezone="Europe/Berlin",
        currency="EUR",
        group=" shops ",
        startDate="2013-01-22 01:23:45",
        excludedUserAgents="bot,/crawl/i",
        keepURLFragments=2,
        type="intranet",
        excludeUnknownUrls=1,
        excludedReferrers="https://spam.example,.other.example/path",
    )
    assert site.urls == ("http://example.org", "https://www.example.org/shop")
    assert (site.ecommerce, site.sitesearch, site.exclude_unknown_urls) == (True, False, True)
    assert site.sitesearch_keyword_parameters == ("q", "find")
    assert site.sitesearch_category_parameters == ("cat",)
    assert site.excluded_ips == ("1.2.3.*", "10.0.0.0/8")
    assert site.excluded_parameters == ("sid", "x")
    assert site.excluded_user_agents == ("bot", "/crawl/i")
    assert site.excluded_referrers == ("https://spam.example", ".other.example/path")
    assert (site.timezone, site.currency, site.group, site.type) == ("Europe/Berlin", "EUR", "shops", "intranet")
    assert site.ts_created == 1_358_817_825
    assert site.keep_url_fragment is KeepFragment.NO


def test_new_sites_take_the_instances_time_zone_and_currency(call):
    call.registry.set_settings(
        {"SitesManager_DefaultTimezone": "Pacific/Auckland", "SitesManager_DefaultCurrency": "NZD"}
    )
    site = added(call)
    assert (site.timezone, site.currency) == ("Pacific/Auckland", "NZD")


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("http://example.org/", ("http://example.org",)),
        ("example.org", ("http://example.org",)),
        ("//example.org/x/", ("http://example.org/x",)),
        ("localhost:8080", ("http://localhost:8080",)),
        ("https%3A%2F%2Fexample.org", ("https://example.org",)),
        (["http://a", "http://a/", "", "b"], ("http://a", "http://b")),
        ("app://com.example", ("app://com.example",)),
    ],
)
def test_urls_are_cleaned(call, sent, stored):
    assert added(call, urls=sent).urls == stored


@pytest.mark.parametrize("name", ["", None])
def test_a_site_without_a_name_is_refused(call, name):
    with pytest.raises(MissingParameter):
        call(add_site, siteName=name or "")


def test_a_long_name_is_cut(call):
    assert len(call.registry.site(call(add_site, siteName="n" * 200)).name) == 90


@pytest.mark.parametrize(
    ("params", "part"),
    [
        ({"urls": "javascript:alert(1)"}, "javascript:alert(1)"),
        ({"urls": "javascript://x"}, "javascript://x"),
        ({"urls": [""]}, "at least one URL"),
        ({"timezone": "Nowhere/Land"}, "Nowhere/Land"),
        ({"timezone": "../etc/passwd"}, "../etc/passwd"),
        ({"currency": "XQQ"}, "XQQ"),
        ({"excludedIps": "1.2.3.4,300.1.1.1"}, "300.1.1.1"),
        ({"excludedReferrers": "not a host"}, "not a host"),
        ({"ecommerce": 2}, "ecommerce"),
        ({"siteSearch": -1}, "siteSearch"),
        ({"excludeUnknownUrls": 7}, "excludeUnknownUrls"),
        ({"keepURLFragments": 3}, "keepURLFragments"),
    ],
)
def test_a_bad_value_is_named_and_nothing_is_stored(call, params, part):
    with pytest.raises(BadParameter, match=part.replace("(", r"\(").replace(")", r"\)")):
        call(add_site, siteName="Shop", **params)
    assert call.registry.sites() == ()


@pytest.mark.parametrize("start", ["yesteryear", "2024-13-01", "2024-01-01 25:00:00", "1970-01-01"])
def test_a_bad_start_is_refused(call, start):
    with pytest.raises(BadDate):
        added(call, startDate=start)


def test_fields_may_come_as_setting_values(call):
    settings = {
        "WebsiteMeasurable": [
            {"name": "urls", "value": ["http://example.org"]},
            {"name": "excluded_ips", "value": ["1.2.3.4"]},
            {"name": "ecommerce", "value": "1"},
        ],
        "Other": [{"name": "group", "value": "x"}],
    }
    site = added(call, settingValues=settings)
    assert (site.main_url, site.excluded_ips, site.ecommerce, site.group) == (
        "http://example.org",
        ("1.2.3.4",),
        True,
        "",
    )


def test_updating_sets_what_is_given_and_keeps_the_rest(call):
    added(call, urls="http://example.org", excludedIps="1.2.3.4", group="shops", currency="EUR", siteSearch=0)
    call(update_site, idSite=1, siteName="Renamed", keepURLFragments=1)
    site = call.registry.site(1)
    assert (site.name, site.keep_url_fragment) == ("Renamed", KeepFragment.YES)
    assert (site.main_url, site.excluded_ips, site.group, site.currency) == (
        "http://example.org",
        ("1.2.3.4",),
        "shops",
        "EUR",
    )
    assert not site.sitesearch


def test_a_list_sent_empty_is_emptied(call):
    added(call, urls="http://example.org", excludedIps="1.2.3.4", excludedUserAgents="bot")
    call(update_site, idSite=1, siteName="", urls="", timezone="", excludedIps="")
    assert call.registry.site(1).name == "Shop"
    assert (call.registry.site(1).excluded_ips, call.registry.site(1).excluded_user_agents) == ((), ("bot",))


def test_only_superusers_move_sites_between_groups(call):
    added(call, group="shops")
    call.as_user("eve", roles={1: Role.ADMIN})(update_site, idSite=1, siteName="New", group="mine")
    assert (call.registry.site(1).name, call.registry.site(1).group) == ("New", "shops")


def test_a_site_that_is_not_there_cannot_be_changed(call):
    with pytest.raises(UnknownSite):
        call(update_site, idSite=9, siteName="x")
    with pytest.raises(UnknownSite):
        call(delete_site, idSite=9)
    with pytest.raises(UnknownSite):
        call(add_site_alias_urls, idSite=9, urls=["http://x"])


def test_the_last_site_cannot_be_deleted(call):
    added(call)
    with pytest.raises(ApiError):
        call(delete_site, idSite=1)
    added(call)
    call(delete_site, idSite=1)
    assert [site.idsite for site in call.registry.sites()] == [2]


def test_changing_sites_can_be_switched_off(call):
    call.registry.set_settings({"General.enable_sites_admin": 0})
    with pytest.raises(ApiError):
        added(call)


def test_alias_urls_are_added_once(call):
    added(call, urls="http://example.net")
    assert call(add_site_alias_urls, idSite=1, urls=["http://alias.example.net", "http://example.net"]) == 1
    assert call(add_site_alias_urls, idSite=1, urls="http://alias.example.net/") == 0
    assert call(add_site_alias_urls, idSite=1) == 0
    assert call.registry.site(1).urls == ("http://example.net", "http://alias.example.net")


def test_alias_urls_are_replaced_and_the_main_one_stays(call):
    added(call, urls=["http://example.net", "http://old"])
    assert call(set_site_alias_urls, idSite=1, urls=["http://other.example.net"]) == 0
    assert call.registry.site(1).urls == ("http://example.net", "http://other.example.net")
    assert call(set_site_alias_urls, idSite=1, urls=["http://slash/"]) == 1
    assert call(set_site_alias_urls, idSite=1) == 0
    assert call.registry.site(1).urls == ("http://example.net",)
