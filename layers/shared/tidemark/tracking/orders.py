"""Which orders were sent before: an index over all time, so that a repeated order can be refused while it is answered.

Object orders/site=<id>/<hash of the order id>, written only if there is none. The index is for the answer alone: the hit
of a repeated order goes on to the queue, and sessions, which see all days, count its order once. So an answer that was
lost, or an index that is away, never loses an order.

Source: Matomo 5.2, tracking behaviour, section 12; parameter ec_id.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Container, Sequence
from typing import TYPE_CHECKING, Final

from tidemark.model.errors import TrackingError
from tidemark.stores.errors import PreconditionFailedError, StoreError
from tidemark.tracking.actions import NO_GOAL
from tidemark.tracking.parameters import RawParams, integer, is_given, text

if TYPE_CHECKING:
    from tidemark.stores.objects import KeyedObjects

ORDERS_PREFIX: Final = "orders/"
DUPLICATE_ORDER: Final = "duplicate_order"
ORDER_ID_MAX: Final = 100
LOOK_UP_SECONDS: Final = 5.0
"""So long a bulk's orders are looked up, each as long as a hit takes; those left are only found by sessions."""

logger = logging.getLogger(__name__)


def repeated_orders(
    requests: Sequence[RawParams],
    refused: Container[int],
    objects: KeyedObjects,
    salt: str,
    monotonic: Callable[[], float] = time.monotonic,
) -> list[tuple[int, TrackingError]]:
    """The requests, by their places, whose order was sent before: in the same bulk, or as far as the index was asked."""
    until = monotonic() + LOOK_UP_SECONDS
    seen: set[str] = set()
    repeated = []
    for place, params in enumerate(requests):
        order_id = order_of(params) if place not in refused else ""
        if not order_id:
            continue
        key = order_key(integer(params, "idsite"), order_id, salt)
        if key in seen or (monotonic() < until and _is_known(objects, key)):
            repeated.append((place, TrackingError("the order was sent before", DUPLICATE_ORDER)))
        seen.add(key)
    return repeated


def order_of(params: RawParams) -> str:
    """The order id that the request records; empty if it records none."""
    if not is_given(params, "ec_id") or not integer(params, "rec") or integer(params, "ping"):
        return ""
    return text(params, "ec_id")[:ORDER_ID_MAX] if integer(params, "idgoal", NO_GOAL) == 0 else ""


def order_key(idsite: int, order_id: str, salt: str) -> str:
    """Where the index keeps an order; the id itself cannot be read from it."""
    digest = hashlib.sha256(f"{salt}|order|{order_id}".encode("utf-8", "replace")).hexdigest()
    return f"{ORDERS_PREFIX}site={idsite}/{digest[:40]}"


def _is_known(objects: KeyedObjects, key: str) -> bool:
    try:
        objects.put(key, b"", if_absent=True)
    except PreconditionFailedError:
        return True
    except StoreError:
        logger.warning("the index of orders is away; sessions will find repeated ones", exc_info=True)
    return False
