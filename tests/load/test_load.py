"""A short load; `make load` takes ten minutes."""

from __future__ import annotations

import pytest

from tests.load.__main__ import SITES, is_flat, load, reported
from tests.support.instance import serving


@pytest.mark.slow
def test_nothing_is_lost_under_load():
    with serving("--ephemeral") as instance:
        for number in range(SITES):
            instance.add_site(f"Site {number}")
        tally = load(instance, seconds=2, clients=2)
        assert instance.drain()["dead_letters"] == 0
        counted = {idsite: reported(instance, idsite) for idsite in range(1, SITES + 1)}
    assert sum(counted.values()) > 0
    assert counted == {idsite: tally.acknowledged[idsite] for idsite in counted}
    assert not tally.failed


def test_memory_that_grows_at_the_end_is_seen():
    assert is_flat([100] * 30)
    assert is_flat([50] * 10 + [100] * 20)
    assert not is_flat([100] * 20 + [130] * 10)
