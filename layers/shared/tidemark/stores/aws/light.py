"""The client that collect uses: SQS and S3 without botocore, which costs more to load than all of collect.

Signs with hmac and hashlib, sends over a connection that stays open, tries again what may succeed later.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

from tidemark.stores.aws.keep_alive import Answer, Origin
from tidemark.stores.aws.signing import Credentials, Signer
from tidemark.stores.errors import (
    InvalidRangeError,
    InvalidValueError,
    NotFoundError,
    PreconditionFailedError,
    UnavailableError,
)
from tidemark.stores.keys import check_object_key, check_range, content_bytes
from tidemark.stores.messages import batches, check_delay, prepared
from tidemark.stores.objects import StoredObject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tidemark.stores.aws.names import Names
    from tidemark.stores.objects import Content, KeyedObjects
    from tidemark.stores.queues import Sender

_PAUSES_SECONDS = (0.0, 0.05, 0.2, 0.5)
"""Before each try. All tries together must end before a browser gives up."""

_ERROR_CODE = re.compile(rb'"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"|<Code>([^<]+)<')

_ENCODER = json.JSONEncoder(check_circular=False, separators=(",", ":"))
"""Takes half of what json.dumps takes."""

_NO_CONTENT_CHANGE = 304
_NOT_FOUND = 404
_CONFLICT = 409
_PRECONDITION_FAILED = 412
_RANGE_NOT_SATISFIABLE = 416
_TOO_MANY_REQUESTS = 429


class CollectStores(NamedTuple):
    """What collect reads and writes."""

    hits: Sender
    objects: KeyedObjects


def connect(
    names: Names, environment: Mapping[str, str], *, pause: Callable[[float], None] = time.sleep
) -> CollectStores:
    """The light clients for these names, with credentials, region and endpoints from the environment.

    `pause` waits so many seconds before another try.

    Raises: UnavailableError when there are no credentials.
    """
    credentials = Credentials.from_environment(environment)
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "us-east-1"
    endpoint = environment.get("AWS_ENDPOINT_URL", "")
    queue_parts = urlsplit(names.hits_queue_url)
    queue_origin = environment.get("AWS_ENDPOINT_URL_SQS") or endpoint or f"{queue_parts.scheme}://{queue_parts.netloc}"
    queue = LightQueue(names.hits_queue_url, Origin(queue_origin), Signer(credentials, region, "sqs"), pause)
    object_endpoint = environment.get("AWS_ENDPOINT_URL_S3") or endpoint
    has_own_host = not object_endpoint and "." not in names.bucket
    bucket_host = f"{names.bucket}.s3" if has_own_host else "s3"
    object_origin = Origin(object_endpoint or f"https://{bucket_host}.{region}.amazonaws.com")
    root = "/" if has_own_host else f"/{names.bucket}/"
    return CollectStores(queue, LightObjects(root, object_origin, Signer(credentials, region, "s3"), pause))


class LightQueue:
    """The sending half of an SQS queue, in SQS's JSON protocol."""

    def __init__(self, url: str, origin: Origin, signer: Signer, pause: Callable[[float], None]) -> None:
        self._url = url
        self._client = _Client(origin, signer, pause)
        self._pause = pause

    def send(self, body: bytes, *, delay_seconds: int = 0) -> None:
        """As the port says."""
        check_delay(delay_seconds)
        message = prepared(body)
        expected = _md5(message)
        for pause_seconds in _PAUSES_SECONDS:
            if pause_seconds:
                self._pause(pause_seconds)
            sent = self._call("SendMessage", {"MessageBody": message, "DelaySeconds": delay_seconds})
            if sent.get("MD5OfMessageBody") == expected:
                return
        raise UnavailableError("the queue keeps getting another message than the one sent")

    def send_batch(self, bodies: Sequence[bytes], *, delay_seconds: int = 0) -> None:
        """As the port says."""
        check_delay(delay_seconds)
        for batch in batches([prepared(body) for body in bodies]):
            self._send_entries(batch, delay_seconds)

    def _send_entries(self, messages: Sequence[str], delay_seconds: int) -> None:
        """Send up to ten messages, and again those that the queue did not take."""
        remaining = list(messages)
        for pause_seconds in _PAUSES_SECONDS:
            if pause_seconds:
                self._pause(pause_seconds)
            entries = [
                {"Id": str(index), "MessageBody": message, "DelaySeconds": delay_seconds}
                for index, message in enumerate(remaining)
            ]
            answer = self._call("SendMessageBatch", {"Entries": entries})
            refused = [failed for failed in answer.get("Failed", ()) if failed.get("SenderFault")]
            if refused:
                raise InvalidValueError(f"the queue refuses a message: {refused[0].get('Code')}")
            taken = {sent["Id"]: sent["MD5OfMessageBody"] for sent in answer.get("Successful", ())}
            remaining = [message for index, message in enumerate(remaining) if taken.get(str(index)) != _md5(message)]
            if not remaining:
                return
        raise UnavailableError(f"the queue did not take {len(remaining)} of {len(messages)} messages")

    def _call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        body = _ENCODER.encode({"QueueUrl": self._url, **parameters}).encode()
        headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": f"AmazonSQS.{operation}"}
        answer = self._client.call("POST", "/", headers, body)
        if answer.status >= 300:
            raise UnavailableError(f"{operation} failed: {answer.status} {_error_code(answer)}")
        try:
            result: dict[str, Any] = json.loads(answer.body)
        except ValueError as error:
            raise UnavailableError(f"{operation} was answered with something else than JSON") from error
        return result


