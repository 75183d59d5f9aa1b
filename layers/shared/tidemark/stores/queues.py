"""The queue port: at-least-once delivery of messages, with dead letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Message:
    """One delivery of a message; `receipt` belongs to this delivery, `receive_count` starts at 1.

    A dead letter goes on counting.
    """

    id: str
    body: bytes
    receipt: str
    receive_count: int
    sent_at: float


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages wait, are being worked on, and are not due yet (approximate on AWS)."""

    visible: int
    in_flight: int
    delayed: int

    @property
    def total(self) -> int:
        """All messages in the queue."""
        return self.visible + self.in_flight + self.delayed


class Sender(Protocol):
    """The writing half of a queue: all that collect needs."""

    def send(self, body: bytes, *, delay_seconds: int = 0) -> None:
        """Return when the message is durably stored.

        `body` is a JSON document in UTF-8, at most MAX_MESSAGE_BYTES.

        Raises: TooLargeError, InvalidValueError, UnavailableError (it may be stored none the less).
        """
        ...

    def send_batch(self, bodies: Sequence[bytes], *, delay_seconds: int = 0) -> None:
        """Send any number of messages; return when all are durably stored.

        Raises: as `send`; UnavailableError when at least one was not taken, though others may have been.
        """
        ...


class Queue(Sender, Protocol):
    """At least once, in no particular order. A message received max_receives times moves to the dead letters."""

    def receive(self, max_messages: int, visibility_seconds: int, wait_seconds: float = 0) -> list[Message]:
        """Up to `max_messages`, hidden from others for `visibility_seconds`; waits if there is none."""
        ...

    def delete(self, receipts: Sequence[str]) -> None:
        """Acknowledge deliveries. A receipt whose message is gone or was delivered anew is ignored."""
        ...

    def change_visibility(self, receipts: Sequence[str], visibility_seconds: int) -> None:
        """Hide deliveries for so long from now; 0 gives them back at once. Stale receipts are ignored."""
        ...

    def depth(self) -> Depth:
        """How full the queue is."""
        ...

    def purge(self) -> None:
        """Drop every message, those in flight too."""
        ...
