"""CPU of one SendMessage: collect's light client against boto3, in the same run, to the same trivial local server.

`python bench/stores_light.py` prints the table; `measure()` is for bench/run.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SENDS = 1000
BATCHES = 200
WARM_UP = 20
BODY = json.dumps(
    {"id": "0123456789abcdef", "hits": [{"params": {"url": "https://example.org/" + "x" * 600}}]}
).encode()
BATCH = [BODY] * 10

CLIENT = """
import sys, time
started = time.process_time()
sys.path.insert(0, {here!r})
import stores_light
send, send_batch = stores_light.{client}({url!r})
send(stores_light.BODY)
cold = time.process_time() - started
print(cold * 1e3, stores_light.cpu_us(send, stores_light.BODY, stores_light.SENDS),
      stores_light.cpu_us(send_batch, stores_light.BATCH, stores_light.BATCHES))
"""


def light(url: str) -> tuple[Any, Any]:
    """(send, send_batch) of the light client."""
    from tidemark.stores.aws.light import connect  # noqa: PLC0415  a process loads only the client that it measures
    from tidemark.stores.aws.names import Names  # noqa: PLC0415

    hits = connect(Names(hits_queue_url=f"{url}/123456789012/hits", bucket="bucket"), os.environ).hits
    return hits.send, hits.send_batch


def boto(url: str) -> tuple[Any, Any]:
    """The same with boto3."""
    import boto3  # noqa: PLC0415

    client = boto3.client("sqs")
    queue = f"{url}/123456789012/hits"

    def send_batch(bodies: list[bytes]) -> None:
        entries = [{"Id": str(index), "MessageBody": body.decode()} for index, body in enumerate(bodies)]
        client.send_message_batch(QueueUrl=queue, Entries=entries)

    return lambda body: client.send_message(QueueUrl=queue, MessageBody=body.decode()), send_batch


def cpu_us(call: Any, argument: Any, times: int) -> float:
    """CPU microseconds of one call in this process, once warm."""
    for _ in range(WARM_UP):
        call(argument)
    started = time.process_time()
    for _ in range(times):
        call(argument)
    return (time.process_time() - started) / times * 1e6


def measure() -> dict[str, dict[str, Any]]:
    """The figures by name, each client in a fresh process."""
    server = subprocess.Popen([sys.executable, str(HERE / "queue_server.py")], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": url,
        }
        figures: dict[str, dict[str, Any]] = {}
        for client in ("light", "boto"):
            code = CLIENT.format(here=str(HERE), client=client, url=url)
            run = subprocess.run([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, check=True)
            cold, send, batch = (float(figure) for figure in run.stdout.split())
            figures[f"{client}_first_send_cpu_ms"] = {"value": cold, "unit": "ms CPU"}
            figures[f"{client}_send_cpu_us"] = {"value": send, "unit": "us CPU"}
            figures[f"{client}_batch10_cpu_us"] = {"value": batch, "unit": "us CPU"}
        return figures
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    for name, figure in measure().items():
        print(f"{name:28} {figure['value']:>10.1f} {figure['unit']}")
