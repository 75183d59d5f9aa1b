"""Signed webhooks: JSON by https to public addresses only."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import logging
import socket
import ssl
import time
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from tidemark.model.notices import NoticeError

SIGNATURE_HEADER: Final = "X-Tidemark-Signature"
TIMEOUT_SECONDS: Final = 10
_PORT: Final = 443
_FINE: Final = range(200, 300)

logger = logging.getLogger(__name__)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public Internet: users must not reach the inside of a network by webhooks."""
    return ip_address(address).is_global


def signature(secret: str, moment: int, body: bytes) -> str:
    """`t=<unix seconds>,v1=<hexadecimal HMAC-SHA256 of "<t>." and the body>`."""
    signed = hmac.new(secret.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={signed}"


class SignedWebhooks:
    """Implements tidemark.model.notices.Webhooks. Redirects are not followed, and nothing of the answer is kept."""

    __slots__ = ("_is_allowed", "_now", "_tls")

    def __init__(
        self,
        is_allowed: Callable[[str], bool] = is_public,
        tls: ssl.SSLContext | None = None,
        real_now: Callable[[], float] = time.time,
    ) -> None:
        self._is_allowed = is_allowed
        self._tls = tls
        self._now = real_now

    def problem(self, url: str) -> str:
        """See Webhooks. The host is looked up only when something is posted."""
        try:
            parts = urlsplit(url)
            has_port = parts.port is None or parts.port > 0
        except ValueError:
            return "A webhook's address has to be one that can be read."
        if parts.scheme != "https" or not parts.hostname or not has_port:
            return "A webhook's address has to begin with https:// and name a host."
        return "A webhook's address must not hold a user or a password." if "@" in parts.netloc else ""

    def post(self, url: str, secret: str, body: bytes) -> None:
        """See Webhooks. The address that was looked up and found public is the one that is connected to."""
        parts = urlsplit(url)
        problem = self.problem(url)
        if problem:
            raise NoticeError(problem)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Tidemark",
            SIGNATURE_HEADER: signature(secret, int(self._now()), body),
        }
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            status = self._status(parts, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            logger.warning("a webhook was not reached", extra={"kind": type(error).__name__})
            raise NoticeError("The webhook's host does not answer.") from error
        if status not in _FINE:
            raise NoticeError(f"The webhook answered {status}.")

    def _status(self, parts: SplitResult, path: str, body: bytes, headers: dict[str, str]) -> int:
        host, port = parts.hostname or "", parts.port or _PORT
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        if not addresses or not all(self._is_allowed(address) for address in addresses):
            raise NoticeError("The webhook's host is not on the public Internet.")
        context = self._tls or ssl.create_default_context()
        with (
            socket.create_connection((addresses[0], port), TIMEOUT_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
            connection.sock = secure
            connection.request("POST", path, body, {**headers, "Host": host if port == _PORT else f"{host}:{port}"})
            return connection.getresponse().status
