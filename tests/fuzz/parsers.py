"""`make fuzz-parsers PARSER_CASES=10000000 SEED=1`: any bytes to the parsers and renderers (targets.py).

Atheris guides by coverage where it is installed (`pip install atheris`), else seeded mutations of the corpus are tried.
Each target runs in a process of its own; an input that fails is printed, and belongs into the corpus once it is mended.
"""

from __future__ import annotations

import argparse
import random  # noqa: TID251 - seeded, so that a run can be repeated
import re
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Final

CORPUS: Final = Path(__file__).with_name("corpus")
DICTIONARY: Final = CORPUS / "dictionary.txt"
MOST_BYTES: Final = 400
RAN: Final = re.compile(r"stat::number_of_executed_units: (\d+)")


def corpus(target: str) -> list[bytes]:
    """The inputs to start with, the same for every run."""
    return [file.read_bytes() for file in sorted((CORPUS / target).iterdir())]


def words() -> list[bytes]:
    """What means something to one of the parsers."""
    return [line.encode().decode("unicode_escape").encode("latin-1") for line in DICTIONARY.read_text().splitlines()]


class Mutator:
    """An endless sequence of inputs, a function of its seed."""

    def __init__(self, seeds: list[bytes], seed: int) -> None:
        self._seeds, self._words, self._random = seeds, words(), random.Random(seed)

    def next(self) -> bytes:
        """A seed, changed in one to six places."""
        chance, data = self._random.random, bytearray(self._one(self._seeds))
        for _ in range(1 + int(chance() ** 2 * 6)):
            at = int(chance() * (len(data) + 1))
            kind = int(chance() * 6)
            if kind == 0:
                data[at : at + 1] = bytes([int(chance() * 256)])
            elif kind == 1:
                data[at:at] = self._one(self._words)
            elif kind == 2:
                del data[at : at + 1 + int(chance() * 8)]
            elif kind == 3:
                data[at:at] = data[int(chance() * len(data)) :][: int(chance() * 20)]
            elif kind == 4:
                data[at:] = self._one(self._seeds)[int(chance() * 20) :]
            elif at < len(data):
                data[at] ^= 1 << int(chance() * 8)
        return bytes(data[:MOST_BYTES])

    def _one(self, choices: list[bytes]) -> bytes:
        return choices[int(self._random.random() * len(choices))]


def mutate(target: str, cases: int, seed: int) -> None:
    """Try so many inputs. What fails is printed and raised."""
    from tests.fuzz.targets import TARGETS

    run, inputs = TARGETS[target], Mutator(corpus(target), seed)
    for _ in range(cases):
        data = inputs.next()
        try:
            run(data)
        except BaseException:
            sys.stdout.write(f"{target} fails for {data!r}\n")
            raise


def guide(target: str, cases: int, seed: int, found: Path) -> None:
    """Let Atheris try so many; what reaches new code is kept in `found`."""
    import atheris

    with atheris.instrument_imports(include=["tidemark"]):
        from tests.fuzz.targets import TARGETS
    options = [f"-runs={cases}", f"-seed={seed}", f"-max_len={MOST_BYTES}", "-print_final_stats=1", "-timeout=20"]
    atheris.Setup([sys.argv[0], *options, str(found), str(CORPUS / target)], TARGETS[target])
    atheris.Fuzz()


def one_target(target: str, cases: int, seed: int, found: Path, *, is_guided: bool) -> tuple[int, str]:
    """The cases that a process tried, and what it said of a failure."""
    found.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "tests.fuzz.parsers",
        "--target",
        target,
        "--cases",
        str(cases),
        "--seed",
        str(seed),
    ]
    command += ["--found", str(found), *(["--guided"] if is_guided else [])]
    run = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
    ran = RAN.search(run.stderr)
    return int(ran[1]) if ran else cases * (run.returncode == 0), "" if run.returncode == 0 else run.stdout + run.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", help="this one only, in this process")
    parser.add_argument("--guided", action="store_true")
    parser.add_argument("--found", type=Path, default=Path("build/fuzz"))
    options = parser.parse_args()
    if options.target and options.guided:
        guide(options.target, options.cases, options.seed, options.found)
    elif options.target:
        mutate(options.target, options.cases, options.seed)
    else:
        return run_all(options.cases, options.seed, options.found)
    return 0


def run_all(cases: int, seed: int, found: Path) -> int:
    """Every target's share of the cases; 1 if one failed."""
    from tests.fuzz.targets import SHARES

    total, failures, is_guided = 0, 0, find_spec("atheris") is not None
    for target, share in SHARES.items():
        began = time.monotonic()
        ran, failure = one_target(target, int(cases * share), seed, found / target, is_guided=is_guided)
        total, failures = total + ran, failures + bool(failure)
        rate = ran / max(0.001, time.monotonic() - began)
        sys.stdout.write(
            f"{target:10} {ran:>10} cases, {rate:,.0f} a second{'   FAILED' if failure else ''}\n{failure}"
        )
        sys.stdout.flush()
    how = "guided by coverage" if is_guided else "seeded mutations"
    sys.stdout.write(f"{total} cases ({how}, seed {seed}), {failures} targets failed\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
