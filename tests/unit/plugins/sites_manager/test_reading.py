import pytest

from tests.support.api_calls import Caller
from tidemark.model.access import Role
from tidemark.model.errors import BadParameter, UnknownSite
from tidemark.plugins.sites_manager import defaults, groups, lists, localisation, sites
from tidemark.plugins.sites_manager.changes import add_site
from tidemark.plugins.sites_manager.validation import time_zone_name


@pytest.fixture
def call():
    call = Caller()
    call(
        add_site,
        siteName="Shop & Blog",
        urls=["http://example.org", "https://www.example.org/shop"],
        timezone="Europe/Berlin",
        currency="EUR",
        startDate="2024-01-01",
        excludedQueryParameters="own",
    )
    call(
        add_site,
        siteName="Zweite Seite",
        urls=["http://example.net"],
        siteSearch=0,
        group="group a",
        startDate="2024-01-01",
    )
    call(add_site, siteName="Third")
    return call


@pytest.fixture
def eve(call):
    return call.as_user("eve", roles={1: Role.VIEW, 2: Role.ADMIN, 3: Role.WRITE})


def test_a_site_has_matomos_attributes_in_matomos_order(call):
    assert call(sites.get_site_from_id, idSite=2) == {
        "idsite": 2,
        "name": "Zweite Seite",
        "main_url": "http://example.net",
        "ts_created": "2024-01-01 00:00:00",
        "ecommerce": 0,
        "sitesearch": 0,
        "sitesearch_keyword_parameters": "",
        "sitesearch_category_parameters": "",
        "timezone": "UTC",
        "currency": "USD",
        "exclude_unknown_urls": 0,
        "excluded_ips": "",
        "excluded_parameters": "",
        "excluded_user_agents": "",
        "excluded_referrers": "",
        "group": "group a",
        "type": "website",
        "keep_url_fragment": 0,
        "creator_login": "admin",
        "timezone_name": "UTC",
        "currency_name": "US Dollar",
    }


def test_only_superusers_see_who_created_a_site(call, eve):
    assert list(call(sites.get_site_from_id, idSite=1))[-3] == "creator_login"
    assert "creator_login" not in eve(sites.get_site_from_id, idSite=1)


def test_an_unknown_site_is_an_error(call):
    with pytest.raises(UnknownSite, match="'99'"):
        call(sites.get_site_from_id, idSite=99)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://www.example.org/shop/", [1]),
        ("example.org", [1]),
        ("HTTPS://EXAMPLE.NET/", [2]),
        ("http://example.org/other", []),
        ("", []),
    ],
)
def test_sites_are_found_by_url(call, url, found):
    assert call(sites.get_sites_id_from_site_url, url=url) == [{"idsite": idsite} for idsite in found]


def test_sites_that_one_may_not_see_are_not_found(call):
    stranger = call.as_user("stranger", roles={2: Role.VIEW})
    assert stranger(sites.get_sites_id_from_site_url, url="http://example.org") == []


def test_all_sites_stand_under_their_numbers(call):
    assert {idsite: site["name"] for idsite, site in call(lists.get_all_sites).items()} == {
        1: "Shop & Blog",
        2: "Zweite Seite",
        3: "Third",
    }
    assert call(lists.get_all_sites_id) == [1, 2, 3]


@pytest.mark.parametrize(
    ("function", "of_superuser", "of_eve"),
    [
        (lists.get_sites_id_with_admin_access, [1, 2, 3], [2]),
        (lists.get_sites_id_with_view_access, [], [1]),
        (lists.get_sites_id_with_write_access, [], [3]),
        (lists.get_sites_id_with_at_least_view_access, [1, 2, 3], [1, 2, 3]),
    ],
)
def test_lists_follow_the_callers_rights(call, eve, function, of_superuser, of_eve):
    assert call(function) == of_superuser
    assert eve(function) == of_eve


def ids(answers):
    return [answer["idsite"] for answer in answers]


def test_whole_sites_are_listed_the_same_way(call, eve):
    assert ids(eve(lists.get_sites_with_admin_access)) == [2]
    assert ids(eve(lists.get_sites_with_view_access)) == [1]
    assert ids(eve(lists.get_sites_with_at_least_view_access)) == [1, 2, 3]
    assert ids(call(lists.get_sites_with_at_least_view_access, limit=2)) == [1, 2]


def test_administered_sites_can_be_narrowed(call):
    assert ids(call(lists.get_sites_with_admin_access, sitesToExclude=["1", 2])) == [3]
    assert ids(call(lists.get_sites_with_admin_access, pattern="seite")) == [2]
    assert ids(call(lists.get_sites_with_admin_access, limit=1)) == [1]
    assert call(lists.get_sites_with_admin_access, fetchAliasUrls=True)[0]["alias_urls"] == [
        "http://example.org",
        "https://www.example.org/shop",
    ]


@pytest.mark.parametrize(("pattern", "found"), [("EXAMPLE", [1, 2]), ("group", [2]), ("3", [3]), ("none", [])])
def test_sites_are_searched_by_name_url_group_and_number(call, pattern, found):
    assert ids(call(lists.get_pattern_match_sites, pattern=pattern)) == found


def test_time_zones_in_use_are_listed_once(call):
    assert call(lists.get_unique_site_timezones) == ["Europe/Berlin", "UTC"]


def test_groups_are_listed_and_renamed(call):
    assert call(groups.get_sites_groups) == ["", "group a"]
    assert ids(call(groups.get_sites_from_group, group="group a")) == [2]
    assert ids(call(groups.get_sites_from_group)) == [1, 3]
    assert call(groups.rename_group, oldGroupName="", newGroupName="rest") is True
    assert call(groups.get_sites_groups) == ["rest", "group a"]


