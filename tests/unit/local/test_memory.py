"""Allocators that give memory back."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tidemark.local.memory import hold_little

ARROW = "ARROW_DEFAULT_MEMORY_POOL"
ASKING = "import json, pyarrow; print(json.dumps([chosen, pyarrow.default_memory_pool().backend_name]))"


def test_what_the_environment_says_stays():
    environment = {
        ARROW: "mimalloc",
        "MALLOC_ARENA_MAX": "7",
        "MALLOC_MMAP_THRESHOLD_": "1",
        "MALLOC_TRIM_THRESHOLD_": "1",
    }
    before = dict(environment)
    assert hold_little(environment) == []
    assert environment == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have other allocators")
def test_the_console_chooses_arrows_memory_before_arrow_is_loaded():
    program = (
        f"import tidemark.cli.main; from tidemark.local import memory, serve; chosen = memory.hold_little(); {ASKING}"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, env={})
    chosen, pool = json.loads(printed.stdout)
    assert pool == "system"
    assert chosen[0] == ARROW
