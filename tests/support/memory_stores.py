"""Tables and objects in memory: as little as tests of the rooms need of the ports."""

from __future__ import annotations

from copy import deepcopy
from hashlib import sha256

from tidemark.stores.ports import (
    Absent,
    AllOf,
    AnyOf,
    ConditionFailedError,
    Delete,
    Equals,
    Exists,
    LessThan,
    Not,
    NotFoundError,
    PreconditionFailedError,
    Put,
    StoredObject,
    Update,
)


def holds(condition, item):  # noqa: PLR0911  one line per kind of condition
    match condition:
        case None:
            return True
        case Absent(name):
            return name not in item
        case Exists(name):
            return name in item
        case Equals(name, value):
            return name in item and item[name] == value
        case LessThan(name, value):
            return name in item and item[name] < value
        case AllOf(parts):
            return all(holds(part, item) for part in parts)
        case AnyOf(parts):
            return any(holds(part, item) for part in parts)
        case Not(part):
            return not holds(part, item)


class MemoryTable:
    """A table port in a dict."""

    def __init__(self):
        self.items = {}
        self.writes = 0

    def get(self, pk, sk):
        return deepcopy(self.items.get((pk, sk)))

    def batch_get(self, keys):
        return {key: deepcopy(self.items[key]) for key in keys if key in self.items}

    def query(self, pk, *, sk_prefix="", sk_between=("", "\U0010ffff"), start_after="", reverse=False, limit=None):
        low, high = sk_between
        mine = (key for key in self.items if key[0] == pk and key[1].startswith(sk_prefix) and key[1] > start_after)
        found = (key for key in mine if low <= key[1] <= high)
        keys = sorted(found, reverse=reverse)
        return iter([deepcopy(self.items[key]) for key in keys[:limit]])

    def put(self, item, condition=None):
        self.transact([Put(item, condition)])

    def update(self, pk, sk, *, assign=None, initial=None, add=None, remove=(), condition=None):
        self.transact([Update(pk, sk, assign, initial, add, remove, condition)])
        return self.get(pk, sk)

    def delete(self, pk, sk, condition=None):
        self.transact([Delete(pk, sk, condition)])

    def write_batch(self, *, puts=(), deletes=()):
        self.transact([*(Put(item) for item in puts), *(Delete(*key) for key in deletes)])

    def transact(self, operations):
        for one in operations:
            if not holds(one.condition, self.items.get(_key(one), {})):
                raise ConditionFailedError(str(one))
        self.writes += 1
        for one in operations:
            match one:
                case Put(item):
                    self.items[_key(one)] = deepcopy(dict(item))
                case Delete():
                    self.items.pop(_key(one), None)
                case Update():
                    item = self.items.setdefault(_key(one), {"pk": one.pk, "sk": one.sk})
                    item.update({k: v for k, v in (one.initial or {}).items() if k not in item})
                    item.update(deepcopy(dict(one.assign or {})))
                    item.update({k: item.get(k, 0) + v for k, v in (one.add or {}).items()})
                    for name in one.remove:
                        item.pop(name, None)


def _key(one):
    return (one.item["pk"], one.item["sk"]) if isinstance(one, Put) else (one.pk, one.sk)


class MemoryObjects:
    """A keyed objects port in a dict."""

    def __init__(self):
        self.stored = {}

    def put(self, key, data, *, if_absent=False, if_match=None):
        present = self.stored.get(key)
        if (if_absent and present) or (if_match and (present is None or present.etag != if_match)):
            raise PreconditionFailedError(key)
        self.stored[key] = StoredObject(bytes(data), sha256(data).hexdigest())
        return self.stored[key].etag

    def get(self, key, *, start=0, length=None):
        if key not in self.stored:
            raise NotFoundError(key)
        whole = self.stored[key]
        return StoredObject(whole.data[start : None if length is None else start + length], whole.etag)

    def get_if_changed(self, key, etag):
        stored = self.get(key)
        return None if stored.etag == etag else stored
