"""Methods that take the parameters of another one: what adds a thing and what changes it say the same of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

R = TypeVar("R")


def with_parameters_of(other: Callable[..., Any]) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Let a function's `**given` be the parameters of another method that it does not name itself, defaults filled in.

    They stand behind its own, in the other's order; clients see them as if they were written out.
    """

    def decorate(function: Callable[..., R]) -> Callable[..., R]:
        own = [one for one in _parameters(function) if one.kind is not inspect.Parameter.VAR_KEYWORD]
        names = {one.name for one in own}
        signature = inspect.Signature([*own, *(one for one in _parameters(other) if one.name not in names)])

        @wraps(function)
        def filled(*args: Any, **kwargs: Any) -> R:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            return function(**bound.arguments)

        filled.__signature__ = signature  # type: ignore[attr-defined]
        return filled

    return decorate


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(function).parameters.values())
