"""Allocators that give memory back."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest

from tidemark.local.memory import GivingBack, for_archives, hold_little
from tidemark.local.serve import local_config

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


def test_making_archives_takes_a_share_of_a_small_machine(monkeypatch):
    monkeypatch.setattr("os.sysconf", {"SC_PHYS_PAGES": 262_144, "SC_PAGE_SIZE": 4096}.get)  # 1 GB
    assert for_archives(2500) == 256
    assert for_archives(100) == 100


def test_what_archives_may_take_can_be_said(monkeypatch):
    monkeypatch.setenv("TIDEMARK_ARCHIVE_MEMORY_MB", "123")
    assert local_config().archive_memory_mb == 123


@pytest.mark.parametrize(("said", "pauses"), [(None, True), ("1", True), ("0", False)])
def test_readers_pause_unless_somebody_says_otherwise(monkeypatch, said, pauses):
    monkeypatch.delenv("TIDEMARK_PAUSES_READERS", raising=False)
    if said is not None:
        monkeypatch.setenv("TIDEMARK_PAUSES_READERS", said)
    assert local_config().pauses_readers is pauses


def test_giving_back_goes_on_until_it_is_stopped(monkeypatch):
    trims, twice = [], threading.Event()

    def trim(pad):
        trims.append(pad)
        if len(trims) == 2:
            twice.set()

    monkeypatch.setattr("tidemark.local.memory._c_function", lambda name: trim if name == "malloc_trim" else None)
    giving = GivingBack(seconds=0.001)
    giving.start()
    assert twice.wait(60)
    giving.stop()
    giving._thread.join()
    assert set(trims) == {0}


def test_a_c_library_that_keeps_all_is_left_alone(monkeypatch):
    monkeypatch.setattr("tidemark.local.memory._c_function", lambda _name: None)
    giving = GivingBack(seconds=0.001)
    giving.start()
    assert not giving._thread.is_alive()
    assert hold_little({}) == [ARROW]
