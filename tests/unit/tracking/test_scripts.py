"""The tracker's scripts over HTTP: what browsers and the CDN may keep, and in which form they get it."""

from __future__ import annotations

import gzip

import pytest

from tidemark.tracking.request import Request
from tidemark.tracking.scripts import FOLDER, SCRIPTS, accepts_gzip, answer


def get(path: str = "/matomo.js", method: str = "GET", **headers: str):
    return answer(Request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}))


@pytest.mark.parametrize(("path", "file"), SCRIPTS.items())
def test_answer_when_a_script_is_asked_for(path, file):
    response = get(path)
    assert response.status == 200
    assert response.headers["content-type"] == "application/javascript; charset=utf-8"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cache-control"].startswith("public, max-age=")
    assert response.body == (FOLDER / file).read_bytes()


def test_answer_when_the_browser_takes_gzip():
    response = get(accept_encoding="br, gzip")
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["vary"] == "accept-encoding"
    assert gzip.decompress(response.body) == (FOLDER / "tidemark.js").read_bytes()


def test_tag_when_the_form_differs():
    assert get().headers["etag"] != get(accept_encoding="gzip").headers["etag"]


@pytest.mark.parametrize("prefix", ["", "W/"])
def test_answer_when_the_browser_has_the_script(prefix):
    tag = get(accept_encoding="gzip").headers["etag"]
    response = get(accept_encoding="gzip", if_none_match=prefix + tag)
    assert (response.status, response.body, response.headers["etag"]) == (304, b"", tag)
    assert "content-type" not in response.headers


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("OPTIONS", 204), ("POST", 405)])
def test_answer_when_the_method_is_not_get(method, status):
    assert get(method=method).status == status


def test_answer_when_there_is_no_such_script():
    assert get("/other.js").status == 404


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [("gzip", True), ("deflate, GZIP;q=0.5", True), ("*", True), ("", False), ("br", False), ("gzip;q=0, br", False)],
)
def test_accepts_gzip_when_told(accepted, expected):
    assert accepts_gzip(accepted) is expected


def test_compressed_size_when_compared_with_what_is_promised():
    assert len(get("/tidemark.js", accept_encoding="gzip").body) <= 7000
    assert len(get("/tidemark-lite.js", accept_encoding="gzip").body) <= 1200
