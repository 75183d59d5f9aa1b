"""What the doctor says of a deployment that it sees over HTTP."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from typer.testing import CliRunner

from tidemark import __version__
from tidemark.cli.doctor_http import Deployment, encryption, examine_url
from tidemark.cli.main import app

HEALTH = {"status": "ok", "version": __version__}
SOUND = {
    "GET /health": (200, {}, json.dumps(HEALTH)),
    "GET /matomo.js": (200, {"Content-Type": "text/javascript"}, "x"),
    "GET /matomo.php": (200, {"X-Cache": "Miss from cloudfront"}, "x"),
    "OPTIONS /matomo.php": (204, {"Access-Control-Allow-Origin": "*"}, ""),
    "GET /index.php": (200, {}, '{"value": "5.2.2"}'),
    "GET /": (200, {}, "<!doctype html><html>"),
}
"""Verb and path -> status, headers, body."""


@pytest.fixture
def served():
    """Serves answers; gives their address."""
    answers = dict(SOUND)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, body = answers.get(f"{self.command} {self.path.partition('?')[0]}", (404, {}, "none"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def do_POST(self):
            self.do_GET()

        def do_OPTIONS(self):
            self.do_GET()

        def log_message(self, *_):
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", answers
    server.shutdown()
    server.server_close()


def wrong(url, **options):
    return {one.check: one for one in examine_url(Deployment(url, **options)) if one.mend}


def test_a_sound_deployment(served):
    url, _ = served
    result = CliRunner().invoke(app, ["doctor", "--url", url, "--json"])
    assert (result.exit_code, wrong(url)) == (0, {})
    assert {json.loads(line)["state"] for line in result.output.splitlines()} == {"ok"}


@pytest.mark.parametrize(
    ("request_", "answer", "check", "mend"),
    [
        ("GET /health", (502, {}, ""), "health", "ReportFunction"),
        ("GET /health", (301, {"Location": "https://x"}, ""), "health", "address"),
        ("GET /health", (200, {}, '{"status": "ok", "version": "0.0.1"}'), "version", "upgrade"),
        ("GET /matomo.js", (404, {}, ""), "tracker script", "CDN"),
        ("GET /matomo.php", (403, {}, ""), "tracking", "EdgeSecret"),
        ("GET /matomo.php", (503, {}, ""), "tracking", "record_statistics"),
        ("GET /matomo.php", (200, {"Age": "3"}, "x"), "tracking", "cache"),
        ("GET /matomo.php", (200, {"X-Cache": "Hit from cloudfront"}, "x"), "tracking", "cache"),
        ("OPTIONS /matomo.php", (403, {}, ""), "tracking from pages", "OPTIONS"),
        ("GET /index.php", (200, {}, "<html>"), "reporting", "queries"),
        ("GET /", (404, {}, ""), "dashboard", "ReportApi"),
    ],
)
def test_what_is_wrong_is_told_with_what_mends_it(served, request_, answer, check, mend):
    url, answers = served
    answers[request_] = answer
    assert mend in wrong(url)[check].mend
    assert CliRunner().invoke(app, ["doctor", "--url", url]).exit_code == 1


def test_a_token_that_opens_nothing(served):
    url, answers = served
    answers["POST /index.php"] = (200, {}, '{"result": "error", "message": "no"}')
    found = wrong(url, token="x" * 32)
    assert set(found) == {"token", "header Authorization"}


def test_a_clock_that_is_wrong(served):
    url, _ = served
    assert "NTP" in wrong(url, now=lambda: 1_000_000_000)["clock"].mend


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "https://no-such-host.invalid"])
def test_an_address_where_nobody_answers(url):
    (finding,) = examine_url(Deployment(url))
    assert finding.check == "address"
    assert finding.mend


def test_plain_http_is_wrong_elsewhere_than_here():
    assert encryption(Deployment("http://stats.example.org")).mend
    assert not encryption(Deployment("http://localhost:8080")).mend
    assert not encryption(Deployment("https://stats.example.org")).mend


def test_an_address_that_is_none():
    assert CliRunner().invoke(app, ["doctor", "--url", "stats.example.org"]).exit_code == 2
