"""Tables in DynamoDB, through pynamodb's connection: items are free-form, so there are no models."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

from pynamodb.connection.base import Connection, MetaTable

from tidemark.stores.aws.failures import PAUSES_SECONDS, table_errors
from tidemark.stores.aws.values import actions_of, attributes_of, condition_of, item_of, range_condition
from tidemark.stores.errors import TransactionConflictError, UnavailableError
from tidemark.stores.items import check_distinct, check_key, check_operations, check_update, operation_key
from tidemark.stores.keys import check_text
from tidemark.stores.limits import MAX_KEYS_PER_READ, MAX_PK_BYTES
from tidemark.stores.sort_range import SortRange
from tidemark.stores.tables import Check, Delete, Put, Update

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tidemark.stores.aws.values import AttributeValue
    from tidemark.stores.tables import Condition, Item, Key, Operation

_ITEMS_PER_WRITE = 25
_SCHEMA = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
}

Result = TypeVar("Result")


class DynamoTable:
    """A table. Tables share one connection, which knows how all of them are keyed."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        connection.add_meta_table(MetaTable({"TableName": name, **_SCHEMA}))

    def get(self, pk: str, sk: str) -> Item | None:
        """As the port says."""
        check_key((pk, sk))
        with table_errors():
            answer = self._connection.get_item(self._name, pk, sk, consistent_read=True)
        return item_of(answer["Item"]) if "Item" in answer else None

    def batch_get(self, keys: Sequence[Key]) -> dict[Key, Item]:
        """As the port says."""
        distinct = list(dict.fromkeys(keys))
        for key in distinct:
            check_key(key)
        found: dict[Key, Item] = {}
        for first in range(0, len(distinct), MAX_KEYS_PER_READ):
            for item in self._batch_get([_key_attributes(key) for key in distinct[first : first + MAX_KEYS_PER_READ]]):
                found[item["pk"], item["sk"]] = item
        return found

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
        """As the port says."""
        check_text("pk", pk, MAX_PK_BYTES)
        sort_range = SortRange.of(sk_prefix, sk_between)
        if sort_range.is_empty or (start_after and sort_range.is_past(start_after, is_reverse=reverse)):
            return
        # DynamoDB refuses a start outside the range that is asked for.
        start_key = _key_attributes((pk, start_after)) if start_after and sort_range.contains(start_after) else None
        remaining = limit
        while remaining is None or remaining > 0:
            with table_errors():
                answer = self._connection.query(
                    self._name,
                    pk,
                    range_key_condition=range_condition(sk_prefix, sk_between),
                    consistent_read=True,
                    exclusive_start_key=start_key,
                    limit=remaining,
                    scan_index_forward=not reverse,
                )
            yield from map(item_of, answer["Items"])
            start_key = answer.get("LastEvaluatedKey")
            if not start_key:
                return
            remaining = None if remaining is None else remaining - len(answer["Items"])

    def put(self, item: Mapping[str, Any], condition: Condition | None = None) -> None:
        """As the port says."""
        attributes = attributes_of(item)
        expression = condition_of(condition)
        _again_on_conflict(
            lambda: self._connection.put_item(
                self._name, attributes["pk"]["S"], attributes["sk"]["S"], attributes=attributes, condition=expression
            )
        )

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
        """As the port says."""
        update = Update(pk, sk, assign, initial, add, remove, condition)
        check_update(update)
        actions = actions_of(update)
        expression = condition_of(condition)
        answer = _again_on_conflict(
            lambda: self._connection.update_item(
                self._name, pk, sk, actions=actions, condition=expression, return_values="ALL_NEW"
            )
        )
        return item_of(answer["Attributes"])

    def delete(self, pk: str, sk: str, condition: Condition | None = None) -> None:
        """As the port says."""
        check_key((pk, sk))
        expression = condition_of(condition)
        _again_on_conflict(lambda: self._connection.delete_item(self._name, pk, sk, condition=expression))

    def write_batch(self, *, puts: Sequence[Mapping[str, Any]] = (), deletes: Sequence[Key] = ()) -> None:
        """As the port says."""
        for key in deletes:
            check_key(key)
        check_distinct([*(operation_key(Put(item)) for item in puts), *deletes])
        put_items = [attributes_of(item) for item in puts]
        delete_items = [_key_attributes(key) for key in deletes]
        for first in range(0, len(put_items), _ITEMS_PER_WRITE):
            self._batch_write(put_items[first : first + _ITEMS_PER_WRITE], [])
        for first in range(0, len(delete_items), _ITEMS_PER_WRITE):
            self._batch_write([], delete_items[first : first + _ITEMS_PER_WRITE])

    def transact(self, operations: Sequence[Operation]) -> None:
        """As the port says."""
        check_operations(operations)
        requests: dict[type[Operation], list[dict[str, Any]]] = {Put: [], Update: [], Delete: [], Check: []}
        for operation in operations:
            requests[type(operation)].append(self._request(operation))
        if not operations:
            return
        _again_on_conflict(
            lambda: self._connection.transact_write_items(
                condition_check_items=requests[Check],
                delete_items=requests[Delete],
                put_items=requests[Put],
                update_items=requests[Update],
            )
        )

    def clear(self) -> None:
        """Delete every item, one page after the other."""
        start_key = None
        while True:
            with table_errors():
                page = self._connection.scan(
                    self._name, attributes_to_get=["pk", "sk"], exclusive_start_key=start_key, consistent_read=True
                )
            self.write_batch(deletes=[(item["pk"], item["sk"]) for item in map(item_of, page["Items"])])
            start_key = page.get("LastEvaluatedKey")
            if not start_key:
                return

    def _request(self, operation: Operation) -> dict[str, Any]:
        """One operation of a transaction."""
        options: dict[str, Any] = {"condition": condition_of(operation.condition)}
        match operation:
            case Put(item):
                options |= {"key": "Item", "attributes": attributes_of(item)}
            case Update():
                check_update(operation)
                options["actions"] = actions_of(operation)
        pk, sk = operation_key(operation)
        check_key((pk, sk))
        request: dict[str, Any] = self._connection.get_operation_kwargs(self._name, pk, sk, **options)
        return request

    def _batch_get(self, keys: Sequence[Mapping[str, AttributeValue]]) -> Iterator[Item]:
        """Up to a hundred items; asks again for those that DynamoDB left out."""
        remaining: Any = keys
        for pause_seconds in PAUSES_SECONDS:
            time.sleep(pause_seconds)
            with table_errors():
                answer = self._connection.batch_get_item(self._name, remaining, consistent_read=True)
            yield from map(item_of, answer["Responses"].get(self._name, []))
            remaining = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
            if not remaining:
                return
        raise UnavailableError(f"DynamoDB did not give {len(remaining)} of {len(keys)} items")

    def _batch_write(self, puts: list[dict[str, AttributeValue]], deletes: list[dict[str, AttributeValue]]) -> None:
        """Up to 25 writes, and again those that DynamoDB left out."""
        for pause_seconds in PAUSES_SECONDS:
            time.sleep(pause_seconds)
            with table_errors():
                answer = self._connection.batch_write_item(self._name, puts or None, deletes or None)
            left = answer.get("UnprocessedItems", {}).get(self._name, [])
            puts = [request["PutRequest"]["Item"] for request in left if "PutRequest" in request]
            deletes = [request["DeleteRequest"]["Key"] for request in left if "DeleteRequest" in request]
            if not left:
                return
        raise UnavailableError(f"DynamoDB did not take {len(puts) + len(deletes)} writes")


def _key_attributes(key: Key) -> dict[str, AttributeValue]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _again_on_conflict(call: Callable[[], Result]) -> Result:
    """Write, and try again while another transaction is at the same item.

    Raises: TransactionConflictError when that does not end, and the other errors of a table.
    """
    for pause_seconds in PAUSES_SECONDS[:-1]:
        time.sleep(pause_seconds)
        try:
            with table_errors():
                return call()
        except TransactionConflictError:
            continue
    with table_errors():
        return call()
