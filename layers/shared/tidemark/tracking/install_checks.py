"""Requests that test whether a site has the tracking code: no visits, but their nonces are remembered as seen.

Matomo's JsTrackerInstallCheck opens a page with a nonce in its address; the tracker there sends it along, whatever else
may exclude the request. Source: Matomo 5.2, tracking parameters, tracker_install_check.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from tidemark.model.filtered_hits import INSTALL_CHECK_SK, is_nonce
from tidemark.stores.ports import Table
from tidemark.tracking.parameters import text

KEPT_SECONDS: Final = 7 * 86_400
MOST_PER_BATCH: Final = 10
"""Anybody can send nonces: so many of a batch are remembered, and people check one at a time."""


def nonce_of(params: Mapping[str, Any]) -> str:
    """The nonce that a request brings, empty if it brings none."""
    nonce = text(params, "tracker_install_check").lower()
    return nonce if is_nonce(nonce) else ""


def remember_checks(state: Table, seen: Iterable[tuple[int, str]], real_now: float) -> None:
    """Note the nonces of sites. Doing it again changes nothing but for how long. Raises: StoreError."""
    for idsite, nonce in sorted(set(seen))[:MOST_PER_BATCH]:
        state.put({"pk": f"site#{idsite}", "sk": INSTALL_CHECK_SK + nonce, "ttl": int(real_now) + KEPT_SECONDS})
