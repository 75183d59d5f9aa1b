"""Maps URLs to functions as the template declares, and to the local run's own URLs."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from tidemark.local.http_events import failed_response, rest_event, rest_response, url_event, url_response
from tidemark.local.message import Request, Response, text_response
from tidemark.local.template import RestRoute, Trigger, UrlRoute

Invoke = Callable[[str, dict[str, Any]], Any]
"""Calls a function by its logical id."""

ANY: Final = "ANY"
_LOG: Final = logging.getLogger(__name__)


class Front:
    """Answers every request of the local run."""

    def __init__(
        self, triggers: tuple[Trigger, ...], invoke: Invoke, local: Mapping[str, Callable[[Request], Response]]
    ) -> None:
        self._invoke = invoke
        self._local = local
        self._url_routes = {
            path: route.function for route in triggers if isinstance(route, UrlRoute) for path in route.paths
        }
        self._url_folders = {
            path.removesuffix("*"): function for path, function in self._url_routes.items() if path.endswith("/*")
        }
        rest_routes = [route for route in triggers if isinstance(route, RestRoute)]
        self._rest_routes = {(route.path, route.method): route for route in rest_routes}
        self._patterns = [(pattern_of(route.path), route) for route in rest_routes if "{" in route.path]

    def answer(self, request: Request) -> Response:
        """The response to a request; a function's failure is a 502, as on AWS."""
        try:
            return self._route(request)
        except Exception:
            _LOG.exception("A request failed", extra={"path": request.path})
            return failed_response()

    def _route(self, request: Request) -> Response:
        function = self._url_routes.get(request.path) or self._folder_route(request.path)
        if function is not None:
            return url_response(self._invoke(function, url_event(request, time.time())))
        found = self._rest_route(request)
        if found is not None:
            route, parameters = found
            event = rest_event(request, route.path, route.stage, time.time(), parameters)
            return rest_response(self._invoke(route.function, event))
        local = self._local.get(request.path)
        return local(request) if local is not None else text_response(404, "There is nothing at this address.")

    def _folder_route(self, path: str) -> str | None:
        """The function of the folder that the path is in."""
        return next((one for folder, one in self._url_folders.items() if path.startswith(folder)), None)

    def _rest_route(self, request: Request) -> tuple[RestRoute, dict[str, str]] | None:
        """The route of a path and the values of its variables; None if there is none."""
        route = self._rest_routes.get((request.path, request.method)) or self._rest_routes.get((request.path, ANY))
        if route is not None:
            return route, {}
        for pattern, candidate in self._patterns:
            match = pattern.fullmatch(request.path)
            if match is not None and candidate.method in (request.method, ANY):
                return candidate, match.groupdict()
        return None


def pattern_of(path: str) -> re.Pattern[str]:
    """A route's path as expression: a variable in braces stands for one segment."""
    parts = re.split(r"\{(\w+)\}", path)
    return re.compile(
        "".join(f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
    )
