"""Carries out what was ordered about past data, was interrupted, or has to be repeated: schedule -> nothing.

Erasures of data subjects come first, then anonymisations of past days.
"""

from __future__ import annotations

import sys
from typing import Any

from aws_lambda_powertools import Logger

from tidemark import bootstrap

logger = Logger(stream=sys.stderr)


def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """How many erasures and anonymisations were worked on."""
    instance = bootstrap.instance()
    done = {"erasures": instance.erasing().run_pending(), "anonymisations": instance.anonymising().run_pending()}
    if any(done.values()):
        logger.info("past data erased or anonymised", extra=done)
    return done
