"""ministack: an emulated AWS that runs the functions' zips itself, triggered by their queues, schedules and URLs.

It pins other versions of what we use, so it lives in a virtual environment of its own beside the project.
"""

from __future__ import annotations

import io
import json
import os
import platform
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest import mock

from tests.support.instance import Answer
from tidemark.local import deploy
from tidemark.local.emulator import emulated_environment
from tidemark.local.template import find_template

ROOT: Final = find_template().parent
VENV: Final = ROOT / ".ministack"
PACKAGES: Final = ("ministack==1.5.33",)
LAYERS: Final = {"layers/shared": "SharedLayer", "layers/heavy": "HeavyLayer"}
FUNCTIONS: Final = ("functions/track", "functions/archive", "functions/report")
READY_SECONDS: Final = 300  # generous: every worker unpacks the layers when it starts
STACK: Final = "tidemark"
TEMPLATE_KEY: Final = "template.json"
ANY_METHOD: Final = "x-amazon-apigateway-any-method"


class MinistackError(Exception):
    """ministack, or what it is to run, cannot be fetched or does not start."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The template's stack, deployed with its code: where ministack answers, and the names of the stack's resources."""

    endpoint: str
    names: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """Everything that a process needs to work on the stack."""
        return {**emulated_environment(self.endpoint), **self.names}

    def client(self, service: str) -> Any:
        """boto3's client of a service of this AWS."""
        import boto3

        return boto3.Session(region_name="us-east-1").client(
            service, endpoint_url=self.endpoint, aws_access_key_id="local", aws_secret_access_key="local"
        )

    def track(self, path: str, body: bytes | None = None) -> Answer:
        """What collect's function URL answers."""
        host = self.names["TIDEMARK_TRACKING_URL"].split("/")[2]
        return self._send(f"/_aws/lambda-url/{host.split('.')[0]}{path}", body)

    def report(self, path: str, body: bytes | None = None) -> Answer:
        """What the reporting API's gateway answers."""
        url = self.names["TIDEMARK_REPORTING_URL"]
        api, stage = url.split("/")[2].split(".")[0], url.rstrip("/").rpartition("/")[2]
        return self._send(f"/{stage}{path}", body, {"Host": f"{api}.execute-api.localhost", "Accept": "*/*"})

    def _send(self, path: str, body: bytes | None, headers: dict[str, str] | None = None) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        request = urllib.request.Request(self.endpoint + path, body, {**kind, **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=READY_SECONDS) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())


@contextmanager
def deployed(folder: Path, parameters: dict[str, str]) -> Iterator[Stack]:
    """The stack with built code, in a ministack that lives as long as the context; `folder` takes what is built.

    Raises: MinistackError.
    """
    _install()
    code = {name: _zipped(_built(name, folder)) for name in LAYERS} | {one: _zipped(ROOT / one) for one in FUNCTIONS}
    with _running(folder / "ministack.log") as endpoint, mock.patch.dict(os.environ, emulated_environment(endpoint)):
        stack = Stack(endpoint, {})
        s3 = stack.client("s3")
        s3.create_bucket(Bucket=deploy.CODE_BUCKET)
        for name, body in code.items():
            s3.put_object(Bucket=deploy.CODE_BUCKET, Key=_key(name), Body=body)
        yield Stack(endpoint, _create(stack, parameters))


def _install() -> None:
    """Its virtual environment, made once."""
    if (VENV / ".installed").exists():
        return
    _run(sys.executable, "-m", "venv", str(VENV))
    _run(str(VENV / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "--retries", "5", *PACKAGES)
    (VENV / ".installed").touch()


def _built(layer: str, folder: Path) -> Path:
    """A layer, made by its Makefile for this machine and its Python."""
    runtime = f"{sys.version_info.major}.{sys.version_info.minor}"
    target = folder / LAYERS[layer]
    _run(
        "make",
        "-C",
        str(ROOT / layer),
        f"build-{LAYERS[layer]}",
        f"ARTIFACTS_DIR={target}",
        f"RUNTIME={runtime}",
        f"MACHINE={platform.machine()}",
    )
    return target


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MinistackError(f"{command[0]} failed: {(done.stderr or done.stdout)[-2000:]}")


def _zipped(folder: Path) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for one in sorted(folder.rglob("*")):
            if one.is_file() and one.suffix != ".pyc":
                file.write(one, one.relative_to(folder))
    return archive.getvalue()


def _key(folder: str) -> str:
    return f"{folder.replace('/', '-')}.zip"


@contextmanager
def _running(log: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AWS_"))}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(VENV / "bin" / "python"), "-m", "ministack"],
            env={**environment, "GATEWAY_PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        endpoint = f"http://127.0.0.1:{port}"
        _wait_for(f"{endpoint}/_ministack/health", process, log)
        yield endpoint
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise MinistackError(f"ministack did not start: {log.read_text(errors='replace')[-2000:]}")


def _create(stack: Stack, parameters: dict[str, str]) -> dict[str, str]:
    """Create the stack; the names of its resources."""
    import boto3

    document = _known_to_ministack(deploy.translated(find_template(), parameters, _key))
    stack.client("s3").put_object(Bucket=deploy.CODE_BUCKET, Key=TEMPLATE_KEY, Body=json.dumps(document).encode())
    cloudformation = stack.client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateURL=f"{stack.endpoint}/{deploy.CODE_BUCKET}/{TEMPLATE_KEY}",  # larger than what may be sent along
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    end = time.monotonic() + READY_SECONDS
    while (status := cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]) != "CREATE_COMPLETE":
        if not status.endswith("IN_PROGRESS") or time.monotonic() > end:
            raise MinistackError(f"The stack is {status}.")
        time.sleep(0.5)
    return deploy.stack_environment(boto3.Session(), STACK)


def _known_to_ministack(translated: dict[str, Any]) -> dict[str, Any]:
    """The document in words that it understands: numbers where it calculates, strings in environments, methods by names."""
    document: dict[str, Any] = json.loads(json.dumps(translated, default=str))
    numbers = {name: one["Default"] for name, one in document["Parameters"].items() if one["Type"] == "Number"}
    for resource in document["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::EventSourceMapping":
            resource["Properties"] = _with_numbers(properties, numbers)
        elif resource["Type"] == "AWS::Lambda::Function":
            variables = properties["Environment"]["Variables"]
            variables |= {name: str(value) for name, value in variables.items() if isinstance(value, int)}
        elif resource["Type"] == "AWS::ApiGateway::RestApi":
            properties["BinaryMediaTypes"] = ["*/*"]  # CloudFormation wants the slash spelled ~1
            for methods in properties["Body"]["paths"].values():
                if any_method := methods.get(ANY_METHOD):
                    methods |= {"get": any_method, "post": any_method}
    return document


def _with_numbers(value: Any, numbers: dict[str, int]) -> Any:
    if isinstance(value, dict):
        return numbers.get(value.get("Ref"), {name: _with_numbers(one, numbers) for name, one in value.items()})
    return value
