"""Page performance: how long the phases of a page load took.

Source: Matomo 5.2, tracking behaviour, section 8.
"""

from __future__ import annotations

from typing import Final

from tidemark.model.timings import TIMINGS
from tidemark.tracking.parameters import RawParams, integer

COLUMNS: Final = dict(zip(("pf_net", "pf_srv", "pf_tfr", "pf_dm1", "pf_dm2", "pf_onl"), TIMINGS, strict=True))
MAX_MS: Final = 16_777_215
UNKNOWN: Final = -1


def timings(params: RawParams) -> dict[str, int]:
    """The known timings in milliseconds by column; unknown and absurdly long ones are left out."""
    found = {}
    for name in COLUMNS.keys() & params.keys():
        value = integer(params, name, UNKNOWN)
        if 0 <= value <= MAX_MS:
            found[COLUMNS[name]] = value
    return found


def has_negative_timing(params: RawParams) -> bool:
    """Whether a time is negative (but for -1, which means unknown): a page view with one is refused."""
    given = COLUMNS.keys() & params.keys()
    return any("-" in params[name] and integer(params, name, UNKNOWN) < UNKNOWN for name in given)
