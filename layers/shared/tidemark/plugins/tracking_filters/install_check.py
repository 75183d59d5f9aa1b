"""The install check: open a page with a nonce in its address, and see whether the tracker there sends it.

Nothing is stored when a check begins: a nonce counts as seen once a request with it came. Source: Matomo 5.2, API methods.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from tidemark.model.errors import ApiError
from tidemark.model.filtered_hits import FilteredHits, is_nonce
from tidemark.plugin import Access, Context, method

PARAMETER: Final = "tracker_install_check"


@method("JsTrackerInstallCheck.initiateJsTrackerInstallTest", Access.VIEW)
def initiate(context: Context, idSite: int, url: str = "") -> Mapping[str, Any]:
    """A page of the site with a new nonce, and the nonce."""
    page = url or context.site(idSite).main_url
    parts = _parts(page)
    if parts is None:
        raise ApiError(f"'{page}' is no address of a page.")
    nonce = secrets.token_hex(16)
    query = f"{parts.query}&{PARAMETER}={nonce}" if parts.query else f"{PARAMETER}={nonce}"
    return {"url": parts._replace(query=query).geturl(), "nonce": nonce}


@method("JsTrackerInstallCheck.wasJsTrackerInstallTestSuccessful", Access.VIEW)
def was_successful(context: Context, idSite: int, nonce: str = "") -> Mapping[str, Any]:
    """Whether a request with the nonce came; without one, whether any check of the site's last days succeeded."""
    if nonce and not is_nonce(nonce.lower()):
        raise ApiError("A nonce has 32 hexadecimal digits.")
    seen = context.service(FilteredHits).install_checks(idSite)
    return {"isSuccess": nonce.lower() in seen if nonce else bool(seen), "mainUrl": context.site(idSite).main_url}


METHODS = (initiate, was_successful)


def _parts(url: str) -> Any:
    """The parts of a page's address; None if it is none that a browser could open."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.netloc else None
