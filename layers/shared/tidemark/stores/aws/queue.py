"""Queues in SQS, through boto3."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tidemark.stores.aws.failures import PAUSES_SECONDS, error_code, unavailable
from tidemark.stores.errors import InvalidValueError, UnavailableError
from tidemark.stores.limits import MAX_VISIBILITY_SECONDS
from tidemark.stores.messages import batches, check_delay, check_visibility, prepared
from tidemark.stores.queues import Depth, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any


_BATCH = 10
_LONGEST_WAIT_SECONDS = 20


class SqsQueue:
    """A queue. The queue's own redrive policy says when a message becomes a dead letter."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, body: bytes, *, delay_seconds: int = 0) -> None:
        """As the port says."""
        check_delay(delay_seconds)
        message = prepared(body)
        with unavailable("send"):
            self._client.send_message(QueueUrl=self._url, MessageBody=message, DelaySeconds=delay_seconds)

    def send_batch(self, bodies: Sequence[bytes], *, delay_seconds: int = 0) -> None:
        """As the port says."""
        check_delay(delay_seconds)
        for batch in batches([prepared(body) for body in bodies]):
            entries = [
                {"Id": str(index), "MessageBody": message, "DelaySeconds": delay_seconds}
                for index, message in enumerate(batch)
            ]
            _all_taken(self._client.send_message_batch, self._url, entries)

    def receive(self, max_messages: int, visibility_seconds: int, wait_seconds: float = 0) -> list[Message]:
        """As the port says; SQS itself gives ten at most and waits whole seconds, so this asks again."""
        check_visibility(visibility_seconds)
        messages: list[Message] = []
        deadline = time.monotonic() + wait_seconds
        while len(messages) < max_messages:
            remaining_seconds = 0 if messages else max(0, math.ceil(deadline - time.monotonic()))
            with unavailable("receive"):
                answer = self._client.receive_message(
                    QueueUrl=self._url,
                    MaxNumberOfMessages=min(_BATCH, max_messages - len(messages)),
                    VisibilityTimeout=visibility_seconds,
                    WaitTimeSeconds=min(_LONGEST_WAIT_SECONDS, remaining_seconds),
                    MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
                )
            received = answer.get("Messages", [])
            messages += [_message(message) for message in received]
            if not received and (messages or time.monotonic() >= deadline):
                break
        return messages

    def delete(self, receipts: Sequence[str]) -> None:
        """As the port says."""
        for entries in _entries(receipts):
            _all_taken(self._client.delete_message_batch, self._url, entries, ignores_refusals=True)

    def change_visibility(self, receipts: Sequence[str], visibility_seconds: int) -> None:
        """As the port says."""
        check_visibility(visibility_seconds)
        for entries in _entries(receipts):
            timed = [{**entry, "VisibilityTimeout": visibility_seconds} for entry in entries]
            _all_taken(self._client.change_message_visibility_batch, self._url, timed, ignores_refusals=True)

    def depth(self) -> Depth:
        """As the port says."""
        with unavailable("depth"):
            attributes = self._client.get_queue_attributes(
                QueueUrl=self._url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                    "ApproximateNumberOfMessagesDelayed",
                ],
            )["Attributes"]
        return Depth(
            int(attributes["ApproximateNumberOfMessages"]),
            int(attributes["ApproximateNumberOfMessagesNotVisible"]),
            int(attributes["ApproximateNumberOfMessagesDelayed"]),
        )

    def purge(self) -> None:
        """As the port says, though SQS refuses a second time within a minute: then what can be received goes."""
        with unavailable("purge"):
            try:
                self._client.purge_queue(QueueUrl=self._url)
            except ClientError as error:
                if not error_code(error).endswith("PurgeQueueInProgress"):
                    raise
                while messages := self.receive(_BATCH, MAX_VISIBILITY_SECONDS):
                    self.delete([message.receipt for message in messages])


def _message(message: Mapping[str, Any]) -> Message:
    attributes = message["Attributes"]
    return Message(
        message["MessageId"],
        message["Body"].encode(),
        message["ReceiptHandle"],
        int(attributes["ApproximateReceiveCount"]),
        int(attributes["SentTimestamp"]) / 1000,
    )


def _entries(receipts: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    for first in range(0, len(receipts), _BATCH):
        part = receipts[first : first + _BATCH]
        yield [{"Id": str(index), "ReceiptHandle": receipt} for index, receipt in enumerate(part)]


def _all_taken(
    call: Callable[..., Any], url: str, entries: list[dict[str, Any]], *, ignores_refusals: bool = False
) -> None:
    """Send a batch, and again those of its entries that SQS could not take.

    Raises: InvalidValueError if an entry is refused for good (unless that is to be ignored), UnavailableError.
    """
    remaining = entries
    for pause_seconds in PAUSES_SECONDS:
        time.sleep(pause_seconds)
        with unavailable("batch"):
            answer: Mapping[str, Any] = call(QueueUrl=url, Entries=remaining)
        failed = answer.get("Failed", [])
        refused = [entry for entry in failed if entry.get("SenderFault")]
        if refused and not ignores_refusals:
            raise InvalidValueError(f"SQS refuses an entry: {refused[0].get('Code')} {refused[0].get('Message', '')}")
        again = {entry["Id"] for entry in failed if not entry.get("SenderFault")}
        remaining = [entry for entry in remaining if entry["Id"] in again]
        if not remaining:
            return
    raise UnavailableError(f"SQS did not take {len(remaining)} of {len(entries)} entries")
