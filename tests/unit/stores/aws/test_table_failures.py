"""Which of our errors stands for which of DynamoDB's, and what is tried again."""

from __future__ import annotations

import pytest
from pynamodb.exceptions import CancellationReason, PutError, TransactWriteError, VerboseClientError

from tidemark.stores.aws import table as table_driver
from tidemark.stores.aws.failures import table_errors
from tidemark.stores.aws.table import DynamoTable
from tidemark.stores.errors import (
    ConditionFailedError,
    InvalidValueError,
    TooLargeError,
    TransactionConflictError,
    UnavailableError,
)


def put_error(code, message=""):
    return PutError("Failed to put item", VerboseClientError({"Error": {"Code": code, "Message": message}}, "PutItem"))


def cancelled(*codes):
    reasons = [None if code is None else CancellationReason(code, "message") for code in codes]
    cause = VerboseClientError(
        {"Error": {"Code": "TransactionCanceledException"}}, "TransactWriteItems", cancellation_reasons=reasons
    )
    return TransactWriteError("Failed to write transaction items", cause)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (put_error("ConditionalCheckFailedException"), ConditionFailedError),
        (put_error("TransactionConflictException"), TransactionConflictError),
        (put_error("ValidationException", "wrong type"), InvalidValueError),
        (put_error("ProvisionedThroughputExceededException"), UnavailableError),
        (put_error("ResourceNotFoundException"), UnavailableError),
        (cancelled(None, "ConditionalCheckFailed", None), ConditionFailedError),
        (cancelled("TransactionConflict", "ConditionalCheckFailed"), ConditionFailedError),
        (cancelled("TransactionConflict", None), TransactionConflictError),
        (cancelled("ThrottlingError"), UnavailableError),
        (cancelled("ValidationError"), InvalidValueError),
        (cancelled(), UnavailableError),
        (TransactWriteError("Failed", None), UnavailableError),
    ],
    ids=repr,
)
def test_error_is_ours(error, expected):
    with pytest.raises(expected), table_errors():
        raise error


def test_item_that_grew_too_large_is_told_apart():
    message = "Item size to update has exceeded the maximum allowed size"
    error = PutError(f"Failed: {message}", VerboseClientError({"Error": {"Code": "ValidationException"}}, "UpdateItem"))
    with pytest.raises(TooLargeError), table_errors():
        raise error


class ConflictingConnection:
    """Has another transaction at the item for some tries."""

    def __init__(self, conflicts):
        self.conflicts = conflicts

    def add_meta_table(self, meta_table):
        pass

    def put_item(self, *arguments, **options):
        if self.conflicts:
            self.conflicts -= 1
            raise put_error("TransactionConflictException")


def test_write_is_tried_again_while_another_transaction_is_at_the_item(monkeypatch):
    monkeypatch.setattr(table_driver, "PAUSES_SECONDS", (0.0,) * 3)
    DynamoTable(ConflictingConnection(2), "t").put({"pk": "p", "sk": "s"})
    with pytest.raises(TransactionConflictError):
        DynamoTable(ConflictingConnection(3), "t").put({"pk": "p", "sk": "s"})
