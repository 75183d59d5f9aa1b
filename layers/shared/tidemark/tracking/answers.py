"""Answers of the tracking endpoint, header for header.

Source: Matomo 5.2, tracking behaviour, section 1; recorded traffic, http-contract and "What the clients expect".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Final

from tidemark.tracking.request import Request, Response

GIF: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
HTML: Final = "text/html; charset=UTF-8"
NOTICE: Final = (
    b"This is the address to which Tidemark's trackers send their hits, and there was nothing to record."
    b" Reports are served by <a href='index.php'>index.php</a>.\n"
)
_SIGNATURES: Final = ((b"GIF8", "image/gif"), (b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


def image(request: Request, *, is_wanted: bool, status: int = 200, picture: bytes = GIF) -> Response:
    """The pixel, or an empty 204 if no image is wanted."""
    headers = _headers(request, image_type(picture) if is_wanted else HTML)
    if request.is_get:
        headers["cache-control"] = "no-store"
    if not is_wanted:
        return _answer(request, 204 if status == 200 else status, headers, b"")
    return _answer(request, status, headers, picture)


def refused(
    request: Request, *, is_wanted: bool, detail: str = "", status: int = 400, picture: bytes = GIF
) -> Response:
    """A hit that was not recorded: the pixel, if wanted, with the notice behind it."""
    headers = _headers(request, image_type(picture) if is_wanted else HTML)
    if request.is_get:
        headers["cache-control"] = "no-store"
    told = NOTICE + detail.encode() + b"\n" if detail else NOTICE
    return _answer(request, status, headers, (picture if is_wanted else b"") + told)


def notice(request: Request) -> Response:
    """A request without parameters: friendly for someone who looks at the address in a browser."""
    return _answer(request, 200 if request.is_get else 400, _headers(request, HTML), NOTICE)


def preflight(request: Request) -> Response:
    """Permission for a browser's request with credentials.

    Matomo answers with wildcards, which browsers refuse for such requests; the origin and the names are echoed instead.
    """
    origin = request.header("origin")
    headers = {
        "content-type": HTML,
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": request.header("access-control-request-headers") or "content-type",
        "access-control-allow-origin": origin or "*",
    }
    if origin:
        headers |= {"access-control-allow-credentials": "true", "vary": "origin, access-control-request-headers"}
    return Response(204, headers)


def bulk(
    request: Request,
    tracked: int,
    invalid: Sequence[int],
    *,
    shows_indices: bool,
    wants_answer: bool,
    status: int = 200,
) -> Response:
    """What became of a bulk's requests; `invalid` are their places."""
    headers = _headers(request, "application/json")
    if not wants_answer and status == 200:
        return _answer(request, 204, headers, b"")
    result = {"status": "success" if status == 200 else "error", "tracked": tracked, "invalid": len(invalid)}
    if shows_indices:
        result["invalid_indices"] = list(invalid)  # type: ignore[assignment]
    return _answer(request, status, headers, json.dumps(result, separators=(",", ":")).encode())


def unavailable(request: Request) -> Response:
    """Neither queue nor store took the hits: the client may try again."""
    return _answer(request, 503, {**_headers(request, HTML), "retry-after": "10"}, b"")


def image_type(picture: bytes) -> str:
    """The content type of an image by its first bytes; empty if it is none that browsers and mail clients all show."""
    return next((kind for signature, kind in _SIGNATURES if picture.startswith(signature)), "")


def _headers(request: Request, content_type: str) -> dict[str, str]:
    headers = {"content-type": content_type}
    if not request.is_get:
        headers["access-control-allow-origin"] = request.header("origin") or "*"
        headers["access-control-allow-credentials"] = "true"
    return headers


def _answer(request: Request, status: int, headers: dict[str, str], body: bytes) -> Response:
    return Response(status, headers, b"" if request.method.upper() == "HEAD" else body)
