"""Print the benchmark table and write bench/results.json.

Each benchmark is a module of this folder with `measure() -> {name: {"value", "unit", "target"}}` and runs in a process
of its own, so that peak memory and cold starts are its own. Names on the command line choose some of them. Results are
written after each, and one that fails does not keep the others from being measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
BENCHMARKS = (
    "local",
    "collect",
    "ingest",
    "archive",
    "report",
    "cost",
    "refresh",
    "periods",
    "dashboards",
    "growth",
    "page_load",
)
"""The short ones first."""

Figure = dict[str, Any]


def measured(name: str) -> dict[str, Figure]:
    """The figures of one benchmark, measured in a fresh process."""
    code = f"import json, sys; sys.path.insert(0, {str(HERE)!r}); import {name}; print(json.dumps({name}.measure()))"
    run = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Figure] = json.loads(run.stdout.splitlines()[-1])
    return figures


def line(name: str, figure: Figure) -> str:
    """One line of the table; what misses its target is marked."""
    target = figure.get("target")
    missed = target is not None and figure["value"] > target and not figure.get("higher_is_better")
    missed = missed or bool(figure.get("higher_is_better") and target is not None and figure["value"] < target)
    wanted = "" if target is None else f"{target:g}"
    return f"{name:32} {figure['value']:>12.4g} {figure['unit']:<14} {wanted:>10} {'MISSED' if missed else ''}".rstrip()


def main(names: list[str]) -> int:
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    results: dict[str, Figure] = json.loads(RESULTS.read_text()) if names and RESULTS.exists() else {}
    print(f"{'':32} {'measured':>12} {'unit':<14} {'target':>10}")
    failed = []
    for benchmark in names or BENCHMARKS:
        try:
            figures = measured(benchmark)
        except (subprocess.CalledProcessError, ValueError, IndexError) as error:
            print(f"{benchmark} failed: {error}", file=sys.stderr)
            failed.append(benchmark)
            continue
        results |= figures
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        for name, figure in figures.items():
            print(line(name, figure), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
