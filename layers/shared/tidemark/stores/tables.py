"""The tables port: items by (pk, sk), with conditions, atomic updates and transactions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TTL_ATTRIBUTE = "ttl"

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
