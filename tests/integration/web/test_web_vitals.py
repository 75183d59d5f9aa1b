"""Core Web Vitals from the request to the report: percentiles by page and device, of a day and of longer periods."""

from __future__ import annotations

import json
from math import ceil

import pytest

from tests.support.instance import TOKEN, serving

DESKTOP = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.0 Mobile/15E148 Safari/604.1"
)
DAYS = ("2024-03-04", "2024-03-05", "2024-03-12")
SLOWEST = {("/", DESKTOP): 800, ("/", PHONE): 2600, ("/shop/", DESKTOP): 1200}
STEPS = ((1000, 10), (5000, 50), (20_000, 250))
VIEWS = 8


def rounded_up(milliseconds):
    step = next((step for most, step in STEPS if milliseconds <= most), 1000)
    return ceil(milliseconds / step) * step


def measured(day, page, agent):
    """LCP of the page views of a page on a device and day."""
    return [SLOWEST[page, agent] * (view + 1) // VIEWS + 37 * DAYS.index(day) for view in range(VIEWS)]


def requests(day):
    """Page views, each followed by a ping that tells its vitals; the last page view tells none."""
    for number, (page, agent) in enumerate(SLOWEST):
        for view, milliseconds in enumerate(measured(day, page, agent)):
            about = {"cid": f"{number:02x}{view:014x}", "ua": agent, "pv_id": f"{number}{view:05d}"}
            url = f"https://shop.example.org{page}"
            yield {**about, "url": url, "cdt": f"{day} 10:{view:02}:00"}
            vitals = {"wv_lcp": milliseconds, "wv_cls": f"{milliseconds / 10_000:.4f}", "wv_ttfb": "x", "wv_inp": -1}
            yield {**about, "url": url, "cdt": f"{day} 10:{view:02}:20", "ping": 1, **vitals}
    yield {"cid": "f" * 16, "ua": DESKTOP, "url": "https://shop.example.org/silent", "cdt": f"{day} 10:00:00"}


def expected(days, groups):
    """The 75th percentile of LCP, and how many page views it is of."""
    values = sorted(rounded_up(one) for day in days for group in groups for one in measured(day, *group))
    return {"nb_hits": len(values), "lcp_p75": values[ceil(len(values) * 0.75) - 1]}


@pytest.fixture(scope="module")
def instance():
    with serving() as running:
        running.add_site(startDate="2024-01-01", timezone="UTC")
        for day in DAYS:
            lines = [{"idsite": 1, "rec": 1, **one} for one in requests(day)]
            body = json.dumps({"token_auth": TOKEN, "requests": lines}).encode()
            assert running.send("POST", "/matomo.php", body).status == 200
        running.drain()
        yield running


def only(row):
    return {name: row[name] for name in ("nb_hits", "lcp_p75")}


@pytest.mark.parametrize(
    ("period", "date", "days"), [("day", DAYS[0], DAYS[:1]), ("week", DAYS[0], DAYS[:2]), ("month", DAYS[0], DAYS)]
)
def test_percentiles_are_those_of_all_measurements_when_periods_are_merged(instance, period, date, days):
    asked = {"idSite": 1, "period": period, "date": date, "format_metrics": 0}

    whole = instance.api("WebVitals.get", **asked)
    assert only(whole) == expected(days, SLOWEST)
    assert (whole["ttfb_p75"], whole["inp_p75"]) == (None, None)
    assert whole["cls_p75"] == pytest.approx(whole["lcp_p75"] / 10_000, abs=0.005)

    pages = {row["label"]: row for row in instance.api("WebVitals.getPages", **asked)}
    assert {page: only(row) for page, row in pages.items()} == {
        page: expected(days, [group for group in SLOWEST if group[0] == page]) for page in ("/", "/shop/")
    }
    devices = instance.api("WebVitals.getDevices", **asked)
    by_name = {"Desktop": DESKTOP, "Smartphone": PHONE}
    assert {row["label"]: only(row) for row in devices} == {
        name: expected(days, [group for group in SLOWEST if group[1] == agent]) for name, agent in by_name.items()
    }


def test_a_page_tells_its_devices_when_asked_for_what_is_below_it(instance):
    asked = {"idSite": 1, "period": "month", "date": DAYS[0], "format_metrics": 0}
    home = {"Smartphone": expected(DAYS, [("/", PHONE)]), "Desktop": expected(DAYS, [("/", DESKTOP)])}

    expanded = {row["label"]: row for row in instance.api("WebVitals.getPages", **asked, expanded=1)}
    assert {row["label"]: only(row) for row in expanded["/"]["subtable"]} == home
    below = instance.api("WebVitals.getPages", **asked, idSubtable=expanded["/"]["idsubdatatable"])
    assert {row["label"]: only(row) for row in below} == home
    flat = {row["label"]: only(row) for row in instance.api("WebVitals.getPages", **asked, flat=1)}
    assert flat["/ - Smartphone"] == home["Smartphone"]


def test_a_segment_restricts_percentiles(instance):
    asked = {"idSite": 1, "period": "day", "date": DAYS[0], "segment": "deviceType==smartphone", "format_metrics": 0}

    assert only(instance.api("WebVitals.get", **asked)) == expected(DAYS[:1], [("/", PHONE)])


def test_there_are_none_where_nothing_was_measured(instance):
    asked = {"idSite": 1, "period": "day", "date": "2024-03-20"}

    assert instance.api("WebVitals.getPages", **asked) == []
    assert instance.api("WebVitals.getDevices", **asked) == []


def test_dates_have_an_answer_each(instance):
    asked = {"idSite": 1, "period": "day", "date": f"{DAYS[0]},{DAYS[1]}", "format_metrics": 0}

    by_day = instance.api("WebVitals.get", **asked)
    assert {day: only(row) for day, row in by_day.items()} == {day: expected([day], SLOWEST) for day in DAYS[:2]}
