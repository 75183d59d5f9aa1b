"""Page performance: how long the phases of a page load took.

Source: Matomo 5.2, tracking behaviour, section 8.
"""

from __future__ import annotations

from typing import Final

from tidemark.model.errors import TrackingError
from tidemark.tracking.parameters import RawParams, integer

COLUMNS: Final = {
    "pf_net": "time_network",
    "pf_srv": "time_server",
    "pf_tfr": "time_transfer",
    "pf_dm1": "time_dom_processing",
    "pf_dm2": "time_dom_completion",
    "pf_onl": "time_on_load",
}
MAX_MS: Final = 16_777_215
UNKNOWN: Final = -1


def timings(params: RawParams) -> dict[str, int]:
    """The known timings in milliseconds by column; unknown and absurdly long ones are left out."""
    found = {}
    for name, column in COLUMNS.items():
        if name in params:
            value = integer(params, name, UNKNOWN)
            if 0 <= value <= MAX_MS:
                found[column] = value
    return found


def check_timings(params: RawParams) -> None:
    """Refuse page views with a negative time.

    Raises: TrackingError.
    """
    for name in COLUMNS:
        if name in params and integer(params, name, UNKNOWN) < UNKNOWN:
            raise TrackingError(f"{name} must not be negative", "negative_timing")
