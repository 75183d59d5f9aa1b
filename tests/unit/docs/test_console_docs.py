"""docs/console.md says what the console can do."""

from __future__ import annotations

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[3] / "docs" / "generate" / "console.py"


def test_console_page_when_it_is_fresh():
    spec = importlib.util.spec_from_file_location("console_docs", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text("utf-8") == module.built(), "run `make docs`"
