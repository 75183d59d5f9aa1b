"""What a hit costs does not grow unseen: calls of AWS are counted and compared with the counts that the model stands on."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tidemark.local.template import find_template
from tidemark.plugins.cost import model

ROOT = find_template().parent
MAY_GROW = 1.05


@pytest.fixture(scope="module")
def calls():
    run = subprocess.run([sys.executable, ROOT / "bench/cost.py", "--check"], stdout=subprocess.PIPE, check=True)
    return json.loads(run.stdout)


@pytest.mark.slow
def test_calls_per_thousand_hits_do_not_grow_unseen(calls):
    counted = model.counts()
    assert calls.keys() == counted.keys()
    grown = {
        name: (sum(found.values()), counted[name].calls)
        for name, found in calls.items()
        if sum(found.values()) > counted[name].calls * MAY_GROW
    }
    assert not grown, "calls now and then: find out why, or write them anew by 'make cost'"


@pytest.mark.slow
def test_no_more_of_what_is_dear_is_called(calls):
    """One more PUT is no more calls than one GET less, and twelve times the price."""
    stored = json.loads((ROOT / "layers/shared/tidemark/plugins/cost/counts.json").read_text())["calls"]
    for name in ("collect", "collect_bulk", "ingest", "ingest_large", "plan", "build"):
        for call in ("S3.Put", "S3.List", "AmazonSQS.SendMessage"):
            assert calls[name].get(call, 0) <= stored[name].get(call, 0) * MAY_GROW, (name, call)
