"""The dashboard's files over HTTP."""

from __future__ import annotations

import gzip
import re

import pytest

from tidemark.reporting.dashboard import CONTENT_SECURITY_POLICY, PAGE
from tidemark.reporting.dashboard import dashboard as page
from tidemark.reporting.request import ApiRequest
from tidemark.tracking.dashboard import FOLDER, PREFIX, answer
from tidemark.tracking.request import Request

NAMED = re.findall(r'(?:src|href)="(/[^"]+)"', PAGE.read_text(encoding="utf-8"))


def get(path: str, method: str = "GET", accepted: str = "gzip"):
    return answer(Request(method, path, headers={"accept-encoding": accepted}))


def test_page_names_files_and_who_is_signed_in_when_it_is_built():
    assert [path for path in NAMED if not path.startswith(PREFIX)] == ["/auth/session"]


@pytest.mark.parametrize("path", [path for path in NAMED if path.startswith(PREFIX)])
def test_answer_when_the_page_names_the_file(path):
    response = get(path)
    assert response.status == 200
    assert "immutable" in response.headers["cache-control"]
    assert (
        gzip.decompress(response.body) == get(path, accepted="").body == (FOLDER / path.rpartition("/")[2]).read_bytes()
    )


@pytest.mark.parametrize("path", ["/assets/", "/assets/none.js", "/assets/../index.html", "/assets/..%2Findex.html"])
def test_answer_when_there_is_no_such_file(path):
    response = get(path)
    assert (response.status, response.headers["cache-control"]) == (404, "no-store")


def test_answer_when_something_is_sent():
    assert get(NAMED[0], method="POST").status == 405


def test_page_when_asked_for():
    response = page(ApiRequest())
    assert response.status == 200
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert not re.search(rb"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", response.body)


def test_page_when_the_browser_has_it():
    tag = page(ApiRequest()).headers["ETag"]
    response = page(ApiRequest(headers={"if-none-match": tag}))
    assert (response.status, response.body) == (304, b"")
