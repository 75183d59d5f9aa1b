"""Lines of log files: plain, gzip, bzip2 or xz, or standard input."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

STANDARD_INPUT: Final = "-"
_OPENERS: Final[tuple[tuple[bytes, Callable[..., Any]], ...]] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\x00", lzma.open),
)
"""By the bytes that a file begins with: names say less."""


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """The content of a log, unpacked. Raises: OSError."""
    if name == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        begin = file.read(6)
    opener = next((one for magic, one in _OPENERS if begin.startswith(magic)), open)
    with opener(name, "rb") as unpacked:
        yield unpacked


def lines_of(file: IO[bytes], encoding: str) -> Iterator[str]:
    """The lines without their ends; bytes that are no text of the encoding become percent-encoded."""
    for line in file:
        data = line.rstrip(b"\r\n")
        try:
            yield data.decode(encoding)
        except UnicodeDecodeError:
            yield "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in data)
