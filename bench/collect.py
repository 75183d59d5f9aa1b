"""Collect: CPU per hit, sending included, and of a cold start, against a trivial local server for SQS and S3.

Each figure is the least of several runs: what else the machine does only ever adds. The first cold start leaves compiled
modules behind, as the layer has them (layers/shared/Makefile); compiling them all takes some 65 ms more.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FUNCTIONS = HERE.parent / "functions" / "track"
HITS = 3000
COLD_STARTS = 5
WARM_RUNS = 3
TARGET_US = 400
TARGET_COLD_MS = 200

COLD = """
import sys, time
sys.path.insert(0, {functions!r})
import collect
answer = collect.handler({event!r}, None)
assert answer["statusCode"] == 204, answer
heavy = [name for name in ("boto3", "botocore", "pyarrow", "duckdb", "pydantic", "chalice", "aws_lambda_powertools")
         if name in sys.modules]
assert not heavy, heavy
print(time.process_time())
"""

WARM = """
import sys, time
sys.path[:0] = [{functions!r}, {here!r}]
import collect
import tracking_load
events = list(tracking_load.events({hits}, {per_request}, tracking_load.user_agents(40)))
warm_up = len(events) // 10
for event in events[:warm_up]:
    collect.handler(event, None)
started = time.process_time()
for event in events[warm_up:]:
    collect.handler(event, None)
print((time.process_time() - started) / (len(events) - warm_up) / {per_request} * 1e6)
"""


def serve() -> None:
    """Serve the snapshot, and take every message. Prints its address."""
    import queue_server  # noqa: PLC0415 - a benchmark's module is found through sys.path
    import tracking_load  # noqa: PLC0415

    snapshot = tracking_load.snapshot().to_json()

    class Handler(queue_server.Handler):
        """The queue's server, which also has the one object that collect reads."""

        def do_GET(self) -> None:  # noqa: N802 - the library's name
            """The snapshot, whatever is asked for."""
            self.send_response(200)
            self.send_header("content-length", str(len(snapshot)))
            self.send_header("etag", '"1"')
            self.end_headers()
            self.wfile.write(snapshot)
            self.wfile.flush()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


@contextmanager
def served() -> Iterator[dict[str, str]]:
    """The environment of a function whose queue and bucket are the trivial server."""
    code = f"import sys; sys.path.insert(0, {str(HERE)!r}); import collect; collect.serve()"
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield _environment(server.stdout.readline().strip())
    finally:
        server.terminate()
        server.wait()


def cpu_us(environment: dict[str, str], per_request: int = 1) -> float:
    """CPU microseconds per hit in a warm process, sending included."""
    code = WARM.format(
        here=str(HERE), functions=str(FUNCTIONS), hits=HITS * min(per_request, 5), per_request=per_request
    )
    return _run(code, environment)


def measure() -> dict[str, dict[str, Any]]:
    """The figures of design.md, section 8."""
    with served() as environment:
        first = COLD.format(functions=str(FUNCTIONS), event=_event())
        cold = min(_run(first, environment) for _ in range(COLD_STARTS))
        warm = min(cpu_us(environment) for _ in range(WARM_RUNS))
        return {
            "collect_cpu_us_per_hit": {"value": warm, "unit": "us CPU", "target": TARGET_US},
            "collect_cold_cpu_ms": {"value": cold * 1e3, "unit": "ms CPU", "target": TARGET_COLD_MS},
        }


def _event() -> dict[str, Any]:
    import tracking_load  # noqa: PLC0415

    return tracking_load.event(1, tracking_load.user_agents(2))


def _environment(url: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **inherited,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": url,
        "TIDEMARK_HITS_QUEUE_URL": f"{url}/123456789012/hits",
        "TIDEMARK_BUCKET": "bucket",
    }


def _run(code: str, environment: dict[str, str]) -> float:
    run = subprocess.run([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(run.stdout)


if __name__ == "__main__":
    for name, figure in measure().items():
        print(f"{name:28} {figure['value']:>10.1f} {figure['unit']:8} target {figure['target']}")
