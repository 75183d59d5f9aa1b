"""A few runs of the fault campaign; `make faults` does many."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults.campaign import Run, UnhealedError, few_plugins
from tests.faults.faulty import KINDS


@pytest.fixture(scope="module")
def shared():
    return few_plugins()


@pytest.mark.parametrize("seed", range(5))
def test_everything_is_right_again_after_faults(seed, shared, tmp_path):
    run = Run(seed, shared=shared)
    run.run(tmp_path)
    assert run.acknowledged


def test_runs_are_a_function_of_their_seed(shared, tmp_path):
    runs = [Run(11, shared=shared), Run(11, shared=shared)]
    for number, run in enumerate(runs):
        run.run(tmp_path / str(number))
    assert runs[0].counts == runs[1].counts
    assert sum(runs[0].counts[kind] for kind in KINDS) > 5
    assert runs[0].acknowledged == runs[1].acknowledged


def test_the_campaign_sees_what_is_lost_and_what_is_counted_twice(shared, tmp_path):
    run = Run(3, shared=shared)
    run.run(tmp_path)
    with pytest.raises(UnhealedError, match="lost"):
        run._compare(1, Counter(), is_over=True)
    url = next(url for site, url in run.acknowledged if site == 1)
    with pytest.raises(UnhealedError, match="counts"):
        run._compare(1, Counter({url: 2}), is_over=False)
    with pytest.raises(UnhealedError, match="nobody sent"):
        run._compare(1, Counter({"https://shop.example.org/never": 1}), is_over=False)
