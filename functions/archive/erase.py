"""Carries out the erasures of data subjects that were ordered, were interrupted, or have to be repeated: schedule -> nothing."""

from __future__ import annotations

import sys
from typing import Any

from aws_lambda_powertools import Logger

from tidemark import bootstrap

logger = Logger(stream=sys.stderr)


def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """How many erasures were worked on."""
    erasures = bootstrap.instance().erasing().run_pending()
    if erasures:
        logger.info("data subjects erased", erasures=erasures)
    return {"erasures": erasures}
