"""What a metric of a report is in a slot, and which rows make up a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tidemark.model.alert import Alert
from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError
from tidemark.model.slot import Slot
from tidemark.model.table import LABEL, DataTable
from tidemark.plugin import Context, number

EXPLAINING: Final = (
    "Referrers_getReferrerType",
    "Referrers_getWebsites",
    "UserCountry_getCountry",
    "DevicesDetection_getType",
    "Actions_getEntryPageUrls",
    "Events_getCategory",
)
"""Where the change of a single number is looked for."""
MOST_ROWS: Final = 5
LEAST_SHARE: Final = 0.05
"""A row that makes less of a change explains nothing."""
_OF_PERSONS: Final = ("UserId_", "Live_")
_CHOICES: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "matches_exactly": lambda label, wanted: label == wanted,
    "contains": lambda label, wanted: wanted in label,
    "starts_with": lambda label, wanted: label.startswith(wanted),
    "ends_with": lambda label, wanted: label.endswith(wanted),
}
_NOT: Final = {
    "does_not_match_exactly": "matches_exactly",
    "does_not_contain": "contains",
    "does_not_start_with": "starts_with",
    "does_not_end_with": "ends_with",
}


def value_of(context: Context, alert: Alert, idsite: int, slot: Slot) -> float:
    """The metric in a slot, summed over the rows that the alert chooses; 0 without any. Raises: ApiError."""
    condition = alert.report_condition
    if condition in {"matches_regex", "does_not_match_regex"}:
        pattern = {"filter_pattern": alert.report_value, "labels_as_shown": 1}
        matching = sum(_cells(context, alert, idsite, slot, **pattern).values())
        if condition == "matches_regex":
            return matching
        return sum(_cells(context, alert, idsite, slot).values()) - matching
    wanted = alert.report_value.lower()
    chosen = _CHOICES.get(_NOT.get(condition, condition))
    is_other = condition in _NOT
    cells = _cells(context, alert, idsite, slot)
    return sum(
        value for label, value in cells.items() if chosen is None or chosen(label.lower(), wanted) is not is_other
    )


def explanation(context: Context, alert: Alert, idsite: int, now: Slot, then: Slot) -> list[dict[str, Any]]:
    """The rows whose values changed most in the direction of the whole, of the alert's report or of the usual ones.

    Rows of reports about persons are not told: what an alert said is kept, and outlives an erasure.
    """
    if alert.report.startswith(_OF_PERSONS):
        return []
    own = _rows(context, alert.report, alert.metric, idsite, now)
    if own is not None and "" not in own:
        return _changes(context, alert, alert.report, idsite, now, then)
    found = (_changes(context, alert, one, idsite, now, then) for one in EXPLAINING if one != alert.report)
    rows = [row for changes in found for row in changes]
    return sorted(rows, key=lambda row: (-row["share"], row["report"], row["label"]))[:MOST_ROWS]


def _changes(context: Context, alert: Alert, report: str, idsite: int, now: Slot, then: Slot) -> list[dict[str, Any]]:
    present = _rows(context, report, alert.metric, idsite, now) or {}
    past = _rows(context, report, alert.metric, idsite, then) or {}
    whole = sum(present.values()) - sum(past.values())
    if not whole:
        return []
    changes = {label: present.get(label, 0.0) - past.get(label, 0.0) for label in {**present, **past}}
    rows = [
        {
            "report": report,
            "label": label,
            "value": present.get(label, 0.0),
            "before": past.get(label, 0.0),
            "share": round(change / whole, 4),
        }
        for label, change in changes.items()
        if change / whole >= LEAST_SHARE
    ]
    return sorted(rows, key=lambda row: (-float(row["share"]), str(row["label"])))[:MOST_ROWS]  # type: ignore[arg-type]


def _cells(context: Context, alert: Alert, idsite: int, slot: Slot, **more: Any) -> dict[str, float]:
    method = alert.report.replace("_", ".", 1)
    params = {**_params(idsite, slot), "language": alert.language, **more}
    return _values(context.service(Calls).processed(method, params), alert.metric)


def _rows(context: Context, report: str, metric: str, idsite: int, slot: Slot) -> dict[str, float] | None:
    """Label -> value ("" of a single number); None where the report has no such metric, or is not there."""
    calls, method = context.service(Calls), report.replace("_", ".", 1)
    if not calls.knows(method):
        return None
    try:
        return _values(calls.processed(method, _params(idsite, slot)), metric)
    except ApiError:
        return None


def _params(idsite: int, slot: Slot) -> dict[str, Any]:
    return {
        "idSite": idsite,
        "period": slot.span,
        "date": slot.date,
        "segment": slot.segment,
        "filter_limit": -1,
        "flat": 1,
    }


def _values(table: Any, metric: str) -> dict[str, float]:
    values: dict[str, float] = {}
    for row in table if isinstance(table, DataTable) else ():
        if metric in row.columns:
            label = str(row.columns.get(LABEL, ""))
            values[label] = values.get(label, 0.0) + number(row.columns, metric)
    return values
