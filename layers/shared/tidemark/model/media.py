"""An answer that is a file of its own, not a value to be put into a format."""

from __future__ import annotations

from dataclasses import dataclass

PNG = "image/png"


@dataclass(frozen=True, slots=True)
class Media:
    """Its bytes and what they are."""

    body: bytes
    content_type: str = PNG
