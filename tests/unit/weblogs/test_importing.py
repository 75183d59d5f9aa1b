"""From lines to requests, with an account of every line."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.integration.traffic.recordings import FOLDER
from tidemark.weblogs.counting import Selection
from tidemark.weblogs.importing import Reading, Tally, UnknownFormatError, requests_of
from tidemark.weblogs.patterns import own_format
from tidemark.weblogs.reading import lines_of, opened
from tidemark.weblogs.requests import Making

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
BOT = "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"


def line(path="/", status=200, agent=FIREFOX, host="a.example.org", method="GET", referrer="-", ip="1.2.3.4") -> str:
    when = "10/Feb/2012:16:42:07 +0000"
    return f'{host} {ip} - - [{when}] "{method} {path} HTTP/1.1" {status} 99 "{referrer}" "{agent}"'


def run(lines, **reading):
    tally = Tally()
    how = Reading(reading.pop("site_of", lambda _: 1), **reading)
    return list(requests_of("log", lines, how, tally)), tally


LINES = [
    line("/page?a=b", referrer="https://www.google.com/"),
    line("/files/list.pdf"),
    line("/app.js"),
    line("/robots.txt"),
    line("/x", agent=BOT),
    line("/missing", 404),
    line("/moved", 302),
    line("/unchanged", 304),
    line("/", method="OPTIONS"),
    "nonsense",
]


def test_requests_when_all_is_left_at_its_default():
    requests, tally = run(LINES)
    assert [one["url"] for one in requests] == [
        "http://a.example.org/page?a=b",
        "http://a.example.org/files/list.pdf",
        "http://a.example.org/unchanged",
    ]
    assert requests[1]["download"] == "http://a.example.org/files/list.pdf"
    assert requests[0] == {
        "rec": 1,
        "idsite": 1,
        "url": "http://a.example.org/page?a=b",
        "urlref": "https://www.google.com/",
        "cip": "1.2.3.4",
        "cdt": "2012-02-10 16:42:07",
        "ua": FIREFOX,
        "dp": 1,
        "cvar": '{"1": ["HTTP-code", "200"]}',
        "bw_bytes": 99,
    }
    assert tally.ignored == {
        "static file": 2,
        "bot": 1,
        "error": 1,
        "redirect": 1,
        "method": 1,
        "not of this format": 1,
    }
    assert tally.lines == len(LINES) == tally.requests + tally.ignored.total()
    assert tally.invalid == [("log", 10)]


def test_requests_when_everything_is_wanted():
    selection = Selection(with_static=True, with_bots=True, with_errors=True, with_redirects=True)
    requests, tally = run(LINES, making=Making(selection))
    assert tally.ignored.keys() == {"method", "not of this format"}
    by_path = {urlsplit(one["url"]).path: one for one in requests}
    assert by_path["/missing"]["action_name"] == "404/URL = http%3A%2F%2Fa.example.org%2Fmissing"
    assert json.loads(by_path["/x"]["_cvar"]) == {"1": ["Bot", BOT]}
    assert json.loads(by_path["/page"]["_cvar"]) == {"1": ["Not-Bot", FIREFOX]}
    assert {one["bots"] for one in requests} == {1}
    assert "download" in by_path["/app.js"]


@pytest.mark.parametrize(
    ("selection", "reason"),
    [
        (Selection(excluded_paths=("/p*",)), "path"),
        (Selection(included_paths=("/q*",)), "path"),
        (Selection(hostnames=("*.example.net",)), "hostname"),
        (Selection(excluded_hosts=("1.2.3.4",)), "client"),
        (Selection(included_hosts=("1.2.3.5",)), "client"),
        (Selection(excluded_user_agents=("FIREFOX",)), "user agent"),
        (Selection(since=datetime(2012, 2, 11, tzinfo=UTC)), "date"),
        (Selection(until=datetime(2012, 2, 10, tzinfo=UTC)), "date"),
    ],
)
def test_requests_when_a_line_is_not_wanted(selection, reason):
    requests, tally = run([line("/page")], making=Making(selection))
    assert (requests, tally.ignored) == ([], {reason: 1})


def test_requests_when_told_how_to_make_them():
    making = Making(delimiter=";", strips_query=True, lowers_path=True, with_method=True)
    (request,), _ = run([line("/Page;a=b")], making=making, shift=timedelta(hours=2))
    assert (request["url"], request["cdt"]) == ("http://a.example.org/page", "2012-02-10 18:42:07")
    assert json.loads(request["cvar"]) == {"1": ["HTTP-method", "GET"], "2": ["HTTP-code", "200"]}
    requests, tally = run([line("/a"), line("/b")], skip=1)
    assert ([one["url"][-1] for one in requests], tally.ignored) == (["b"], {"skipped": 1})


def test_requests_when_hosts_have_sites_or_none():
    sites = {"a.example.org": 1}
    requests, tally = run([line(), line(host="b.example.org")], site_of=sites.get)
    assert ([one["idsite"] for one in requests], tally.ignored) == ([1], {"no site": 1})


def test_requests_when_the_format_is_the_users_own():
    own = own_format(r"(?P<date>\S+) (?P<path>\S+) (?P<team>\S+)")
    making = Making(visit_variables=(("team", "Team"),), main_urls={1: "https://main.example.org/"})
    (request,), _ = run(["1328892127 /a%C3%A9 red"], own=own, making=making)
    assert request["url"] == "https://main.example.org/a%C3%A9"
    assert json.loads(request["_cvar"]) == {"1": ["Team", "red"]}
    (request,), _ = run(["1328892127 /a red"], own=own, host="log.example.org")
    assert request["url"] == "http://log.example.org/a"


def test_requests_when_a_tracker_is_replayed():
    hit = "/matomo.php?idsite=7&rec=1&url=http%3A%2F%2Fa.example.org%2Fx&_id=1da79fc743e8bcc4&token_auth=secret&cip=9.9.9.9"
    requests, tally = run([line(hit), line("/other"), line("/matomo.php?x=1")], replays=True)
    assert requests == [
        {
            "cip": "1.2.3.4",
            "cdt": "2012-02-10 16:42:07",
            "ua": FIREFOX,
            "rec": "1",
            "urlref": "",
            "idsite": "7",
            "url": "http://a.example.org/x",
            "_id": "1da79fc743e8bcc4",
        }
    ]
    assert tally.ignored == {"no tracking request": 2}


def test_requests_when_the_log_is_none_or_empty():
    with pytest.raises(UnknownFormatError):
        run(["Dear Sir,"])
    assert run([])[0] == []
    assert run(["", " "])[0] == []


@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress, bz2.compress, lzma.compress])
def test_lines_when_packed(tmp_path: Path, pack):
    path = tmp_path / "access.log"
    path.write_bytes(pack(b"first\r\nsecond \xff\n"))
    with opened(str(path)) as file:
        assert list(lines_of(file, "utf-8")) == ["first", "second %FF"]


@pytest.mark.shared
def test_requests_when_compared_with_those_of_matomos_importer():
    """The recorded hits are turned back into lines; these must give the same hits."""
    recorded = [
        hit
        for one in map(json.loads, (FOLDER / "log-import.jsonl").read_text().splitlines())
        if one["scenario"] == "own_combined" and (one["body"] or "").startswith("{")
        for hit in json.loads(one["body"])["requests"]
    ]
    selection = Selection(with_static=True, with_bots=True, with_errors=True, with_redirects=True)
    requests, tally = run([_line_of(hit) for hit in recorded], making=Making(selection))
    assert tally.requests == len(recorded) > 150
    names = ("url", "urlref", "cip", "cdt", "ua", "uid", "cvar", "_cvar", "download", "action_name", "bw_bytes")
    for made, real in zip(requests, recorded, strict=True):
        assert {name: made.get(name) for name in names} == {name: real.get(name) for name in names}


def _line_of(hit) -> str:
    parts = urlsplit(hit["url"])
    when = datetime.strptime(hit["cdt"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    (_, status) = json.loads(hit["cvar"])["1"]
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    begin = f"{parts.netloc} {hit['cip']} - {hit.get('uid', '-')} [{when}]"
    return f'{begin} "GET {path} HTTP/1.1" {status} {hit["bw_bytes"]} "{hit["urlref"] or "-"}" "{hit["ua"]}"'
