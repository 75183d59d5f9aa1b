"""Whether a site knows visitors by user ids, which decides where columns of users are shown."""

from __future__ import annotations

from typing import Final

from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError
from tidemark.model.table import table_leaves

USERS: Final = "nb_users"
_WIDER: Final = {"day": "month", "week": "month", "range": "day"}
"""Where users are looked for when a period has none; of a range every day."""


def signs_in(calls: Calls, method: str, id_site: int, period: str, date: str) -> bool:
    """Whether any visitor is known by a user id, whatever the segment: in the month of a day or week, else in the period.

    `method` tells the site's numbers. Source: Matomo 5.2, plugins/CoreHome (whether a site uses user ids).
    """
    asked = {"idSite": id_site, "period": _WIDER.get(period, period), "date": date, "segment": "", "columns": USERS}
    try:
        table = calls.processed(method, asked)
    except ApiError:  # an instance may not offer months
        return False
    return any(row.get(USERS) for leaf in table_leaves(table) for row in leaf)
