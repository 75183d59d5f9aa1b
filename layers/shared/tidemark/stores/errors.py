"""What a store may refuse, and why. Imports nothing: collect uses it."""

from __future__ import annotations


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
