"""A thousand odd requests through collect and ingest; `make fuzz` sends a million."""

from __future__ import annotations

import logging

import pytest

from tests.fuzz.accounting import WORLDS, Account, World, batches, run_batch
from tests.fuzz.inputs import VALUES, Inputs
from tests.support.tracking import FIREFOX_CLIENT
from tidemark.model.hit import Client
from tidemark.plugin.plugin import load_plugins
from tidemark.tracking.devices import Devices

BOT = Client(is_bot=True, bot_name="Bot", bot_category="Crawler")


@pytest.mark.parametrize("number", range(len(WORLDS)))
def test_every_hit_is_stored_or_counted_under_a_reason_when_requests_are_odd(number, caplog):
    caplog.set_level(logging.CRITICAL)
    devices = Devices(None, lambda agent, _: BOT if "bot" in agent.lower() else FIREFOX_CLIENT)
    world, account = World.of(WORLDS[number], load_plugins(), devices), Account()
    for batch in batches(Inputs(seed=number), 500):
        run_batch(world, batch, account)
    assert account.requests == 500
    assert account.outcomes["stored"] > 50


def test_the_same_requests_are_made_when_the_seed_is_the_same():
    first, second = (next(iter(batches(Inputs(seed=9), 50))) for _ in range(2))
    assert first == second
    assert len(VALUES) > 100
