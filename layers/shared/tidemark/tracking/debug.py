"""What `debug=1` shows instead of the image: how collect understood the request, and what became of it.

For callers with a superuser's token, and for everybody where the instance says so (Tracker.debug_on_demand).
Source: Matomo 5.2, tracking parameter debug.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tidemark.model.errors import TrackingError
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.tracking.failures import shown
from tidemark.tracking.parameters import RawParams, integer, text
from tidemark.tracking.request import Request, Response

TEXT: Final = "text/plain; charset=utf-8"
ON_DEMAND: Final = "Tracker.debug_on_demand"


def may_debug(params: RawParams, snapshot: TrackerSnapshot, now: float) -> bool:
    """Whether the request asks for it and its sender may."""
    if not integer(params, "debug"):
        return False
    grant = snapshot.grant(text(params, "token_auth"), now)
    return snapshot.settings.flag(ON_DEMAND) or (grant is not None and grant.is_superuser)


def debug_answer(
    request: Request, params: RawParams, refusals: Sequence[tuple[int, TrackingError]], *, is_queued: bool
) -> Response:
    """The parameters without tokens, and the outcome; what ingest will make of the hit is not known yet."""
    lines = ["Tidemark's tracker in debug mode", "", f"{request.method.upper()} {request.path}", "", "Parameters:"]
    token = text(params, "token_auth")
    lines += [f"  {name} = {shown(name, value, token)}" for name, value in sorted(params.items())]
    lines += ["", "Outcome:"]
    lines += [f"  An exception occurred: {error.message} ({error.reason})" for _, error in refusals]
    if is_queued:
        lines.append("  The hit is queued. Rules that exclude hits are applied when it is ingested.")
    headers = {"content-type": TEXT, "cache-control": "no-store"}
    return Response(400 if refusals else 200, headers, "\n".join([*lines, ""]).encode("utf-8", "replace"))
