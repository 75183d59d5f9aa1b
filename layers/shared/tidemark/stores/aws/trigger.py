"""Turns the polling of a queue off while nothing comes: Lambda's pollers are paid by the request, also of an empty queue."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final

IDLE_SECONDS: Final = 3600.0
STATES: Final = {True: "Enabled", False: "Disabled"}

logger = logging.getLogger(__name__)


class QueueTrigger:
    """An event source mapping, which is on while there is work and for an hour afterwards.

    Nothing is lost while it is off: messages wait, and the alarm on their age tells if it stays off.
    """

    def __init__(
        self,
        client: Any,
        mapping: str,
        waiting: Callable[[], int],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._mapping, self._waiting, self._monotonic = client, mapping, waiting, monotonic
        self._busy_at = monotonic()
        self._is_known_off = False

    def follow(self, queued: int) -> bool:
        """Called every minute, and with the number of messages that were queued; others may queue some too.

        Gives whether the mapping is off.
        """
        is_idle = self._monotonic() - self._busy_at >= IDLE_SECONDS
        if queued or ((is_idle or self._is_known_off) and self._waiting()):
            self._busy_at, self._is_known_off = self._monotonic(), False
            self._switch(is_on=True)
        elif is_idle and not self._is_known_off:
            self._is_known_off = self._switch(is_on=False)
        return self._is_known_off

    def _switch(self, *, is_on: bool) -> bool:
        """Whether it is as wanted; while a change is under way it is not, and the next minute tries again."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            state = self._client.get_event_source_mapping(UUID=self._mapping)["State"]
            if state in STATES.values() and state != STATES[is_on]:
                self._client.update_event_source_mapping(UUID=self._mapping, Enabled=is_on)
                return True
        except (BotoCoreError, ClientError):
            logger.exception("the trigger of the archive queue cannot be switched", extra={"is_on": is_on})
            return False
        return bool(state == STATES[is_on])


def connect_trigger(mapping: str, waiting: Callable[[], int]) -> QueueTrigger:
    """The mapping with this id."""
    import boto3  # noqa: PLC0415

    return QueueTrigger(boto3.client("lambda"), mapping, waiting)
