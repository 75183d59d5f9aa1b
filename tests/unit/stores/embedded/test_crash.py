"""What was acknowledged is there after SIGKILL, and two processes share a directory."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tidemark.stores.embedded.instance import open_stores

WRITER = """
import sys, threading
from pathlib import Path
from tidemark.stores.embedded.instance import open_stores

stores = open_stores(Path(sys.argv[1]))
lock = threading.Lock()

def acknowledge(*facts):
    with lock:
        print(*facts, flush=True)

def write(thread):
    for number in range(100_000):
        name = f"{thread}-{number}"
        stores.hits.send(name.encode())
        acknowledge("hit", name)
        stores.objects.put(f"hits/{thread}/{number}.parquet", name.encode() * 100)
        acknowledge("object", thread, number)
        stores.archive_state.update("site#1", f"day#{thread}", add={"mark": 1})
        acknowledge("mark", thread)

for thread in range(4):
    threading.Thread(target=write, args=(thread,)).start()
"""

ADDER = """
import sys
from pathlib import Path
from tidemark.stores.embedded.instance import open_stores

stores = open_stores(Path(sys.argv[1]))
for number in range(40):
    stores.archive_state.update("p", "s", add={"mark": 1})
    stores.hits.send(b"x")
    stores.objects.put(f"{sys.argv[2]}/{number}", b"x")
stores.close()
"""


def acknowledged_until_killed(directory, acknowledgements):
    """The facts that a writing process printed before it was killed."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(directory)], stdout=subprocess.PIPE, text=True)
    lines = [process.stdout.readline() for _ in range(acknowledgements)]
    process.send_signal(signal.SIGKILL)
    lines += process.stdout.readlines()
    process.wait()
    return [line.split() for line in lines if line.endswith("\n")]


@pytest.mark.parametrize("acknowledgements", [1, 50, 333])
def test_all_that_was_acknowledged_is_there_when_killed(tmp_path, acknowledgements):
    facts = acknowledged_until_killed(tmp_path, acknowledgements)
    stores = open_stores(tmp_path)
    bodies = [message.body.decode() for message in stores.hits.receive(100_000, 30)]
    assert len(bodies) == len(set(bodies))
    assert {fact[1] for fact in facts if fact[0] == "hit"} <= set(bodies)
    for _, thread, number in (fact for fact in facts if fact[0] == "object"):
        assert stores.objects.get(f"hits/{thread}/{number}.parquet").data == f"{thread}-{number}".encode() * 100
    for thread in range(4):
        acknowledged = sum(fact == ["mark", str(thread)] for fact in facts)
        mark = (stores.archive_state.get("site#1", f"day#{thread}") or {"mark": 0})["mark"]
        assert acknowledged <= mark <= acknowledged + 1
    for info in stores.objects.listing(""):
        assert len(stores.objects.get(info.key).data) == info.size
    stores.close()


def test_nothing_is_lost_when_processes_write_at_once(tmp_path):
    processes = [
        subprocess.Popen([sys.executable, "-c", ADDER, str(tmp_path), str(number)], stderr=subprocess.PIPE)
        for number in range(3)
    ]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    stores = open_stores(tmp_path)
    assert stores.archive_state.get("p", "s")["mark"] == 120
    assert stores.hits.depth().visible == 120
    assert len(list(stores.objects.listing(""))) == 120
    stores.close()
