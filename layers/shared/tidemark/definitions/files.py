"""Reading the data files of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

_FOLDER = Path(__file__).parent


def read_json(name: str) -> Any:
    """The content of a JSON file."""
    return orjson.loads((_FOLDER / name).read_bytes())


def read_lines(name: str) -> list[str]:
    """The lines of a text file, without empty ones and comments."""
    lines = (_FOLDER / name).read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
