"""How often each value of a vital was measured, by page and by device: counts that periods add up exactly.

Values are rounded up to steps of 1 to 5 %. The steps end at the limits of what counts as good or poor, so that rounding
changes no verdict.
"""

from __future__ import annotations

from tidemark.model.hit import ActionType
from tidemark.plugin import Expression, Limit, Part, Record, Source, call, case, col, count
from tidemark.plugins.web_vitals.dimensions import DEVICE, SHIFT, VITALS, column

SHIFT_UNIT = 10_000
"""Layout shifts are counted in ten-thousandths, so that the steps fit them too."""
NOT_DEFINED = "Page URL not defined"
MEASURED = "nb_measured"
_SEPARATOR = ":"
_UNKNOWN_DEVICE = -1
_LARGEST = 60_000


def _up_to(value: Expression, step: int) -> Expression:
    return (value + (step - 1)) // step * step


def step_of(vital: str) -> Expression:
    """The value rounded up to 10 (below 1,000), 50 (below 5,000), 250 (below 20,000) or 1,000 (60,000 at most)."""
    value = call("floor", col(column(SHIFT)) * SHIFT_UNIT + 0.5) if vital == SHIFT else col(column(vital))
    return case(
        (value <= 1_000, _up_to(value, 10)),
        (value <= 5_000, _up_to(value, 50)),
        (value <= 20_000, _up_to(value, 250)),
        otherwise=call("least", _up_to(value, 1_000), _LARGEST),
    )


_ON_DEVICE = call("coalesce", col(DEVICE), _UNKNOWN_DEVICE)


def value_label(vital: str, device: int, value: int) -> str:
    """The label under which a value is counted."""
    return f"{vital}{_SEPARATOR}{device}{_SEPARATOR}{value}"


def read_label(label: object) -> tuple[str, int | None, int] | None:
    """Vital, device (None: unknown) and value of a label; None for a row that is none of ours ("Others")."""
    parts = str(label).split(_SEPARATOR)
    if len(parts) != 3 or parts[0] not in VITALS:
        return None
    device = int(parts[1])
    return parts[0], None if device == _UNKNOWN_DEVICE else device, int(parts[2])


def page_path(url: str | None, vital: str, device: int, value: int) -> tuple[str, str]:
    """The page without its host, and the value below it."""
    _, slash, path = (url or "").partition("/")
    page = slash + path if path else "/" if url else NOT_DEFINED
    return page, value_label(vital, device, value)


def device_path(device: int, vital: str, value: int) -> tuple[int, str]:
    """The device's type, and the value below it."""
    return device, value_label(vital, device, value)


def _of(vital: str) -> Expression:
    """The vital's name as a key of all rows."""
    return case((col("action_type").not_null(), vital))


_IS_PAGE = col("action_type").eq(ActionType.PAGE)


def _part(vital: str, *by: Expression) -> Part:
    return Part(Source.ACTIONS, by, (count(MEASURED),), _IS_PAGE & col(column(vital)).not_null())


PAGES = Record(
    "WebVitals_pages",
    tuple(_part(vital, col("url"), _of(vital), _ON_DEVICE, step_of(vital)) for vital in VITALS),
    path=page_path,
    limit=Limit("General.datatable_archiving_maximum_rows_actions"),
    sort=MEASURED,
)
DEVICES = Record(
    "WebVitals_devices",
    tuple(_part(vital, _ON_DEVICE, _of(vital), step_of(vital)) for vital in VITALS),
    path=device_path,
    limit=Limit(None),
    sort=MEASURED,
)
RECORDS: tuple[Record, ...] = (PAGES, DEVICES)
