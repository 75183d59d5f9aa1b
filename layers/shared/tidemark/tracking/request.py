"""An HTTP request to the tracking endpoint and its answer, free of any server's shapes.

Named tuples, here and in `message` and `bulk`: they load five times faster than dataclasses, and collect waits for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Request(NamedTuple):
    """What collect has to know of a request.

    `query` is without "?", percent-encoded as sent; `headers` have lower-case names; `client_ip` is the address of the
    peer, or of the client if a trusted edge names it.
    """

    method: str = "GET"
    path: str = "/matomo.php"
    query: bytes | str = b""
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""
    client_ip: str = ""

    @property
    def is_get(self) -> bool:
        """GET answers have other headers than all the rest."""
        return self.method.upper() == "GET"

    def header(self, name: str) -> str:
        """The header's value, empty if it was not sent."""
        return self.headers.get(name, "")


class Response(NamedTuple):
    """Status, headers (lower-case names) and body of an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