class LightObjects:
    """Objects of an S3 bucket by key. `root` is the path of the bucket at its origin."""

    def __init__(self, root: str, origin: Origin, signer: Signer, pause: Callable[[float], None]) -> None:
        self._root = root
        self._client = _Client(origin, signer, pause)

    def put(self, key: str, data: Content, *, if_absent: bool = False, if_match: str | None = None) -> str:
        """As the port says; a file is read into memory."""
        content_bytes(data)
        body = bytes(data) if isinstance(data, bytes | bytearray | memoryview) else data.read_bytes()
        headers: dict[str, str] = {"if-none-match": "*"} if if_absent else {}
        if if_match is not None:
            headers["if-match"] = f'"{if_match}"'
        answer = self._call("PUT", key, headers, body)
        is_gone = answer.status == _NOT_FOUND and if_match is not None
        if is_gone or answer.status == _PRECONDITION_FAILED:
            raise PreconditionFailedError(f"object {key!r} is not as expected")
        return _etag(_successful(answer, key))

    def get(self, key: str, *, start: int = 0, length: int | None = None) -> StoredObject:
        """As the port says."""
        check_range(start, length)
        headers: dict[str, str] = {}
        if start or length is not None:
            headers["range"] = f"bytes={start}-" + ("" if length is None else str(start + length - 1))
        return _read(self._call("GET", key, headers), key)

    def get_if_changed(self, key: str, etag: str | None) -> StoredObject | None:
        """As the port says."""
        answer = self._call("GET", key, {} if etag is None else {"if-none-match": f'"{etag}"'})
        return None if answer.status == _NO_CONTENT_CHANGE else _read(answer, key)

    def _call(self, method: str, key: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        check_object_key(key)
        return self._client.call(method, self._root + quote(key, safe="/~"), headers, body)


class _Client:
    """Signed requests to one service, tried again when that may help."""

    def __init__(self, origin: Origin, signer: Signer, pause: Callable[[float], None]) -> None:
        self._origin = origin
        self._signer = signer
        self._pause = pause

    def call(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The first answer that is final.

        Raises: UnavailableError.
        """
        failures: deque[str] = deque(maxlen=1)
        for pause_seconds in _PAUSES_SECONDS:
            if pause_seconds:
                self._pause(pause_seconds)
            signed = self._signer.signed(method, path, {**headers, "host": self._origin.host}, body, now=time.time())
            try:
                answer = self._origin.exchange(method, path, signed, body)
            except UnavailableError as error:
                failures.append(str(error))
                continue
            if not _is_temporary(answer):
                return answer
            failures.append(f"{answer.status} {_error_code(answer)}")
        raise UnavailableError(f"gave up after {len(_PAUSES_SECONDS)} tries: {failures[0]}")


def _is_temporary(answer: Answer) -> bool:
    if answer.status < 400:
        return False
    if answer.status >= 500 or answer.status in (_CONFLICT, _TOO_MANY_REQUESTS):
        return True
    code = _error_code(answer)
    return "Throttl" in code or "SlowDown" in code or "RequestTimeout" in code


def _error_code(answer: Answer) -> str:
    """The name that the service gives the error: after "#" in a JSON answer, in <Code> of an XML answer."""
    found = _ERROR_CODE.search(answer.body)
    return (found[1] or found[2]).decode(errors="replace") if found else ""


def _successful(answer: Answer, key: str) -> Answer:
    if answer.status >= 300:
        raise UnavailableError(f"object {key!r}: {answer.status} {_error_code(answer)}")
    return answer


def _read(answer: Answer, key: str) -> StoredObject:
    if answer.status == _NOT_FOUND:
        raise NotFoundError(f"no object {key!r}")
    if answer.status == _RANGE_NOT_SATISFIABLE:
        raise InvalidRangeError(f"object {key!r} is shorter than that")
    return StoredObject(_successful(answer, key).body, _etag(answer))


def _etag(answer: Answer) -> str:
    return answer.headers["etag"].strip('"')


def _md5(message: str) -> str:
    return hashlib.md5(message.encode(), usedforsecurity=False).hexdigest()
