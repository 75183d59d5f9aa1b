"""`make fuzz CASES=1000000 SEED=1`: so many hits through collect and ingest, every one accounted for.

SIGTERM or Ctrl-C end it after the batch at hand, with the account so far.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
import time

from tests.fuzz.accounting import WORLDS, Account, World, batches, run_batch
from tests.fuzz.inputs import Inputs
from tidemark.plugin.plugin import load_plugins
from tidemark.tracking.devices import Devices

BATCHES_PER_LINE = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)  # a bad hit is logged; here they are the rule
    plugins, devices = load_plugins(), Devices()
    worlds = [World.of(settings, plugins, devices) for settings in WORLDS]
    account, began = Account(), time.process_time()
    is_told_to_stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: is_told_to_stop.set())
    for number, batch in enumerate(batches(Inputs(options.seed), options.cases)):
        run_batch(worlds[number % len(worlds)], batch, account)
        if is_told_to_stop.is_set() or account.sent >= options.cases:
            break
        if number % BATCHES_PER_LINE == 0:
            sys.stderr.write(f"{account.requests} requests, {account.sent} hits\n")
            sys.stderr.flush()
    seconds = time.process_time() - began
    for name, count in sorted(account.outcomes.items()):
        sys.stdout.write(f"{name:32} {count:>10}\n")
    sys.stdout.write(
        f"{account.requests} requests with {account.sent} hits, seed {options.seed}: all accounted for, "
        f"{seconds:.0f} s CPU\n"
    )


if __name__ == "__main__":
    main()
