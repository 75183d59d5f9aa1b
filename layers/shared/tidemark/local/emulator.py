"""An emulated AWS (moto) in a process of its own, which ends with the one that started it."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

REGION: Final = "us-east-1"


class EmulatorError(Exception):
    """The emulator does not start."""


@contextmanager
def emulator() -> Iterator[str]:
    """Runs moto on a free port of this machine; gives its address.

    Raises: EmulatorError.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tidemark.local.emulator"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the starting process, which then ends this one
    )
    if process.stdin is None or process.stdout is None:
        raise EmulatorError("moto was started without pipes")
    try:
        address = process.stdout.readline().strip()
        if not address:
            raise EmulatorError("moto did not start; is it installed (pip install 'tidemark[dev]')?")
        yield address
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def emulated_environment(endpoint: str) -> dict[str, str]:
    """The usual AWS variables for an emulator that takes any credentials."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


def main() -> None:
    """Serve until standard input ends, which it does with the starting process whatever kills that."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - a development package

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(f"http://{host}:{port}", flush=True)  # noqa: T201 - the starting process reads it
    sys.stdin.read()


if __name__ == "__main__":
    main()
