"""Stores hits: a batch of the hits queue -> hit log. What could not be stored is reported and delivered again."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from tidemark import bootstrap

logger = Logger(stream=sys.stderr)
metrics = Metrics()

bootstrap.instance().ingest()  # made while AWS starts the function


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the event."""

    id: str
    body: bytes


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """The messages that have to come again, in SQS's form for partial batches."""
    messages = [Message(record["messageId"], record["body"].encode()) for record in event["Records"]]
    result = bootstrap.instance().ingest().run(messages)
    logger.info("batch ingested", messages=len(messages), failed=len(result.failed), hits=dict(result.counts))
    for outcome, count in result.counts.items():
        metrics.add_metric(f"hits.{outcome}", MetricUnit.Count, count)
    metrics.flush_metrics()
    return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in sorted(result.failed)]}
