"""Tidies up every hour: schedule -> merged hit files, deletion by age, sweeps. Goes on where the last run stopped."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from tidemark import bootstrap

RESERVE_SECONDS = 120
"""What is under way when the time is over may take so long."""

logger = Logger(stream=sys.stderr)
metrics = Metrics()


def handler(_event: dict[str, Any], context: object) -> dict[str, int]:
    """What was done: counts by name."""
    left = cast("LambdaContext", context).get_remaining_time_in_millis() / 1000
    end = time.monotonic() + left - RESERVE_SECONDS
    done = asdict(bootstrap.instance().housekeeper().run(lambda: time.monotonic() > end))
    logger.info("tidied up", **done)
    for name, count in done.items():
        if count:  # a metric is paid by the hours in which it comes
            metrics.add_metric(f"housekeep.{name}", MetricUnit.Count, int(count))
    if any(done.values()):
        metrics.flush_metrics()
    return {name: int(count) for name, count in done.items()}
