"""What the report function made when it was loaded is left out of garbage collections."""

from __future__ import annotations

import subprocess
import sys

SETTLED = """
import gc
from tidemark.bootstrap import settle
import duckdb
connection = duckdb.connect()
settle()
assert gc.get_freeze_count() > 1000
"""


def test_what_was_made_is_left_out_until_the_process_ends():
    run = subprocess.run([sys.executable, "-c", SETTLED], capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
