"""Spilled messages: where collect puts what the queue would not take, and how they get back into it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tidemark.stores.errors import StoreError

if TYPE_CHECKING:
    from tidemark.stores.objects import KeyedObjects, Objects
    from tidemark.stores.queues import Sender

SPILL_PREFIX: Final = "spill/"


def spill(objects: KeyedObjects, body: bytes, now: float) -> None:
    """Store a message. The key is of the content, so that a second try does no harm.

    Raises: StoreError.
    """
    hour = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d/%H")
    objects.put(f"{SPILL_PREFIX}{hour}/{hashlib.sha256(body).hexdigest()[:32]}.json", body)


def replay_spill(objects: Objects, queue: Sender, limit: int = 1000) -> int:
    """Send spilled messages to the queue, oldest first, and delete each once the queue has it.

    Returns how many were sent. A crash in between sends a message twice, which ingest and sessions tolerate.
    """
    sent = 0
    for info in objects.listing(SPILL_PREFIX):
        if sent == limit:
            break
        try:
            queue.send(objects.get(info.key).data)
        except StoreError:
            break
        objects.delete([info.key])
        sent += 1
    return sent
