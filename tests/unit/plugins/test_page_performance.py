import json

import pytest

from tests.support.reporting import Directory, TableArchives, ask
from tidemark.clock import SettableClock
from tidemark.plugin import Plugins
from tidemark.plugins.api import PLUGIN as API_PLUGIN
from tidemark.plugins.page_performance import PLUGIN
from tidemark.reporting.service import Api

DAY = "2010-03-06"
NUMBERS = {(1, DAY): {"PagePerformance_network_time": 380, "PagePerformance_network_hits": 4}}


def answer(query):
    plugins = Plugins((PLUGIN, API_PLUGIN))
    api = Api(plugins, TableArchives({}, NUMBERS), Directory(), SettableClock(1_268_000_000), {Plugins: plugins})
    return json.loads(ask(api, f"module=API&format=json&idSite=1&period=day&date={DAY}&{query}", token="a" * 32).body)


@pytest.mark.parametrize(("mode", "network", "server"), [("0", 0.1, 0), ("1", "0.1s", "0s"), ("all", "0.1s", "0s")])
def test_average_times_are_seconds_and_become_text_when_asked(mode, network, server):
    found = answer(f"method=PagePerformance.get&format_metrics={mode}")
    assert (found["avg_time_network"], found["avg_time_server"]) == (network, server)
    assert set(found) == {metric.name for metric in PLUGIN.reports[0].processed}


def test_one_average_can_be_asked_for_by_itself_and_among_the_main_metrics():
    assert answer("method=PagePerformance.get&columns=avg_time_network") == {"value": 0.1}
    assert answer("method=API.get&columns=avg_time_network") == {"value": 0.1}
    whole = answer("method=API.get")
    assert (whole["PagePerformance_network_time"], whole["avg_time_network"]) == (0.38, 0.1)
