"""Looks every minute for what has to be archived: schedule -> archive queue. Also heals what a crash left behind."""

from __future__ import annotations

import sys
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from tidemark import bootstrap

RESERVE_MILLISECONDS = 60_000
"""What is left for planning when there is much to bring back."""

IDLE_MINUTES = 10
"""How often to look while nothing has come for an hour: looking every minute would be most of what an idle instance costs."""
SPILL_MINUTES = 60
"""How often to look for spilled messages: to list is dear, and what the queue refused is late anyway."""

logger = Logger(stream=sys.stderr)
metrics = Metrics()


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """How many spilled messages were sent again, and how many archive jobs were queued."""
    instance = bootstrap.instance()
    if instance.follow_archiving() and not is_minute(event, IDLE_MINUTES):
        return {"spilled": 0, "jobs": 0}
    spilled = replay_spill(cast("LambdaContext", context)) if is_minute(event, SPILL_MINUTES) else 0
    instance.maintain()
    jobs = instance.planner().plan()
    instance.follow_archiving(jobs)
    done = {name: count for name, count in (("spilled", spilled), ("jobs", jobs)) if count}
    for name, count in done.items():
        metrics.add_metric(f"plan.{name}", MetricUnit.Count, count)
    if done:  # a metric is paid by the hours in which it comes
        logger.info("archives planned", extra=done)
        metrics.flush_metrics()
    return {"spilled": spilled, "jobs": jobs}


def is_minute(event: dict[str, Any], often: int) -> bool:
    """Whether the schedule's time is one of every so many minutes; an event without a time is always one."""
    minute = str(event.get("time", ""))[14:16]
    return not minute.isdigit() or int(minute) % often == 0


def replay_spill(context: LambdaContext) -> int:
    """Bring all spilled messages back, as far as time allows."""
    instance, total = bootstrap.instance(), 0
    while sent := instance.replay_spill():
        total += sent
        if context.get_remaining_time_in_millis() < RESERVE_MILLISECONDS:
            break
    return total
