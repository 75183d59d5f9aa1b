"""A note on a day of a site."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Annotation:
    """One note; `id_note` counts from 0 within its site, `date` is YYYY-MM-DD in the site's time zone."""

    idsite: int
    id_note: int
    date: str
    note: str
    user: str
    starred: bool = False
