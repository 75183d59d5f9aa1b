"""Objects in S3, through boto3."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError

from tidemark.stores.aws.failures import PAUSES_SECONDS, error_code, status_of, unavailable
from tidemark.stores.errors import InvalidRangeError, NotFoundError, PreconditionFailedError, UnavailableError
from tidemark.stores.keys import check_object_key, check_range, content_bytes, file_names
from tidemark.stores.objects import ObjectInfo, StoredObject

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from tidemark.stores.objects import Content

_NO_CONTENT_CHANGE = 304
_NOT_FOUND = 404
_CONFLICT = 409
_PRECONDITION_FAILED = 412
_RANGE_NOT_SATISFIABLE = 416
_KEYS_PER_DELETE = 1000
_PAGE_OBJECTS = 1000
_DOWNLOADS_AT_ONCE = 8
_CHUNK_BYTES = 1024**2


class S3Objects:
    """The objects of a bucket."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, data: Content, *, if_absent: bool = False, if_match: str | None = None) -> str:
        """As the port says."""
        check_object_key(key)
        content_bytes(data)
        conditions: dict[str, Any] = {"IfNoneMatch": "*"} if if_absent else {}
        if if_match is not None:
            conditions["IfMatch"] = f'"{if_match}"'
        with unavailable(f"put {key!r}"):
            for pause_seconds in PAUSES_SECONDS:
                time.sleep(pause_seconds)
                try:
                    return self._put(key, data, conditions)
                except ClientError as error:
                    is_gone = if_match is not None and error_code(error) == "NoSuchKey"
                    if is_gone or status_of(error) == _PRECONDITION_FAILED:
                        raise PreconditionFailedError(f"object {key!r} is not as expected") from error
                    if status_of(error) != _CONFLICT:
                        raise
        raise UnavailableError(f"put {key!r}: others write it all the time")

    def get(self, key: str, *, start: int = 0, length: int | None = None) -> StoredObject:
        """As the port says."""
        check_range(start, length)
        options: dict[str, Any] = {}
        if start or length is not None:
            options["Range"] = f"bytes={start}-" + ("" if length is None else str(start + length - 1))
        return self._get(key, options)

    def get_if_changed(self, key: str, etag: str | None) -> StoredObject | None:
        """As the port says."""
        try:
            return self._get(key, {} if etag is None else {"IfNoneMatch": f'"{etag}"'})
        except _UnchangedError:
            return None

    def head(self, key: str) -> ObjectInfo | None:
        """As the port says."""
        check_object_key(key)
        with unavailable("head"):
            try:
                answer = self._client.head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if status_of(error) == _NOT_FOUND:
                    return None
                raise
        return ObjectInfo(key, answer["ContentLength"], _bare(answer["ETag"]), answer["LastModified"].timestamp())

    def delete(self, keys: Sequence[str]) -> None:
        """As the port says."""
        for key in keys:
            check_object_key(key)
        for first in range(0, len(keys), _KEYS_PER_DELETE):
            self._delete(keys[first : first + _KEYS_PER_DELETE])

    def listing(self, prefix: str, *, start_after: str | None = None) -> Iterator[ObjectInfo]:
        """As the port says."""
        options = {"StartAfter": start_after} if start_after else {}
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix, PaginationConfig={"PageSize": _PAGE_OBJECTS}, **options
        )
        with unavailable("listing"):
            for page in pages:
                for entry in page.get("Contents", []):
                    yield ObjectInfo(
                        entry["Key"], entry["Size"], _bare(entry["ETag"]), entry["LastModified"].timestamp()
                    )

    @contextmanager
    def local_files(self, keys: Sequence[str]) -> Iterator[list[str]]:
        """As the port says: downloads, several at once, into a temporary directory."""
        with tempfile.TemporaryDirectory(prefix="tidemark-") as directory:
            paths = [_local_path(Path(directory), index, key) for index, key in enumerate(keys)]
            with ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as pool:
                list(pool.map(self._download, keys, paths))
            yield [str(path) for path in paths]

    def _put(self, key: str, data: Content, conditions: dict[str, Any]) -> str:
        if isinstance(data, bytes | bytearray | memoryview):
            answer = self._client.put_object(Bucket=self._bucket, Key=key, Body=bytes(data), **conditions)
        else:
            with data.open("rb") as file:
                answer = self._client.put_object(Bucket=self._bucket, Key=key, Body=file, **conditions)
        return _bare(answer["ETag"])

    def _get(self, key: str, options: dict[str, Any]) -> StoredObject:
        file = BytesIO()
        etag = self._read(key, file, options)
        return StoredObject(file.getvalue(), etag)

    def _download(self, key: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            self._read(key, file, {})

    def _read(self, key: str, file: BinaryIO, options: dict[str, Any]) -> str:
        """Read the object into an empty file and give its etag; starts anew when the connection breaks."""
        check_object_key(key)
        with unavailable(f"get {key!r}"):
            for pause_seconds in PAUSES_SECONDS:
                time.sleep(pause_seconds)
                file.seek(0)
                file.truncate()
                try:
                    answer = self._client.get_object(Bucket=self._bucket, Key=key, **options)
                    file.writelines(answer["Body"].iter_chunks(_CHUNK_BYTES))
                    return _bare(answer["ETag"])
                except ClientError as error:
                    raise _READ_ERRORS.get(status_of(error), UnavailableError)(f"get {key!r}: {error}") from error
                except (ResponseStreamingError, ReadTimeoutError, IncompleteReadError) as error:
                    cause = error
            raise cause

    def _delete(self, keys: Sequence[str]) -> None:
        """Delete up to a thousand objects, and again those that S3 could not delete."""
        remaining = list(keys)
        for pause_seconds in PAUSES_SECONDS:
            time.sleep(pause_seconds)
            with unavailable("delete"):
                answer = self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in remaining], "Quiet": True}
                )
            remaining = [failed["Key"] for failed in answer.get("Errors", [])]
            if not remaining:
                return
        raise UnavailableError(f"S3 did not delete {len(remaining)} of {len(keys)} objects")


class _UnchangedError(Exception):
    """The object is still of the version that the reader has."""


_READ_ERRORS: dict[int, type[Exception]] = {
    _NO_CONTENT_CHANGE: _UnchangedError,
    _NOT_FOUND: NotFoundError,
    _RANGE_NOT_SATISFIABLE: InvalidRangeError,
}


def _local_path(directory: Path, index: int, key: str) -> Path:
    """Where a download goes; a number tells apart keys that give the same names."""
    *folders, name = file_names(key)
    return directory.joinpath(*folders, f"{index}-{name}")


def _bare(etag: str) -> str:
    return etag.strip('"')
