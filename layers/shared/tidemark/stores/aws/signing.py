"""AWS Signature Version 4 for whole requests, with the standard library alone.

Source: AWS General Reference, "Signing AWS API requests"; checked against botocore in the tests.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import TYPE_CHECKING, NamedTuple

from tidemark.stores.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(NamedTuple):
    """What a request is signed with; `session_token` is empty for a user's own long-lived key."""

    access_key: str
    secret_key: str
    session_token: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Credentials:
        """The credentials that Lambda, or a shell, has in its environment.

        Raises: UnavailableError.
        """
        try:
            return cls(
                environment["AWS_ACCESS_KEY_ID"],
                environment["AWS_SECRET_ACCESS_KEY"],
                environment.get("AWS_SESSION_TOKEN", ""),
            )
        except KeyError as error:
            raise UnavailableError(f"{error.args[0]} is not set") from error


class Signer:
    """Signs the requests to one service in one region. The key of the day is derived once."""

    __slots__ = ("_credentials", "_key_date", "_keyed", "_region", "_service")

    def __init__(self, credentials: Credentials, region: str, service: str) -> None:
        self._credentials = credentials
        self._region = region
        self._service = service
        self._keyed: hmac.HMAC | None = None
        self._key_date = ""

    def signed(self, method: str, path: str, headers: Mapping[str, str], body: bytes, *, now: float) -> dict[str, str]:
        """The headers to send: those given (names in lower case, `host` among them) and the signature's.

        `path` is percent-encoded already and has no query. `now` is unix seconds.
        """
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        content_hash = hashlib.sha256(body).hexdigest()
        signed = {**headers, "x-amz-date": moment}
        if self._service == "s3":
            signed["x-amz-content-sha256"] = content_hash
        if self._credentials.session_token:
            signed["x-amz-security-token"] = self._credentials.session_token
        names = sorted(signed)
        lines = "".join(f"{name}:{signed[name]}\n" for name in names)
        name_list = ";".join(names)
        request = f"{method}\n{path}\n\n{lines}\n{name_list}\n{content_hash}"
        date = moment[:8]
        scope = f"{date}/{self._region}/{self._service}/aws4_request"
        request_hash = hashlib.sha256(request.encode()).hexdigest()
        text = f"{_ALGORITHM}\n{moment}\n{scope}\n{request_hash}"
        keyed = self._keyed_for(date).copy()  # a third faster than to begin with the key for each request
        keyed.update(text.encode())
        signature = keyed.hexdigest()
        signed["authorization"] = (
            f"{_ALGORITHM} Credential={self._credentials.access_key}/{scope},"
            f" SignedHeaders={name_list}, Signature={signature}"
        )
        return signed

    def _keyed_for(self, date: str) -> hmac.HMAC:
        if self._keyed is None or date != self._key_date:
            key = ("AWS4" + self._credentials.secret_key).encode()
            for part in (date, self._region, self._service, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._keyed, self._key_date = hmac.new(key, digestmod="sha256"), date
        return self._keyed
