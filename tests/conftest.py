"""What holds for all tests."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Tests are never timed: machines are busy. They try the same cases every time, so that a red run is about the change at
# hand; `make explore` tries others.
settings.register_profile("repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("exploring", settings.get_profile("repeatable"), derandomize=False)
settings.load_profile("exploring" if os.environ.get("TIDEMARK_EXPLORE") else "repeatable")
