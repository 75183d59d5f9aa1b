"""Looks every minute for what has to be archived: schedule -> archive queue. Also heals what a crash left behind."""

from __future__ import annotations

import sys
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from tidemark import bootstrap

logger = Logger(stream=sys.stderr)
metrics = Metrics()


def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """How many spilled messages were sent again, and how many archive jobs were queued."""
    instance = bootstrap.instance()
    spilled = instance.replay_spill()
    instance.maintain()
    jobs = instance.planner().plan()
    logger.info("archives planned", spilled=spilled, jobs=jobs)
    done = {"spilled": spilled, "jobs": jobs}
    for name, count in done.items():
        metrics.add_metric(f"plan.{name}", MetricUnit.Count, count)
    metrics.flush_metrics()
    return done
