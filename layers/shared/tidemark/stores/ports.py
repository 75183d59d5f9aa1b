"""The store ports: queue, objects and tables. Both drivers keep every promise made here; tests/contract shows it.

Limits are those of SQS, S3 and DynamoDB in every driver, so that what works on one machine works on AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

MAX_MESSAGE_BYTES = 262_144
MAX_DELAY_SECONDS = 900
MAX_VISIBILITY_SECONDS = 43_200
MAX_OBJECT_BYTES = 5 * 1024**3
MAX_OBJECT_KEY_BYTES = 1024
MAX_ITEM_BYTES = 409_600
MAX_PK_BYTES = 2048
MAX_SK_BYTES = 1024
MAX_TRANSACTION_OPERATIONS = 100
TTL_ATTRIBUTE = "ttl"


class StoreError(Exception):
    """Something that a store could not or would not do."""


class UnavailableError(StoreError):
    """The store did not take or give it, even after retries (throttled, unreachable, disk full)."""


class NotFoundError(StoreError):
    """There is no such object."""


class PreconditionFailedError(StoreError):
    """A conditional object write lost: the object exists already, or is not the version expected."""


class ConditionFailedError(StoreError):
    """The condition of a table write did not hold; nothing was written."""


class TransactionConflictError(StoreError):
    """Another write touched the same item at the same moment; nothing was written, try again."""


class TooLargeError(StoreError):
    """A message, object, key, item or batch passes the limit of its store."""


class InvalidValueError(StoreError):
    """A value that the store cannot hold (NaN, an int of more than 38 digits, text that is not UTF-8 ...)."""


class InvalidRangeError(StoreError):
    """A ranged read starts at or behind the end of the object."""


# ---- queue


@dataclass(frozen=True, slots=True)
class Message:
    """One delivery of a message; `receipt` belongs to this delivery, `receive_count` starts at 1."""

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


# ---- objects

Content: TypeAlias = "bytes | bytearray | memoryview | Path"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What a read gives: the bytes asked for, and the version that they are of."""

    data: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """A line of a listing. `modified` is unix seconds; `etag` is opaque and changes with the content."""

    key: str
    size: int
    etag: str
    modified: float


class KeyedObjects(Protocol):
    """Reading and writing whole objects by key: all that collect needs."""

    def put(self, key: str, data: Content, *, if_absent: bool = False, if_match: str | None = None) -> str:
        """Store an object, atomically and durably, and give its etag. A Path is streamed from that file.

        With `if_absent` only if there is none; with `if_match` only if its etag is this one. (A lost answer is
        tried again by the driver, so PreconditionFailedError may, rarely, mean that the first try did it.)

        Raises: PreconditionFailedError, TooLargeError, UnavailableError.
        """
        ...

    def get(self, key: str, *, start: int = 0, length: int | None = None) -> StoredObject:
        """The object, or `length` bytes (fewer at its end, at least 1) from byte `start`.

        Raises: NotFoundError, InvalidRangeError.
        """
        ...

    def get_if_changed(self, key: str, etag: str | None) -> StoredObject | None:
        """The object, or None while its etag is still `etag`.

        Raises: NotFoundError.
        """
        ...


class Objects(KeyedObjects, Protocol):
    """Keys are non-empty text of up to MAX_OBJECT_KEY_BYTES in UTF-8; "/" has no meaning to the store."""

    def head(self, key: str) -> ObjectInfo | None:
        """What a listing says of the object; None if there is none."""
        ...

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; those that do not exist are ignored."""
        ...

    def listing(self, prefix: str, *, start_after: str | None = None) -> Iterator[ObjectInfo]:
        """The objects under a prefix, in order of their keys' UTF-8 bytes, read page by page."""
        ...

    def local_files(self, keys: Sequence[str]) -> AbstractContextManager[list[str]]:
        """Paths at which the objects can be read while the context lasts, in the order of `keys`.

        The embedded driver gives its own files, without a copy: read only. The AWS driver downloads.

        Raises: NotFoundError.
        """
        ...


# ---- tables

