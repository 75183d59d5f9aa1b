"""An emulated AWS (moto) in a process of its own, which ends with the one that started it."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

REGION: Final = "us-east-1"
_PAUSE_SECONDS: Final = 0.05


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


class OneAtATime:
    """Passes requests to moto one after the other: it loses writes, and gives a message twice, at the same moment.

    A receive that may wait asks again and again for what is there now, so that it keeps nobody else waiting.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """One request, as WSGI has it."""
        if environ.get("HTTP_X_AMZ_TARGET") == "AmazonSQS.ReceiveMessage":
            return self._receive(environ, start_response)
        with self._lock:
            return list(self._application(environ, start_response))

    def _receive(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        deadline = time.monotonic() + asked.get("WaitTimeSeconds", 0)
        body = json.dumps({**asked, "WaitTimeSeconds": 0}).encode()
        while True:
            again = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
            answered: list[tuple[Any, ...]] = []
            with self._lock:
                answer = list(self._application(again, lambda *line, answered=answered: answered.append(line)))
            if (
                b'"Messages"' in b"".join(answer)
                or not answered[0][0].startswith("200")
                or time.monotonic() >= deadline
            ):
                start_response(*answered[0])
                return answer
            time.sleep(_PAUSE_SECONDS)


def main() -> None:
    """Serve until standard input ends, which it does with the starting process whatever kills that."""
    from moto.moto_server import werkzeug_app as moto  # noqa: PLC0415 - a development package
    from werkzeug.serving import make_server  # noqa: PLC0415 - comes with moto

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    os.environ["MOTO_SQS_ENFORCE_STRICT_QUEUE_PURGE_BEHAVIOUR"] = "false"  # else once a minute, as on AWS
    application = OneAtATime(moto.DomainDispatcherApplication(moto.create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=moto.MotoRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host, port = server.server_address[:2]
    print(f"http://{host!s}:{port}", flush=True)  # noqa: T201 - the starting process reads it
    sys.stdin.read()


if __name__ == "__main__":
    main()
