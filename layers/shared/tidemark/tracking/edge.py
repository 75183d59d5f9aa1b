"""Requests that come through the CDN, and those that try to come past it.

The CDN adds a header with a secret that only it and collect know. Where a secret is set, a request without it is refused,
so what the CDN says of its client (address, country, region, city) can be believed.
"""

from __future__ import annotations

import hmac
from typing import Final

from tidemark.tracking.request import Request, Response

EDGE_HEADER: Final = "x-tidemark-edge"
VIEWER_ADDRESS: Final = "cloudfront-viewer-address"
"""Address and port, for IPv6 too with nothing but a colon between them. Source: Amazon CloudFront, viewer headers."""


def through_edge(request: Request, secret: str) -> Request | None:
    """The request with the client's own address; None if it came past the CDN. Unchanged if there is no secret."""
    if not secret:
        return request
    if not hmac.compare_digest(request.header(EDGE_HEADER).encode(), secret.encode()):
        return None
    address = request.header(VIEWER_ADDRESS).rpartition(":")[0]
    return request._replace(client_ip=address) if address else request


def refusal() -> Response:
    """What a client is told that came past the CDN."""
    return Response(403, {"content-type": "text/plain; charset=utf-8"}, b"Please send hits to the public address.\n")
