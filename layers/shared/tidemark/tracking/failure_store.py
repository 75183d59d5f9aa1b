"""Where tracking failures are kept for two days, at most one per site and type.

Table archive_state, pk FAILURES_PK, sk `<site>#<type>`, attributes idsite, idfailure, date_first_occurred (unix seconds),
request_url (redacted query), ttl. Source: Matomo 5.2, tracking behaviour, section 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tidemark.stores.ports import Absent, ConditionFailedError, Table
from tidemark.tracking.message import Failure

FAILURES_PK: Final = "tracking_failures"
KEPT_SECONDS: Final = 2 * 86_400


def store_failure(table: Table, failure: Failure, received: int, real_now: float) -> None:
    """Keep the failure, unless one of its kind is kept already."""
    item: Mapping[str, Any] = {
        "pk": FAILURES_PK,
        "sk": f"{failure.idsite}#{failure.type}",
        "idsite": failure.idsite,
        "idfailure": failure.type,
        "date_first_occurred": received,
        "request_url": failure.query,
        "ttl": int(real_now) + KEPT_SECONDS,
    }
    try:
        table.put(item, Absent())
    except ConditionFailedError:
        return
