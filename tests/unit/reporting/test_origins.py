"""Which pages of other origins may call the API, and what caches may keep."""

import pytest

from tests.support.reporting import ask, make_api
from tidemark.reporting.request import ApiRequest
from tidemark.reporting.sign_in.cookies import CSRF_HEADER


@pytest.fixture(scope="module")
def api():
    return make_api()


def test_answers_are_not_cached_and_follow_the_allowed_origins(api):
    query = "method=Demo.records&format=json"
    plain = ask(api, query, headers={"origin": "https://a.example"})
    assert plain.headers["cache-control"] == "private, no-cache, no-store"
    assert "access-control-allow-origin" not in plain.headers
    some = make_api(settings={"General.cors_domains": "https://a.example"})
    assert (
        ask(some, query, headers={"origin": "https://a.example"}).headers["access-control-allow-origin"]
        == "https://a.example"
    )
    assert "access-control-allow-origin" not in ask(some, query, headers={"origin": "https://b.example"}).headers
    every = make_api(settings={"General.cors_domains": "*"})
    assert ask(every, query).headers["access-control-allow-origin"] == "*"


def test_browsers_are_told_who_may_call_with_a_token_in_a_header():
    request = ApiRequest(verb="OPTIONS", headers={"origin": "https://a.example"})
    allowed = make_api(settings={"General.cors_domains": "https://a.example"}).preflight(request)
    assert (allowed.status, allowed.body) == (204, b"")
    assert allowed.headers["access-control-allow-origin"] == "https://a.example"
    assert "authorization" in allowed.headers["access-control-allow-headers"]
    assert CSRF_HEADER not in allowed.headers["access-control-allow-headers"]
    refused = make_api().preflight(request)
    assert not [name for name in refused.headers if name.startswith("access-control")]
