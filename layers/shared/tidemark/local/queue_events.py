"""Queue messages and schedules as the events that SQS and EventBridge send, and what the answers mean."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from tidemark.local.http_events import ACCOUNT_ID, REGION
from tidemark.stores.ports import Message


def sqs_event(messages: Sequence[Message], queue: str) -> dict[str, Any]:
    """The event with which SQS messages reach a function."""
    return {"Records": [_record(message, queue) for message in messages]}


def failed_ids(answer: Any, messages: Sequence[Message]) -> set[str]:
    """Ids of the messages that the function did not take.

    As SQS event sources do: no list means that all were taken; an entry that names no message of the batch means that
    none was.
    """
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    if not failures:
        return set()
    everyone = {message.id for message in messages}
    named = {str(failure.get("itemIdentifier") or "") for failure in failures}
    return everyone if named - everyone else named


def schedule_event(rule: str, now: float) -> dict[str, Any]:
    """The event with which a schedule's rule calls a function."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT_ID,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT_ID}:rule/{rule}"],
        "detail": {},
    }


def _record(message: Message, queue: str) -> dict[str, Any]:
    sent = str(int(message.sent_at * 1000))
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt,
        "body": message.body.decode("utf-8"),
        "attributes": {
            "ApproximateReceiveCount": str(message.receive_count),
            "SentTimestamp": sent,
            "SenderId": ACCOUNT_ID,
            "ApproximateFirstReceiveTimestamp": sent,
        },
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(message.body, usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{queue}",
        "awsRegion": REGION,
    }
