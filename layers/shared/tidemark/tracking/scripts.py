"""The tracker's JavaScript, as browsers and the CDN fetch it: cached for an hour, compressed, usable from every origin."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from tidemark.tracking.request import Request, Response

FOLDER: Final = Path(__file__).resolve().parent.parent / "web_static"
FULL: Final = "tidemark.js"
SCRIPTS: Final = {
    "/tidemark.js": FULL,
    "/matomo.js": FULL,  # what pages name that were written for Matomo
    "/piwik.js": FULL,
    "/tidemark-lite.js": "tidemark-lite.js",
    "/tidemark-more.js": "tidemark-more.js",
    "/tidemark-vitals.js": "tidemark-vitals.js",
}
"""Path of the URL -> file."""

CACHE_CONTROL: Final = "public, max-age=3600, stale-while-revalidate=86400"
"""A new version reaches every page within an hour; the address never changes, as pages name it."""


class Script(NamedTuple):
    """One script, plain and compressed, and the tag that names its content."""

    plain: bytes
    compressed: bytes
    tag: str


@lru_cache(maxsize=len(SCRIPTS))
def script(name: str) -> Script:
    """The script of that file; the same bytes in every process."""
    plain = (FOLDER / name).read_bytes()
    return Script(plain, gzip.compress(plain, 9, mtime=0), hashlib.sha256(plain).hexdigest()[:20])


def answer(request: Request) -> Response:
    """The script that the request asks for, or that the client has it already."""
    name = SCRIPTS.get(request.path)
    if name is None:
        return _answer(404, {"content-type": "text/plain; charset=utf-8"}, b"There is no such script.\n")
    if request.method == "OPTIONS":
        return _answer(204, {"access-control-allow-methods": "GET, HEAD", "access-control-max-age": "86400"})
    if request.method not in ("GET", "HEAD"):
        return _answer(405, {"allow": "GET, HEAD, OPTIONS"})
    found = script(name)
    is_compressed = accepts_gzip(request.header("accept-encoding"))
    tag = f'"{found.tag}{"-gzip" if is_compressed else ""}"'
    headers = {"etag": tag, "cache-control": CACHE_CONTROL, "vary": "accept-encoding"}
    if found.tag in request.header("if-none-match"):
        return _answer(304, headers)
    headers["content-type"] = "application/javascript; charset=utf-8"
    if is_compressed:
        headers["content-encoding"] = "gzip"
    return _answer(200, headers, found.compressed if is_compressed else found.plain)


def accepts_gzip(accepted: str) -> bool:
    """Whether the value of Accept-Encoding allows gzip."""
    for one in accepted.split(","):
        name, _, quality = one.partition(";")
        if name.strip().lower() in ("gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _answer(status: int, headers: dict[str, str], body: bytes = b"") -> Response:
    return Response(
        status,
        {
            **headers,
            "access-control-allow-origin": "*",
            "cross-origin-resource-policy": "cross-origin",
            "timing-allow-origin": "*",
            "x-content-type-options": "nosniff",
        },
        body,
    )
