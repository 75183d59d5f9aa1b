import pytest

from tests.support.api_calls import Caller
from tidemark.plugins.sites_manager.changes import add_site
from tidemark.plugins.sites_manager.tracking_code import get_image_tracking_code, get_javascript_tag


@pytest.fixture
def call():
    call = Caller()
    call(
        add_site,
        siteName="Shop",
        urls=["http://www.example.org", "https://example.net/shop"],
        excludedReferrers="pay.example",
    )
    return call


def tag(call, **params):
    return call(get_javascript_tag, idSite=1, piwikUrl="https://stats.example/m/", **params)


def test_the_tag_tracks_to_the_given_address(call):
    code = tag(call)
    assert '_paq.push(["setTrackerUrl", "//stats.example/m/matomo.php"]);' in code
    assert '_paq.push(["setSiteId", "1"]);' in code
    assert "//stats.example/m/matomo.js" in code
    assert code.index("trackPageView") < code.index("enableLinkTracking")
    assert "<noscript>" not in code


@pytest.mark.parametrize(
    ("params", "command"),
    [
        ({"groupPageTitlesByDomain": True}, 'setDocumentTitle", document.domain'),
        ({"mergeSubdomains": True}, '["setCookieDomain", "*.example.org"]'),
        ({"mergeAliasUrls": True}, '["setDomains", ["*.example.org", "*.example.net/shop"]]'),
        ({"crossDomain": True}, '["enableCrossDomainLinking"]'),
        ({"customCampaignNameQueryParam": "c"}, '["setCampaignNameKey", "c"]'),
        ({"customCampaignKeywordParam": "k"}, '["setCampaignKeywordKey", "k"]'),
        ({"doNotTrack": True}, '["setDoNotTrack", true]'),
        ({"disableCookies": True}, '["disableCookies"]'),
        ({"disableCampaignParameters": True}, '["disableCampaignParameters"]'),
        ({"excludedQueryParams": "a,b"}, '["setExcludedQueryParams", ["a", "b"]]'),
        ({}, '["setExcludedReferrers", ["pay.example"]]'),
        ({"visitorCustomVariables": [["type", "gold"]]}, '["setCustomVariable", 1, "type", "gold", "visit"]'),
        ({"pageCustomVariables": [["x", "y"], "bad"]}, '["setCustomVariable", 1, "x", "y", "page"]'),
        ({"trackNoScript": True}, "//stats.example/m/matomo.php?idsite=1&amp;rec=1"),
    ],
)
def test_options_become_commands_before_the_page_view(call, params, command):
    code = tag(call, **params)
    assert command in code
    assert "noscript" in code or code.index(command) < code.index("trackPageView")


def test_nothing_sent_can_leave_the_script(call):
    assert "</script><script>" not in tag(call, customCampaignNameQueryParam="</script><script>alert(1)")


def test_the_image_tracks_a_page_view_or_a_goal(call):
    code = call(get_image_tracking_code, idSite=1, piwikUrl="stats.example", actionName="a b", idGoal=2, revenue="3")
    assert (
        'src="https://stats.example/matomo.php?idsite=1&amp;rec=1&amp;action_name=a+b&amp;idgoal=2&amp;revenue=3"'
        in code
    )
    plain = call(get_image_tracking_code, idSite=1, piwikUrl="stats.example", revenue="3")
    assert 'idsite=1&amp;rec=1"' in plain
