"""A `tidemark serve` of its own for tests that speak HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

TOKEN = "0123456789abcdef0123456789abcdef"
CONSOLE = str(Path(sys.executable).with_name("tidemark"))
READY_SECONDS = 60  # generous: the machine may be busy


@dataclass(frozen=True, slots=True)
class Answer:
    """A response over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Instance:
    """A running instance: its process and address. Its superuser has TOKEN."""

    process: subprocess.Popen[bytes]
    url: str
    errors: IO[bytes]

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.send("GET", path, headers=headers)

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        request = urllib.request.Request(self.url + path, body, dict(headers or {}), method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def track(self, **params: Any) -> Answer:
        """Send one hit by GET."""
        return self.get("/matomo.php?" + urlencode({"rec": 1, "idsite": 1, "send_image": 0, **params}))

    def api(self, method: str, **params: Any) -> Any:
        """The JSON answer of an API method for the superuser; lists are given as name[0]=..."""
        form = {"module": "API", "format": "json", "method": method, "token_auth": TOKEN, **params}
        answer = self.send("POST", "/index.php", urlencode(form).encode())
        assert answer.status < 500, f"{method}: {answer.status}\n{self.error_text()[-3000:]}"
        return answer.json()

    def add_site(self, name: str = "Site", url: str = "https://shop.example.org", **params: Any) -> int:
        """Add a site; its number."""
        return int(self.api("SitesManager.addSite", siteName=name, **{"urls[0]": url}, **params)["value"])

    def drain(self) -> dict[str, int]:
        return self.send("POST", "/_local/drain").json()

    def reset(self, settings: Mapping[str, Any] | None = None) -> Answer:
        return self.send("POST", "/_local/reset", json.dumps(settings or {}).encode())

    def set_now(self, moment: str | None) -> Answer:
        """Set the instance's clock to an ISO time, or let it run."""
        return self.send("POST", "/_local/now", json.dumps({"now": moment}).encode())

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Stop it; the exit status."""
        self.process.send_signal(with_signal)
        return self.process.wait(120)

    def error_text(self) -> str:
        """What it wrote to standard error so far."""
        self.errors.seek(0)
        return self.errors.read().decode()


def start(*arguments: str, environment: Mapping[str, str] | None = None) -> Instance:
    """Start `tidemark serve` on a free port and wait until it is ready."""
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the instance
    command = [CONSOLE, "serve", "--port", "0", "--token", TOKEN, *arguments]
    began = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=errors, env={**os.environ, **(environment or {})}
    )
    assert process.stdout is not None
    while line := process.stdout.readline().decode():
        if line.startswith("ready "):
            return Instance(process, line.split()[1], errors)
        assert time.monotonic() - began < READY_SECONDS
    errors.seek(0)
    raise AssertionError(f"it ended with {process.wait()}: {errors.read().decode()[-3000:]}")


@contextmanager
def serving(*arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Instance]:
    """An instance for the time of the context."""
    instance = start(*(arguments or ("--ephemeral",)), environment=environment)
    try:
        yield instance
    finally:
        if instance.process.poll() is None:
            instance.process.kill()
            instance.process.wait()
        if instance.process.stdout is not None:
            instance.process.stdout.close()
        instance.errors.close()
