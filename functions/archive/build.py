"""Does archive jobs: archive queue -> visit logs and archives. A job that fails is reported and delivered again."""

from __future__ import annotations

import sys
import time
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from tidemark import bootstrap

logger = Logger(stream=sys.stderr)
metrics = Metrics()
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

bootstrap.instance().builder()  # made while AWS starts the function


def handler(event: dict[str, Any], context: object) -> Any:
    """The jobs that have to come again, in SQS's form for partial batches."""
    return process_partial_response(event, build, processor, cast("LambdaContext", context))


def tell_lag(seconds: float) -> None:
    """The metric by which one sees how old reports are."""
    metrics.add_metric("archive.lag", MetricUnit.Seconds, seconds)
    metrics.flush_metrics()


def build(record: SQSRecord) -> None:
    """Do one job."""
    begun = time.monotonic()
    try:
        archive = bootstrap.instance().builder().run(record.body, tell_lag)
    except Exception:
        logger.exception(
            "an archive job failed", message_id=record.message_id, receives=record.attributes.approximate_receive_count
        )
        raise
    seconds = round(time.monotonic() - begun, 3)
    logger.info("archive job done", message_id=record.message_id, is_empty=archive is None, seconds=seconds)
