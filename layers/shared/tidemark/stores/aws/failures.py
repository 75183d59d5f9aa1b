"""What the AWS drivers do about failures: which error of a service is which of ours, and when to try again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException, TransactWriteError

from tidemark.stores.errors import (
    ConditionFailedError,
    InvalidValueError,
    StoreError,
    TooLargeError,
    TransactionConflictError,
    UnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

PAUSES_SECONDS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Before each try of what a service left over. Single requests that fail are tried again by botocore."""

_BY_CODE: dict[str, type[StoreError]] = {
    "ConditionalCheckFailedException": ConditionFailedError,
    "ConditionalCheckFailed": ConditionFailedError,
    "TransactionConflictException": TransactionConflictError,
    "TransactionConflict": TransactionConflictError,
    "TransactionInProgressException": TransactionConflictError,
    "ValidationException": InvalidValueError,
    "ValidationError": InvalidValueError,
}


@contextmanager
def unavailable(operation: str) -> Iterator[None]:
    """Turn what botocore gave up on into UnavailableError."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise UnavailableError(f"{operation}: {error}") from error


@contextmanager
def table_errors() -> Iterator[None]:
    """Turn pynamodb's errors into ours."""
    try:
        yield
    except TransactWriteError as error:
        reasons = [reason for reason in error.cancellation_reasons if reason is not None]
        failures = [_table_error(reason.code, reason.message or reason.code) for reason in reasons]
        # A failed condition is final, a conflict may pass: when both came up, the condition counts.
        failures.sort(key=lambda failure: not isinstance(failure, ConditionFailedError))
        raise (failures or [_table_error(error.cause_response_code, str(error))])[0] from error
    except PynamoDBException as error:
        raise _table_error(error.cause_response_code, str(error)) from error


def error_code(error: ClientError) -> str:
    """The service's name of the error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def status_of(error: ClientError) -> int:
    """The HTTP status of the answer."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _table_error(code: str | None, message: str) -> StoreError:
    kind = _BY_CODE.get(code or "", UnavailableError)
    if kind is InvalidValueError and "size" in message:
        kind = TooLargeError
    return kind(message)
