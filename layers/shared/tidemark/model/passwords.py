"""What a password may be."""

from __future__ import annotations

from typing import Final

MIN_PASSWORD: Final = 6
MAX_PASSWORD: Final = 200


def password_problem(password: str) -> str:
    """What is wrong with a new password; empty if nothing is."""
    if MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        return ""
    return f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters."
