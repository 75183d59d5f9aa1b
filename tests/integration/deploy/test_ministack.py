"""The built zips, run once from end to end by an emulated AWS that knows real triggers: a hit becomes a report.

`make functions` runs it: it fetches 300 MB of packages and takes minutes, so the other tests do without.
"""

from __future__ import annotations

import json
import os
import time
from unittest import mock
from urllib.parse import urlencode

import pytest

from tests.support import ministack
from tests.support.instance import TOKEN
from tidemark import bootstrap
from tidemark.clock import SystemClock
from tidemark.config import read_config
from tidemark.model.site import Site

SECONDS_TO_REPORT = 900  # generous: schedules come every minute, and each function unpacks the layers first
HITS = 7


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    try:
        with ministack.deployed(tmp_path_factory.mktemp("ministack"), {"ArchiveOnDemand": "0"}) as running:
            yield running
    except ministack.MinistackError as error:
        if "No matching distribution" in str(error) or "Could not find a version" in str(error):
            pytest.skip("ministack and the functions' packages cannot be fetched here")
        raise


def administer(stack):
    """A site, and a superuser with TOKEN; as the console writes them into a deployed instance."""
    with mock.patch.dict(os.environ, stack.environment):
        registry = bootstrap.Instance(read_config(os.environ), SystemClock()).registry()
        registry.create_superuser("owner", TOKEN)
        registry.add_site(Site(0, "Shop", "https://shop.example.org", int(time.time())))


@pytest.mark.slow
@pytest.mark.skipif("TIDEMARK_MINISTACK" not in os.environ, reason="takes minutes: make functions")
def test_hits_become_a_report_when_only_queues_and_schedules_call_the_functions(stack):
    administer(stack)
    for number in range(HITS):
        query = urlencode(
            {"idsite": 1, "rec": 1, "url": f"https://shop.example.org/{number}", "_id": "00112233445566aa"}
        )
        answer = stack.track(f"/matomo.php?{query}")
        assert answer.status == 200, answer.body
    form = {
        "module": "API",
        "method": "VisitsSummary.get",
        "idSite": 1,
        "period": "day",
        "date": "today",
        "format": "json",
        "token_auth": TOKEN,
    }
    end = time.monotonic() + SECONDS_TO_REPORT
    report = {}
    while report.get("nb_actions") != HITS and time.monotonic() < end:
        time.sleep(1)
        answer = stack.report("/index.php", urlencode(form).encode())
        report = json.loads(answer.body) if answer.status == 200 else {"answer": answer}  # 504 while it starts
    assert (report.get("nb_visits"), report.get("nb_actions")) == (1, HITS), report
