"""How a process that lives for months holds memory: what heavy work took goes back to the system when it is done.

By default the C library keeps a heap for each thread, Arrow's allocator one more, and neither gives back what lies between
blocks in use: a day of traffic beside readers grew to twice what was in use. Functions on AWS need none of this: they
answer one request at a time, and Lambda counts what they may use, not what they do.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping, MutableMapping
from typing import Final

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
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    for name, (option, value) in _OPTIONS.items():
        if set_option is not None and name not in environment and set_option(option, value):
            chosen.append(name)
    return chosen
