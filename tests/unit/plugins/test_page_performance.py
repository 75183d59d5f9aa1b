import json

import pytest

from tests.support.reporting import Directory, TableArchives, ask
from tidemark.clock import SettableClock
from tidemark.plugin import Plugins
from tidemark.plugins.page_performance import PLUGIN
from tidemark.reporting.service import Api

DAY = "2010-03-06"
NUMBERS = {(1, DAY): {"PagePerformance_network_time": 380, "PagePerformance_network_hits": 4}}


@pytest.mark.parametrize(("mode", "network", "server"), [("0", 0.1, 0), ("1", "0.1s", "0s"), ("all", "0.1s", "0s")])
def test_average_times_are_seconds_and_become_text_when_asked(mode, network, server):
    api = Api(Plugins((PLUGIN,)), TableArchives({}, NUMBERS), Directory(), SettableClock(1_268_000_000), {})
    query = f"module=API&format=json&method=PagePerformance.get&idSite=1&period=day&date={DAY}&format_metrics={mode}"
    answer = json.loads(ask(api, query, token="a" * 32).body)
    assert (answer["avg_time_network"], answer["avg_time_server"]) == (network, server)
    assert set(answer) == {metric.name for metric in PLUGIN.reports[0].processed}
