"""Loads the functions that the template declares and calls them as AWS would."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from tidemark.local.template import Function, TemplateError

Handler = Callable[[dict[str, Any], object], Any]

_PREFIX: Final = "tidemark_function_"


@dataclass(frozen=True, slots=True)
class Context:
    """What AWS Lambda hands to a handler beside the event, as far as it means anything here."""

    function_name: str
    memory_limit_in_mb: int = 1024
    aws_request_id: str = field(default_factory=lambda: str(uuid4()))
    function_version: str = "$LATEST"

    @property
    def invoked_function_arn(self) -> str:
        """Name of the function in AWS's form."""
        return f"arn:aws:lambda:us-east-1:123456789012:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """There is no time limit here."""
        return 900_000


class Functions:
    """The handlers by the functions' logical ids, loaded when they are first called."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self._functions = functions
        self._handlers: dict[str, Handler] = {}
        self._lock = threading.Lock()

    def load_all(self) -> None:
        """Load every function now, so that no request waits for it."""
        for name in self._functions:
            self.handler(name)

    def call(self, name: str, event: dict[str, Any]) -> Any:
        """The function's answer to the event; raises what it raises."""
        return self.handler(name)(event, Context(name))

    def handler(self, name: str) -> Handler:
        """The handler of a function."""
        handler = self._handlers.get(name)
        if handler is None:
            with self._lock:
                handler = self._handlers.get(name) or _load(self._functions[name])
                self._handlers[name] = handler
        return handler


def _load(function: Function) -> Handler:
    module_name, _, attribute = function.handler.rpartition(".")
    path = function.code / f"{module_name}.py"
    spec = importlib.util.spec_from_file_location(f"{_PREFIX}{function.name}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise TemplateError(f"{function.name} has no file {path}.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    handler: Handler = getattr(module, attribute)
    return handler