Item: TypeAlias = dict[str, Any]
"""`pk` and `sk` (non-empty text) and attributes: str, int, float, bool, bytes, None, lists and str-keyed dicts.

Numbers: ints of up to 38 digits and floats come back equal, to the last bit; a float without a fraction comes back
as int (2.0 as 2). Sums of `update(add=...)` are decimal (0.1 + 0.2 is 0.3), exact to 38 digits. NaN, infinities and
floats outside 1e-130 ... 9.9e125 are InvalidValueError. Sets are not supported.
The attribute `ttl` (unix seconds of the real clock) lets an item vanish some time after that moment; until it has
vanished it is still seen.
"""

Key: TypeAlias = tuple[str, str]
"""(pk, sk)."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The attribute is not there; of `pk`: there is no such item."""

    attribute: str = "pk"


@dataclass(frozen=True, slots=True)
class Exists:
    """The attribute is there (None is a value); of `pk`: there is such an item."""

    attribute: str = "pk"


@dataclass(frozen=True, slots=True)
class Equals:
    """The attribute is there and equal in type and value."""

    attribute: str
    value: Any


@dataclass(frozen=True, slots=True)
class LessThan:
    """The attribute is there, of the same type (number, text or bytes) and smaller."""

    attribute: str
    value: str | float | bytes


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of the conditions (at least one) holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the conditions holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold (so Not(Equals(...)) holds where the attribute is absent)."""

    condition: Condition


Condition: TypeAlias = Absent | Exists | Equals | LessThan | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Put:
    """Write the whole item."""

    item: Mapping[str, Any]
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Change attributes of an item; creates it where it is absent. An attribute stands in one of the four only.

    assign: new values; initial: values for attributes that are absent; add: numbers to add (absent counts as 0);
    remove: attributes to drop.
    """

    pk: str
    sk: str
    assign: Mapping[str, Any] | None = None
    initial: Mapping[str, Any] | None = None
    add: Mapping[str, int | float] | None = None
    remove: Sequence[str] = ()
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the item; one that does not exist is no error (unless the condition says so)."""

    pk: str
    sk: str
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing, but let the transaction fail unless the condition holds."""

    pk: str
    sk: str
    condition: Condition


Operation: TypeAlias = Put | Update | Delete | Check


class Table(Protocol):
    """Items by (pk, sk). Reads see every write acknowledged before them. All writes are atomic and durable.

    A conditional write whose answer was lost is tried again by the driver, so ConditionFailedError may, rarely, mean
    that the first try did it: where that matters, read the item. For the same reason `add` may count twice.

    Writes raise: ConditionFailedError, TransactionConflictError, TooLargeError, InvalidValueError, UnavailableError.
    """

    def get(self, pk: str, sk: str) -> Item | None:
        """The item, or None."""
        ...

    def batch_get(self, keys: Sequence[Key]) -> dict[Key, Item]:
        """Those of the items that exist; any number of keys."""
        ...

    def query(
        self,
        pk: str,
        *,
        sk_prefix: str | None = None,
        sk_between: tuple[str, str] | None = None,
        start_after: str | None = None,
        reverse: bool = False,
        limit: int | None = None,
    ) -> Iterator[Item]:
        """The items of a partition in order of their sk's UTF-8 bytes (`reverse`: backwards), read page by page.

        Narrowed by `sk_prefix` or by `sk_between` (both ends included). To go on where an earlier query stopped,
        pass the sk of its last item as `start_after`.
        """
        ...

    def put(self, item: Mapping[str, Any], condition: Condition | None = None) -> None:
        """Write the whole item, in place of one with the same key."""
        ...

    def update(
        self,
        pk: str,
        sk: str,
        *,
        assign: Mapping[str, Any] | None = None,
        initial: Mapping[str, Any] | None = None,
        add: Mapping[str, int | float] | None = None,
        remove: Sequence[str] = (),
        condition: Condition | None = None,
    ) -> Item:
        """Change attributes as `Update` says and give the whole new item."""
        ...

    def delete(self, pk: str, sk: str, condition: Condition | None = None) -> None:
        """Delete the item; one that does not exist is no error (unless the condition says so)."""
        ...

    def write_batch(self, *, puts: Sequence[Mapping[str, Any]] = (), deletes: Sequence[Key] = ()) -> None:
        """Write and delete any number of items, each for itself (not one transaction); no key twice."""
        ...

    def transact(self, operations: Sequence[Operation]) -> None:
        """Do all or nothing, at most MAX_TRANSACTION_OPERATIONS, no key twice."""
        ...


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
