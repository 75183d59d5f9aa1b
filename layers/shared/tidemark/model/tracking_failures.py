"""Refused tracking requests that the owner of a site should hear of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TrackingFailure:
    """One kind of refusal at one site; `idfailure` 1: no such site, 2: not authenticated. Time: UTC unix seconds.

    Source: Matomo 5.2, tracking behaviour, section 2.
    """

    idsite: int
    idfailure: int
    date_first_occurred: int
    request_url: str


class TrackingFailures(Protocol):
    """The failures that are kept."""

    def all(self) -> Sequence[TrackingFailure]:
        """Every failure that is kept, in order of sites and kinds."""
        ...

    def delete(self, failures: Sequence[TrackingFailure]) -> None:
        """Forget some of them; those that are gone already are ignored."""
        ...
