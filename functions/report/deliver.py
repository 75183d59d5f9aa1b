"""Sends what is due: scheduled reports and alerts. Schedule -> e-mail, SNS, webhooks."""

from __future__ import annotations

import sys
import time
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from tidemark import bootstrap

RESERVE_SECONDS = 60
"""What is under way when the time is over may take so long."""

logger = Logger(stream=sys.stderr)
metrics = Metrics()

bootstrap.instance().reporter()  # made while AWS starts the function


def handler(_event: dict[str, Any], context: object) -> dict[str, int]:
    """What was done: counts by name."""
    left = cast("LambdaContext", context).get_remaining_time_in_millis() / 1000
    end = time.monotonic() + left - RESERVE_SECONDS
    done = bootstrap.instance().deliver(lambda: time.monotonic() > end)
    logger.info("delivered", extra=done)
    for name, count in done.items():
        if count:  # a metric is paid by the hours in which it comes
            metrics.add_metric(f"deliver.{name}", MetricUnit.Count, count)
    if any(done.values()):
        metrics.flush_metrics()
    return done
