"""The same runs on an emulated AWS: `python -m tests.faults.campaign_on_aws RUNS SEED`.

Its drivers reach it through a proxy that throttles, fails and loses answers; processes are killed as in the other campaign.
Queues go by the real time there, so that messages come again after two seconds.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251 - seeded, so that a run can be repeated
from typing import Final
from unittest import mock
from urllib.parse import urlsplit

from tests.faults.campaign import Run, campaign
from tests.faults.failing_aws import AWS_KINDS, Weather, failing
from tests.faults.faulty import KINDS
from tests.support.template import deployed
from tidemark.stores.aws.connection import connect
from tidemark.stores.aws.names import Names
from tidemark.stores.ports import Stores

KILLS: Final = ("killed before", "killed behind", "delivered twice", "delayed", "lost race")
PAUSE_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class World:
    """An emulated AWS: its stores, reached directly and through the proxy, and the weather there."""

    direct: Stores
    through: Stores
    weather: Weather


@contextmanager
def world() -> Iterator[World]:
    """The template's resources, for all runs."""
    weather = Weather(Random(0))
    with deployed() as stack, failing(stack.endpoint, weather) as address:
        direct = connect(Names.from_environment(stack.names), ephemeral=True)
        names = {
            name: address + urlsplit(value).path if name.endswith("_URL") else value
            for name, value in stack.names.items()
        }
        with mock.patch.dict(os.environ, {"AWS_ENDPOINT_URL": address}):
            through = connect(Names.from_environment(names))
        yield World(replace(direct, close=lambda: None), through, weather)  # runs close their stores


@dataclass
class AwsRun(Run):
    """A run on a world."""

    world: World | None = None
    visible_seconds: int = 2

    def _open(self, folder: Path) -> Stores:
        del folder
        assert self.world is not None
        weather = self.world.weather
        weather.random, weather.counts, weather.likely = Random(self.seed), self.counts, {}
        self.world.direct.reset()
        return self.world.direct

    def _set_up(self) -> None:
        super()._set_up()
        self.world.weather.likely = {kind: self.random.choice((0, 0.01, 0.05)) for kind in AWS_KINDS}

    def _process(self):
        self.likely = {kind: likely for kind, likely in self.likely.items() if kind in KILLS}
        return super()._process()

    def _reached(self) -> Stores:
        return self.world.through

    def _end_faults(self) -> None:
        super()._end_faults()
        self.world.weather.likely = {}

    def _pass_time(self) -> None:
        super()._pass_time()
        if self.stores.hits.depth().total or self.stores.archive.depth().total:
            time.sleep(PAUSE_SECONDS)  # until what a killed process had taken comes again


def run_campaign(runs: int, seed: int) -> int:
    """Run and print; how many runs were not healed."""
    logging.disable(logging.CRITICAL)
    with world() as one:
        kinds = (*AWS_KINDS, *(kind for kind in KINDS if kind in KILLS))
        return campaign(runs, seed, partial(AwsRun, world=one), kinds)


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        sys.exit(1 if run_campaign(int(sys.argv[1]), int(sys.argv[2])) else 0)
