"""The dashboard's page, and what its browser is told to allow it."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

from tidemark.reporting.request import ApiRequest, ApiResponse

PAGE: Final = Path(__file__).resolve().parent.parent / "web_static" / "app" / "index.html"

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Nothing inline, nothing evaluated, nothing from elsewhere, in no frame. The CDN's stack says the same of "/"."""

HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-cache",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@lru_cache(maxsize=1)
def page() -> tuple[bytes, str]:
    """The page and the tag that names its content."""
    content = PAGE.read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:20]}"'


def dashboard(request: ApiRequest) -> ApiResponse:
    """The page, or that the browser has it already."""
    content, tag = page()
    headers = {**HEADERS, "ETag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return ApiResponse(304, headers, b"")
    return ApiResponse(200, headers, content)
