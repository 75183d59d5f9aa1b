"""The local run: seconds from its command to "ready", and of a reset when there is something to forget."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.instance import serving

STARTS = 3
HITS = 500


def measure() -> dict[str, dict[str, Any]]:
    """Medians over several starts; each instance is reset after it took hits and gave a report."""
    starts, resets = [], []
    for _ in range(STARTS):
        began = time.perf_counter()
        with serving("--ephemeral") as instance:
            starts.append(time.perf_counter() - began)
            site = instance.add_site()
            for number in range(HITS):
                instance.track(idsite=site, url=f"https://shop.example.org/{number}")
            instance.drain()
            instance.api("VisitsSummary.get", idSite=site, period="day", date="today")
            began = time.perf_counter()
            instance.reset()
            resets.append(time.perf_counter() - began)
    return {
        "local: start to ready": {"value": statistics.median(starts), "unit": "s", "target": 5},
        "local: reset": {"value": statistics.median(resets), "unit": "s", "target": 1},
    }


if __name__ == "__main__":
    print(measure())