@pytest.mark.parametrize(
    ("get", "set_", "parameter", "sent", "unset", "stored"),
    [
        (defaults.get_excluded_ips_global, defaults.set_global_excluded_ips, "excludedIps", "1.1.1.1, 2.2.*.*", False, "1.1.1.1,2.2.*.*"),
        (defaults.get_excluded_query_parameters_global, defaults.set_global_excluded_query_parameters, "excludedQueryParameters", "a,b,a", False, "a,b"),
        (defaults.get_excluded_user_agents_global, defaults.set_global_excluded_user_agents, "excludedUserAgents", "bot", False, "bot"),
        (defaults.get_excluded_referrers_global, defaults.set_global_excluded_referrers, "excludedReferrers", "x.org", "", "x.org"),
        (defaults.get_keep_url_fragments_global, defaults.set_keep_url_fragments_global, "enabled", True, False, True),
        (defaults.get_default_timezone, defaults.set_default_timezone, "defaultTimezone", "Pacific/Auckland", "UTC", "Pacific/Auckland"),
        (defaults.get_default_currency, defaults.set_default_currency, "defaultCurrency", "NZD", "USD", "NZD"),
    ],
)  # fmt: skip
def test_a_default_is_read_as_it_was_set(call, get, set_, parameter, sent, unset, stored):
    assert call(get) == unset
    call(set_, **{parameter: sent})
    assert call(get) == stored


def test_a_list_set_empty_is_empty_and_not_unset(call):
    call(defaults.set_global_excluded_ips, excludedIps="")
    assert call(defaults.get_excluded_ips_global) == ""


def test_search_parameters_are_set_together(call):
    assert call(defaults.get_search_keyword_parameters_global) == "q,query,s,search,searchword,k,keyword,keywords"
    assert call(defaults.get_search_category_parameters_global) is False
    call(defaults.set_global_search_parameters, searchKeywordParameters="gkwd", searchCategoryParameters="gcat")
    assert call(defaults.get_search_keyword_parameters_global) == "gkwd"
    assert call(defaults.get_search_category_parameters_global) == "gcat"


@pytest.mark.parametrize(
    ("set_", "params"),
    [
        (defaults.set_global_excluded_ips, {"excludedIps": "nonsense"}),
        (defaults.set_global_excluded_referrers, {"excludedReferrers": "a b"}),
        (defaults.set_default_timezone, {"defaultTimezone": "Nowhere/Land"}),
        (defaults.set_default_currency, {"defaultCurrency": "XQQ"}),
    ],
)
def test_a_bad_default_is_refused(call, set_, params):
    with pytest.raises(BadParameter):
        call(set_, **params)


def test_a_sites_exclusions_are_its_own_and_the_global_ones(call):
    call(defaults.set_global_excluded_query_parameters, excludedQueryParameters="everywhere,own")
    call(defaults.set_global_excluded_referrers, excludedReferrers="x.org")
    assert call(sites.get_excluded_query_parameters, idSite=1) == ["own", "everywhere"]
    assert call(sites.get_excluded_referrers, idSite=1) == ["x.org"]


def test_ip_ranges_are_spelled_out(call):
    assert call(sites.get_ips_for_range, ipRange="1.2.3.*") == ["1.2.3.0", "1.2.3.255"]
    assert call(sites.get_ips_for_range, ipRange="nonsense") is False


def test_currencies_have_names_and_symbols(call):
    assert call(localisation.get_currency_symbols)["EUR"] == "€"
    assert list(call(localisation.get_currency_symbols))[-1] == "BTC"
    assert call(localisation.get_currency_list)["NZD"] == "New Zealand Dollar ($)"
    call.registry.set_settings({"General.currencies": "ETH=Ether,XTS"})
    assert call(localisation.get_currency_list)["ETH"] == "Ether (ETH)"
    assert call(localisation.get_currency_symbols)["XTS"] == "XTS"


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("UTC", "UTC"),
        ("UTC+5.75", "UTC+5:45"),
        ("UTC-3", "UTC-3"),
        ("Europe/Berlin", "Germany - Berlin"),
        ("Europe/Vienna", "Austria"),
        ("Etc/Zulu_Time", "Zulu Time"),
    ],
)
def test_time_zones_have_names(call, zone, name):
    assert call(localisation.get_timezone_name, timezone=zone) == name


def test_a_zone_alone_in_its_country_needs_no_city(call):
    answer = call(
        localisation.get_timezone_name, timezone="Europe/Berlin", countryCode="DE", multipleTimezonesInCountry=False
    )
    assert answer == "Germany"


def test_time_zones_are_listed_by_continent_and_offset(call):
    listed = call(localisation.get_timezones_list)
    assert list(listed)[:2] == ["Africa", "Antarctica"]
    assert listed["Oceania"]["Pacific/Auckland"] == "New Zealand - Auckland"
    assert next(iter(listed["UTC"])) == "UTC-12"
    assert list(listed["UTC"].items())[24] == ("UTC", "UTC")
    assert listed["UTC"]["UTC+5.75"] == "UTC+5:45"
    assert list(listed["UTC"])[-1] == "UTC+14"
    assert len(listed["UTC"]) == 55


def test_every_listed_zone_can_be_given_to_a_site(call):
    for zones in call(localisation.get_timezones_list).values():
        for zone in zones:
            assert time_zone_name(zone) == zone
    assert call(localisation.is_timezone_support_enabled) is True
    assert call(lists.get_num_websites_to_display_per_page) == 15
