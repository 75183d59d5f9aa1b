"""What comes past the CDN is refused; what comes through it has the client's own address."""

from __future__ import annotations

import pytest

from tidemark.tracking.edge import refusal, through_edge
from tidemark.tracking.request import Request

SECRET = "s3cret"


def request(**headers):
    return Request(client_ip="130.176.1.1", headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_request_stays_as_it_is_when_there_is_no_cdn():
    sent = request(cloudfront_viewer_address="198.51.100.9:1234")
    assert through_edge(sent, "") is sent


@pytest.mark.parametrize("given", ["", "wrong", "S3cret", "s3cret ", "é"])
def test_a_request_is_refused_when_it_came_past_the_cdn(given):
    assert through_edge(request(x_tidemark_edge=given), SECRET) is None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("198.51.100.9:46532", "198.51.100.9"),
        ("2001:db8:0:0::17e:7:54321", "2001:db8:0:0::17e:7"),
        ("", "130.176.1.1"),
    ],
)
def test_the_clients_address_is_taken_when_the_cdn_vouches_for_it(address, expected):
    found = through_edge(request(x_tidemark_edge=SECRET, cloudfront_viewer_address=address), SECRET)
    assert found is not None
    assert found.client_ip == expected


def test_a_refusal_says_where_to_go():
    assert (refusal().status, b"public address" in refusal().body) == (403, True)
