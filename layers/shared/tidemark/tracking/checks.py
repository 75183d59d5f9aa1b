"""What collect checks before it accepts a hit: all that can be known from the tracker snapshot.

Source: Matomo 5.2, tracking behaviour, sections 1 to 3, 5, 7, 8 and 11.
"""

from __future__ import annotations

from typing import Final

from tidemark.model.action_type import ActionType
from tidemark.model.errors import TrackingError
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.tracking.actions import NO_GOAL, action_type, check_not_blank, records_action
from tidemark.tracking.parameters import RawParams, integer, is_given, text
from tidemark.tracking.performance import has_negative_timing
from tidemark.tracking.timestamps import check_retention, custom_time, is_old

UNKNOWN_SITE: Final = "unknown_site"
NOT_AUTHENTICATED: Final = "not_authenticated"
RESTRICTED: Final = ("country", "region", "city", "lat", "long", "cip")
_RESTRICTED: Final = frozenset(RESTRICTED)
VISITOR_ID_LENGTH: Final = 16


def check(params: RawParams, tokens: tuple[str, ...], snapshot: TrackerSnapshot, now: float) -> bool:
    """Let the hit pass, and say whether a token vouches for it; `tokens` are those of the request and of its bulk.

    Raises: TrackingError with the reason under which the refusal is counted.
    """
    is_authenticated = check_rights(params, tokens, snapshot, now)
    check_values(params, snapshot)
    return is_authenticated


def check_rights(params: RawParams, tokens: tuple[str, ...], snapshot: TrackerSnapshot, now: float) -> bool:
    """The first half of `check`: site, rights and time, which nothing excuses.

    Raises: TrackingError.
    """
    idsite = _site(params, snapshot)
    is_authenticated = _may_override(tokens, idsite, snapshot, now)
    _check_restricted(params, is_authenticated, snapshot, int(now))
    return is_authenticated


def check_values(params: RawParams, snapshot: TrackerSnapshot) -> None:
    """The second half of `check`: what nobody looks at if the request is excluded.

    Raises: TrackingError.
    """
    if not integer(params, "rec"):  # dropped anyway, and answered like a success
        return
    idsite = integer(params, "idsite")
    _check_forced_id(params, snapshot)
    _check_goal(params, idsite, snapshot)
    if not records_action(params):
        return
    has_bad_timing = has_negative_timing(params)
    kind = action_type(params, lambda: (has_bad_timing or _is_custom(params)) and _is_search(params, idsite, snapshot))
    check_not_blank(params, kind)
    if has_bad_timing and kind is ActionType.PAGE:
        raise TrackingError("a pf_ parameter is negative", "negative_timing")


def _site(params: RawParams, snapshot: TrackerSnapshot) -> int:
    idsite = integer(params, "idsite")
    if idsite not in snapshot.documents:
        raise TrackingError(f"there is no site {idsite}", UNKNOWN_SITE)
    return idsite


def _may_override(tokens: tuple[str, ...], idsite: int, snapshot: TrackerSnapshot, now: float) -> bool:
    if not snapshot.settings.flag("Tracker.tracking_requests_require_authentication"):
        return True
    return any(snapshot.may_write(token, idsite, now) for token in tokens if token)


def _check_restricted(params: RawParams, is_authenticated: bool, snapshot: TrackerSnapshot, now: int) -> None:
    if not is_authenticated and not _RESTRICTED.isdisjoint(params.keys()):
        for name in RESTRICTED:
            if is_given(params, name):
                raise TrackingError(f"{name} needs a token with write access", NOT_AUTHENTICATED)
    if "cdt" not in params and "cdo" not in params:
        return
    asked = custom_time(params, now)
    if asked is None:
        return
    if not is_authenticated and is_old(asked, now, snapshot.settings):
        raise TrackingError(f"cdt is {now - asked} seconds old and needs a token with write access", NOT_AUTHENTICATED)
    check_retention(asked, now, snapshot.settings)


def _check_forced_id(params: RawParams, snapshot: TrackerSnapshot) -> None:
    if not is_given(params, "cid"):
        return
    if snapshot.settings.flag("Tracker.enable_userid_overwrites_visitorid") and text(params, "uid"):
        return
    length = len(text(params, "cid").encode())
    if length != VISITOR_ID_LENGTH:
        raise TrackingError(f"cid has {length} characters, not {VISITOR_ID_LENGTH}", "bad_visitor_id")


def _check_goal(params: RawParams, idsite: int, snapshot: TrackerSnapshot) -> None:
    idgoal = integer(params, "idgoal", NO_GOAL)
    if idgoal > 0 and not snapshot.has_goal(idsite, idgoal):
        raise TrackingError(f"there is no goal {idgoal}", "unknown_goal")


def _is_custom(params: RawParams) -> bool:
    return "ca" in params and integer(params, "ca") != 0


def _is_search(params: RawParams, idsite: int, snapshot: TrackerSnapshot) -> bool:
    """Asked only where the answer matters here: for a custom action, or one with a negative time."""
    from tidemark.tracking.site_search import find_search  # noqa: PLC0415 - rarely needed, and a cold start counts

    site = snapshot.site(idsite)
    return site is not None and find_search(params, site) is not None
