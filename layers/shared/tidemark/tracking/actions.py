"""Which kind of action a request is: the little of it that collect has to know too.

Source: Matomo 5.2, tracking behaviour, section 7, priorities.
"""

from __future__ import annotations

from collections.abc import Callable

from tidemark.model.action_type import ActionType
from tidemark.model.errors import TrackingError
from tidemark.tracking.parameters import RawParams, integer, is_given, text

NO_GOAL = -1


def records_action(params: RawParams) -> bool:
    """Whether the request is more than a manual goal, an e-commerce conversion or a ping."""
    return integer(params, "idgoal", NO_GOAL) < 0 and not integer(params, "ping")


def action_type(params: RawParams, is_search: Callable[[], bool]) -> ActionType:
    """The kind that wins: download, outlink, event, content, site search, page view.

    `is_search` tells whether there is a site search; it is only asked when nothing else fits.

    Raises: TrackingError when a custom action (`ca=1`) is none that we know.
    """
    if is_given(params, "download"):
        return ActionType.DOWNLOAD
    if is_given(params, "link"):
        return ActionType.OUTLINK
    if text(params, "e_c") and text(params, "e_a"):
        return ActionType.EVENT
    if is_given(params, "c_n"):
        return ActionType.CONTENT
    if is_search():
        return ActionType.SEARCH
    if integer(params, "ca"):
        raise TrackingError("ca=1 marks an action that no plugin knows", "unknown_custom_action")
    return ActionType.PAGE


def check_not_blank(params: RawParams, kind: ActionType) -> None:
    """Refuse events and contents whose obligatory texts are nothing but blanks.

    Raises: TrackingError.
    """
    names = {ActionType.EVENT: ("e_c", "e_a"), ActionType.CONTENT: ("c_n",)}.get(kind, ())
    for name in names:
        if not text(params, name).strip():
            raise TrackingError(f"{name} must not consist of blanks only", "blank_parameter")
