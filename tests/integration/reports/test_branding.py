"""A logo of one's own at the head of reports."""

from __future__ import annotations

import io
from base64 import b64encode

import pytest
from PIL import Image

from tests.support.erasure import SUPERUSER, TrackedInstance


def picture(kind: str, size: tuple[int, int] = (120, 40)) -> str:
    sink = io.BytesIO()
    Image.new("RGB", size, "#3366cc").save(sink, kind)
    return f"data:image/{kind.lower()};base64,{b64encode(sink.getvalue()).decode()}"


@pytest.fixture
def site(tmp_path):
    one = TrackedInstance(tmp_path)
    asked = {"idSite": 1, "description": "Monday", "period": "week", "hour": 7, "reportType": "email"}
    texts = {"reportFormat": "html", "reports[0]": "VisitsSummary_get", "parameters[emailMe]": "true"}
    one.call("ScheduledReports.addReport", **asked, **texts)
    yield one
    one.close()


def page(site, **given) -> str:
    return site.text("ScheduledReports.generateReport", idReport=1, date="2026-11-18", reportFormat="html", **given)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_reports_when_a_logo_is_kept_and_shown(site, kind):
    logo = picture(kind)
    assert site.call("CoreAdminHome.setCustomLogo", logo=logo) == {"value": True}
    assert logo not in page(site), "not before it is wanted"
    assert site.call("CoreAdminHome.setBrandingSettings", useCustomLogo=1) == {"value": True}
    assert f'<img class="logo" src="{logo}"' in page(site)
    assert site.call("CoreAdminHome.getBrandingSettings") == {"useCustomLogo": True, "logo": logo}
    asked = {"idReport": 1, "date": "2026-11-18", "outputType": 3}
    report = site.instance.reporter().call(
        "ScheduledReports.generateReport", {**asked, "reportFormat": "pdf"}, SUPERUSER
    )
    assert b"/Subtype /Image" in report.body
    site.call("CoreAdminHome.setCustomLogo", logo="")
    assert 'class="logo"' not in page(site)


@pytest.mark.parametrize(
    ("logo", "told"),
    [
        ("https://example.org/logo.png", "data: address"),
        ("data:image/svg+xml;base64,PHN2Zy8+", "data: address"),
        ("data:image/png;base64,%%%", "base64"),
        ("data:image/png;base64,AAAA", "which it is not"),
        ("data:image/png;base64," + b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 12_288).decode(), "at most"),
    ],
)
def test_what_is_no_small_picture_is_refused(site, logo, told):
    answer = site.call("CoreAdminHome.setCustomLogo", logo=logo)
    assert answer["result"] == "error"
    assert told in answer["message"]
    assert site.call("CoreAdminHome.getBrandingSettings") == {"useCustomLogo": False, "logo": ""}


def test_a_setting_that_is_no_picture_breaks_no_report(site):
    site.instance.registry().set_settings({"branding_use_custom_logo": True, "branding_logo": "nonsense"})
    assert "<h1>" in page(site)
