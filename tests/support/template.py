"""template.yaml for tests: translated once, and its resources created in moto over HTTP."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest import mock

from tidemark.local import deploy
from tidemark.local.emulator import emulated_environment, emulator
from tidemark.local.template import find_template

if TYPE_CHECKING:
    import boto3


@dataclass(frozen=True, slots=True)
class Deployment:
    """A stack in moto: its address, the AWS variables to reach it, and TIDEMARK_ variables with its resources' names."""

    session: boto3.Session
    endpoint: str
    names: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """Everything that a process needs to work on the stack."""
        return {**emulated_environment(self.endpoint), **self.names}


@cache
def translated_template() -> dict[str, Any]:
    """The template in plain CloudFormation, with default parameters."""
    return deploy.translated(find_template(), {})


@contextmanager
def deployed(parameters: Mapping[str, str] | None = None) -> Iterator[Deployment]:
    """The template's resources in a moto of their own; the environment points there meanwhile."""
    import boto3

    with emulator() as endpoint, mock.patch.dict(os.environ, emulated_environment(endpoint)):
        session = boto3.Session()
        yield Deployment(session, endpoint, deploy.deploy(session, find_template(), parameters=parameters))
