"""An emulated AWS for tests: `moto_server` starts one for the whole run and points the AWS variables at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tidemark.local.emulator import emulated_environment, emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHER_SOURCES = ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    """The endpoint of a server of its own, empty at first, over HTTP on a free port."""
    with emulator() as endpoint, pytest.MonkeyPatch.context() as patch:
        for name, value in {**emulated_environment(endpoint), "AWS_SESSION_TOKEN": "session-token"}.items():
            patch.setenv(name, value)
        for name in OTHER_SOURCES:
            patch.delenv(name, raising=False)
        yield endpoint
