"""The dashboard's files, as browsers and the CDN fetch them: their names tell their content, so they are kept for ever."""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from tidemark.tracking.request import Request, Response
from tidemark.tracking.scripts import accepts_gzip

FOLDER: Final = Path(__file__).resolve().parent.parent / "web_static" / "app" / "assets"
PREFIX: Final = "/assets/"
CACHE_CONTROL: Final = "public, max-age=31536000, immutable"
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "application/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}

_NAME: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*(\.[a-z]+)")


class Asset(NamedTuple):
    """One file, plain and compressed, and its media type."""

    plain: bytes
    compressed: bytes
    media_type: str


@lru_cache(maxsize=256)
def asset(name: str) -> Asset | None:
    """The file of that name; None if there is none."""
    match = _NAME.fullmatch(name)
    path = FOLDER / name
    if match is None or match[1] not in TYPES or not path.is_file():
        return None
    plain = path.read_bytes()
    return Asset(plain, gzip.compress(plain, 9, mtime=0), TYPES[match[1]])


def answer(request: Request) -> Response:
    """The file that the request asks for."""
    if request.method not in ("GET", "HEAD"):
        return Response(405, {"allow": "GET, HEAD"})
    found = asset(request.path.removeprefix(PREFIX))
    if found is None:
        missing = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"}
        return Response(404, missing, b"There is no such file.\n")
    headers = {
        "content-type": found.media_type,
        "cache-control": CACHE_CONTROL,
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
    }
    if not accepts_gzip(request.header("accept-encoding")):
        return Response(200, headers, found.plain)
    return Response(200, {**headers, "content-encoding": "gzip"}, found.compressed)
