"""How soon the dashboard's overview stands in Chromium, and how much JavaScript it loads for that."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

WEB = Path(__file__).resolve().parent.parent / "web"


def measure() -> dict[str, dict[str, Any]]:
    """Needs Node, the web packages and Chromium (web/setup.sh browser)."""
    run = subprocess.run(["node", "app/test/page_load.mjs"], cwd=WEB, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(run.stdout.splitlines()[-1])
    return {
        "overview_largest_paint": {"value": found["largest_contentful_paint_ms"], "unit": "ms", "target": 1500},
        "overview_javascript": {"value": found["javascript_bytes"] / 1000, "unit": "kB compressed", "target": 250},
    }
