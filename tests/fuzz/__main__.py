"""`make fuzz CASES=1000000 SEED=1`: so many requests through collect and ingest, every hit accounted for."""

from __future__ import annotations

import argparse
import logging
import sys
import time

from tests.fuzz.accounting import WORLDS, Account, World, batches, run_batch
from tests.fuzz.inputs import Inputs
from tidemark.plugin.plugin import load_plugins
from tidemark.tracking.devices import Devices

BATCHES_PER_LINE = 250


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)  # a bad hit is logged; here they are the rule
    plugins, devices = load_plugins(), Devices()
    worlds = [World.of(settings, plugins, devices) for settings in WORLDS]
    account, began = Account(), time.process_time()
    for number, batch in enumerate(batches(Inputs(options.seed), options.cases)):
        run_batch(worlds[number % len(worlds)], batch, account)
        if number % BATCHES_PER_LINE == 0:
            sys.stderr.write(f"{account.requests} requests, {account.sent} hits\n")
    seconds = time.process_time() - began
    for name, count in sorted(account.outcomes.items()):
        sys.stdout.write(f"{name:32} {count:>10}\n")
    sys.stdout.write(
        f"{account.requests} requests with {account.sent} hits, seed {options.seed}: all accounted for, "
        f"{seconds:.0f} s CPU\n"
    )


if __name__ == "__main__":
    main()
