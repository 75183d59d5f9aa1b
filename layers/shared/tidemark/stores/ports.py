"""The store ports in one place: queue, objects, tables. Both drivers keep every promise; tests/contract shows it.

Limits are those of SQS, S3 and DynamoDB in every driver, so that what works on one machine works on AWS. Code that
must load fast (collect) imports the parts it needs: errors, limits, queues, objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidemark.stores.errors import (
    ConditionFailedError,
    InvalidRangeError,
    InvalidValueError,
    NotFoundError,
    PreconditionFailedError,
    StoreError,
    TooLargeError,
    TransactionConflictError,
    UnavailableError,
)
from tidemark.stores.limits import (
    MAX_DELAY_SECONDS,
    MAX_ITEM_BYTES,
    MAX_KEYS_PER_READ,
    MAX_MESSAGE_BYTES,
    MAX_OBJECT_BYTES,
    MAX_OBJECT_KEY_BYTES,
    MAX_PK_BYTES,
    MAX_SK_BYTES,
    MAX_TRANSACTION_OPERATIONS,
    MAX_VISIBILITY_SECONDS,
)
from tidemark.stores.objects import (
    Content,
    KeyedObjects,
    ObjectInfo,
    Objects,
    StoredObject,
)
from tidemark.stores.queues import (
    Depth,
    Message,
    Queue,
    Sender,
)
from tidemark.stores.tables import (
    TTL_ATTRIBUTE,
    Absent,
    AllOf,
    AnyOf,
    Check,
    Condition,
    Delete,
    Equals,
    Exists,
    Item,
    Key,
    LessThan,
    Not,
    Operation,
    Put,
    Table,
    Update,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "MAX_DELAY_SECONDS",
    "MAX_ITEM_BYTES",
    "MAX_KEYS_PER_READ",
    "MAX_MESSAGE_BYTES",
    "MAX_OBJECT_BYTES",
    "MAX_OBJECT_KEY_BYTES",
    "MAX_PK_BYTES",
    "MAX_SK_BYTES",
    "MAX_TRANSACTION_OPERATIONS",
    "MAX_VISIBILITY_SECONDS",
    "TTL_ATTRIBUTE",
    "Absent",
    "AllOf",
    "AnyOf",
    "Check",
    "Condition",
    "ConditionFailedError",
    "Content",
    "Delete",
    "Depth",
    "Equals",
    "Exists",
    "InvalidRangeError",
    "InvalidValueError",
    "Item",
    "Key",
    "KeyedObjects",
    "LessThan",
    "Message",
    "Not",
    "NotFoundError",
    "ObjectInfo",
    "Objects",
    "Operation",
    "PreconditionFailedError",
    "Put",
    "Queue",
    "Sender",
    "StoreError",
    "StoredObject",
    "Stores",
    "Table",
    "TooLargeError",
    "TransactionConflictError",
    "UnavailableError",
    "Update",
]


@dataclass(frozen=True, slots=True)
class Stores:
    """All stores of one instance.

    `reset` empties every store (ephemeral instances only; no one else may be writing);
    `close` ends the use of these stores.
    """

    hits: Queue
    hits_dead: Queue
    archive: Queue
    archive_dead: Queue
    objects: Objects
    archive_numeric: Table
    archive_state: Table
    registry: Table
    reset: Callable[[], None]
    close: Callable[[], None]
