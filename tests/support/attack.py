"""`python -m tests.support.attack 10000`: so many made-up calls from the OpenAPI description; 1 if one is wrong."""

from __future__ import annotations

import sys
import time
import traceback

from tests.support.schema_attack import attack, attacked_instance, operations


def main(calls: int) -> int:
    """Spread the calls over all operations; print what fails."""
    started, failed = time.process_time(), 0
    with attacked_instance() as instance:
        found = operations(instance)
        each = max(1, -(-calls // len(found)))
        for operation in found:
            try:
                attack(operation, each, derandomize=False)
            except Exception as error:  # noqa: BLE001 - whatever the API raises is a finding
                failed += 1
                sys.stderr.write(f"{operation.label}: {type(error).__name__}: {error}\n")
                for inner in getattr(error, "exceptions", ()):
                    sys.stderr.writelines(traceback.format_exception(inner)[-6:])
    seconds = time.process_time() - started
    summary = f"{each * len(found)} calls of {len(found)} operations, {failed} operations failed, {seconds:.0f} s CPU"
    sys.stdout.write(f"{summary}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
