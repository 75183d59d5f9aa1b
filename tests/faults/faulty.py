"""Stores that fail, delay and repeat, and a process that may die before or behind any write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random  # noqa: TID251 - seeded, so that a run can be repeated
from typing import Any, Final

from tidemark.stores.ports import ConditionFailedError, PreconditionFailedError, Stores, UnavailableError

KINDS: Final = ("refused", "lost answer", "lost race", "killed before", "killed behind", "delivered twice", "delayed")
QUEUES: Final = ("hits", "archive")
STORES: Final = ("objects", "archive_numeric", "archive_state", "registry")
WRITES: Final = frozenset({"put", "update", "delete", "write_batch", "transact", "send", "send_batch"})
CONDITIONAL: Final = frozenset({"put", "update", "transact"})


class KilledError(BaseException):
    """The process dies here."""


@dataclass
class Fate:
    """What may happen to one process: how likely (per call) each kind of fault is. Counts what did."""

    random: Random
    likely: dict[str, float]
    counts: Counter[str] = field(default_factory=Counter)
    meanwhile: Callable[[], None] | None = None
    """What another process does just before a conditional write, so that this one loses the race."""
    is_dead: bool = False

    def strikes(self, kind: str) -> bool:
        """Whether it happens now."""
        if self.random.random() >= self.likely.get(kind, 0.0):
            return False
        self.counts[kind] += 1
        return True

    def die(self) -> None:
        """The end of this process: it does nothing more."""
        self.is_dead = True
        raise KilledError


class Faulty:
    """A port whose calls may fail."""

    def __init__(self, inner: Any, fate: Fate) -> None:
        self._inner, self._fate = inner, fate

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        return self._call(name, method) if callable(method) else method

    def _call(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        fate = self._fate

        def call(*args: Any, **kwargs: Any) -> Any:
            if fate.is_dead:
                raise KilledError
            if fate.strikes("refused"):
                raise UnavailableError("throttled")
            if name not in WRITES:
                return method(*args, **kwargs)
            if fate.strikes("killed before"):
                fate.die()
            is_conditional = bool({"condition", "if_absent", "if_match"} & kwargs.keys()) or name == "transact"
            if is_conditional and fate.meanwhile and fate.strikes("lost race"):
                other, fate.meanwhile = fate.meanwhile, None
                other()
            answer = method(*args, **kwargs)
            if fate.strikes("killed behind"):
                fate.die()
            if fate.strikes("lost answer"):
                # A driver tries a conditional write again and is told that it lost, to itself.
                if is_conditional and name in CONDITIONAL and fate.random.random() < 0.5:
                    raise (
                        PreconditionFailedError(str(args[0]))
                        if "if_absent" in kwargs or "if_match" in kwargs
                        else (ConditionFailedError(str(args[0])))
                    )
                raise UnavailableError("timed out")
            return answer

        return call


class FaultyQueue(Faulty):
    """A queue that also delivers late and twice."""

    def receive(self, max_messages: int, visibility_seconds: int, wait_seconds: float = 0) -> Sequence[Any]:
        if self._fate.strikes("delayed"):
            return []
        messages = self._call("receive", self._inner.receive)(max_messages, visibility_seconds, wait_seconds)
        if messages and self._fate.strikes("delivered twice"):
            self._inner.change_visibility([one.receipt for one in messages], 0)
        return messages


def faulty(stores: Stores, fate: Fate) -> Stores:
    """The stores as one process sees them."""
    queues = {name: FaultyQueue(getattr(stores, name), fate) for name in QUEUES}
    return replace(stores, **queues, **{name: Faulty(getattr(stores, name), fate) for name in STORES})
