"""What a queue takes: checks and batches that both drivers share. Imports nothing heavy: collect uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemark.stores.errors import InvalidValueError, TooLargeError
from tidemark.stores.limits import MAX_DELAY_SECONDS, MAX_MESSAGE_BYTES, MAX_VISIBILITY_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_BATCH_MESSAGES = 10

# SQS takes only the characters of XML 1.0. JSON escapes control characters by itself, but not these two.
_FORBIDDEN = bytes(code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D))
_NONCHARACTERS = ((b"\xef\xbf\xbe", b"\\ufffe"), (b"\xef\xbf\xbf", b"\\uffff"))


def prepared(body: bytes) -> str:
    """The message as SQS takes it: the two characters that it refuses are written as JSON escapes.

    Raises: TooLargeError, InvalidValueError.
    """
    for raw, escaped in _NONCHARACTERS:
        if raw in body:
            body = body.replace(raw, escaped)
    if len(body) > MAX_MESSAGE_BYTES:
        raise TooLargeError(f"a message of {len(body)} bytes passes the limit of {MAX_MESSAGE_BYTES}")
    if not body:
        raise InvalidValueError("a message must not be empty")
    if len(body.translate(None, _FORBIDDEN)) != len(body):
        raise InvalidValueError("a message must not contain control characters other than tab, LF and CR")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise InvalidValueError(f"a message must be UTF-8: {error}") from error


def batches(messages: Sequence[str]) -> Iterator[list[str]]:
    """Cut into batches that one SendMessageBatch takes: ten messages, MAX_MESSAGE_BYTES altogether."""
    batch: list[str] = []
    room = MAX_MESSAGE_BYTES
    for message in messages:
        size = len(message.encode())
        if batch and (size > room or len(batch) == MAX_BATCH_MESSAGES):
            yield batch
            batch, room = [], MAX_MESSAGE_BYTES
        batch.append(message)
        room -= size
    if batch:
        yield batch


def check_delay(delay_seconds: int) -> None:
    """Raises: InvalidValueError."""
    if not 0 <= delay_seconds <= MAX_DELAY_SECONDS:
        raise InvalidValueError(f"a delay of {delay_seconds} s is not within 0 ... {MAX_DELAY_SECONDS}")


def check_visibility(visibility_seconds: int) -> None:
    """Raises: InvalidValueError."""
    if not 0 <= visibility_seconds <= MAX_VISIBILITY_SECONDS:
        raise InvalidValueError(f"a visibility of {visibility_seconds} s is not within 0 ... {MAX_VISIBILITY_SECONDS}")
