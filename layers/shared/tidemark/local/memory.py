"""How a process that lives for months holds memory: what heavy work took goes back to the system when it is done.

By default the C library keeps a heap for each thread, Arrow's allocator one more, and neither gives back what lies between
blocks in use: a day of traffic beside readers grew to twice what was in use. Functions on AWS need none of this: they
answer one request at a time, and Lambda counts what they may use, not what they do.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Mapping, MutableMapping
from typing import Final

GIVE_BACK_SECONDS: Final = 5
SHARE_OF_MACHINE: Final = 4
_ARROW: Final = "ARROW_DEFAULT_MEMORY_POOL"
# names of the C library's environment variables -> (number of the option in mallopt, value)
_OPTIONS: Final[Mapping[str, tuple[int, int]]] = {
    "MALLOC_ARENA_MAX": (-8, 2),
    "MALLOC_MMAP_THRESHOLD_": (-3, 1 << 20),
    "MALLOC_TRIM_THRESHOLD_": (-1, 1 << 20),
}


def hold_little(environment: MutableMapping[str, str] = os.environ) -> list[str]:
    """Choose allocators that give memory back, before Arrow is loaded; the names of what was chosen.

    What the environment says already stays. C libraries without these options (musl, macOS) are left as they are.
    """
    chosen = []
    if _ARROW not in environment:
        environment[_ARROW] = "system"
        chosen.append(_ARROW)
    set_option = _c_function("mallopt")
    for name, (option, value) in _OPTIONS.items():
        if set_option is not None and name not in environment and set_option(option, value):
            chosen.append(name)
    return chosen


class GivingBack:
    """A thread that has the C library return what it holds between blocks in use, every few seconds."""

    def __init__(self, seconds: float = GIVE_BACK_SECONDS) -> None:
        self._seconds = seconds
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory", daemon=True)

    def start(self) -> None:
        """Begin, where the C library can do so."""
        if _c_function("malloc_trim") is not None:
            self._thread.start()

    def stop(self) -> None:
        """End."""
        self._is_over.set()

    def _run(self) -> None:
        trim = _c_function("malloc_trim")
        while trim is not None and not self._is_over.wait(self._seconds):
            trim(0)


def for_archives(most_mb: int) -> int:
    """MB that making archives may take on this machine: `most_mb`, or a quarter of what a small one has."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return min(most_mb, machine // SHARE_OF_MACHINE) if machine > 0 else most_mb


def _c_function(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None)
