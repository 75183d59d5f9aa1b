"""Opting out, do not track and cookieless tracking: what the API or a form sets, trackers are judged by."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.erasure import AGENT, TrackedInstance
from tidemark.reporting.opt_out import opt_out
from tidemark.reporting.request import ApiRequest
from tidemark.tracking.request import Request

ORIGIN = "https://stats.example.org/"
FORM = "module=CoreAdminHome&action=optOut"
EVER = date(1990, 1, 1), date(2030, 1, 1)
VIEW = "idsite=1&rec=1&url=https://shop.example.org/&_id=00000000000000ab"


@pytest.fixture
def site(tmp_path):
    instance = TrackedInstance(tmp_path)
    yield instance
    instance.close()


def view(site, **headers):
    """One page view of a browser; how many hits of it were stored, and their visitor ids."""
    site.instance.collector().collect(
        Request("GET", "/matomo.php", VIEW, {"user-agent": AGENT, **headers}, b"", "198.51.100.1")
    )
    site.settle()
    logs = site.instance._visit_logs()
    return [row["visitor_id"] for log in logs.days(1, *EVER) for row in logs.read(log, "visits").to_pylist()]


def test_the_frames_form_keeps_a_browser_out_and_lets_it_in_again(site):
    settings = site.instance.registry().settings()
    out = opt_out(ApiRequest(query=FORM, form="out=1", verb="POST", base_url=ORIGIN), settings)
    cookie = out.headers["set-cookie"].partition(";")[0]
    assert view(site, cookie=cookie) == []
    back = opt_out(ApiRequest(query=FORM, form="out=0", verb="POST", headers={"cookie": cookie}), settings)
    assert "Max-Age=0" in back.headers["set-cookie"]
    assert view(site) == [0xAB]


def test_the_codes_for_pages_are_given_by_the_api(site):
    style = {"backgroundColor": "FFF", "fontColor": "102030", "fontSize": "12px", "fontFamily": "Arial"}
    whole = site.call("CoreAdminHome.getOptOutSelfContainedEmbedCode", **style, applyStyling=1, showIntro=1)["value"]
    assert "mtm_consent_removed" in whole
    more = {"applyStyling": 1, "showIntro": 1, "matomoUrl": ORIGIN, "language": "en"}
    loading = site.call("CoreAdminHome.getOptOutJSEmbedCode", **style, **more)["value"]
    assert f'src="{ORIGIN}index.php?module=CoreAdminHome' in loading


def test_who_asks_not_to_be_tracked_is_left_alone_where_the_api_says_so(site):
    assert view(site, dnt="1") == [0xAB]
    site.call("PrivacyManager.activateDoNotTrack")
    before = view(site, dnt="1")
    assert before == [0xAB], "nothing more"
    assert site.call("PrivacyManager.isDoNotTrackActive")["value"] is True
    site.call("PrivacyManager.deactivateDoNotTrack")
    site.clock.set(site.clock.now() + 7200)
    assert len(view(site, dnt="1")) == 2


def test_ids_of_cookies_are_overlooked_where_the_api_says_so(site):
    asked = {"anonymizeIPEnable": "1", "maskLength": 2, "useAnonymizedIpForVisitEnrichment": 0}
    site.call("PrivacyManager.setAnonymizeIpSettings", **asked, forceCookielessTracking=1)
    assert site.call("PrivacyManager.getAnonymizeIpSettings")["forceCookielessTracking"] is True
    (visitor,) = view(site)
    assert visitor != 0xAB
