"""A run of the fault campaign on an emulated AWS; `make faults-aws` does more."""

from __future__ import annotations

from random import Random  # noqa: TID251 - seeded

import pytest

from tests.faults.campaign import few_plugins
from tests.faults.campaign_on_aws import AwsRun, world
from tests.faults.failing_aws import AWS_KINDS, Weather, refusal
from tidemark.local.message import Request


@pytest.mark.slow
def test_everything_is_right_again_after_faults_of_aws(tmp_path):
    with world() as one:
        run = StormyRun(2, shared=few_plugins(), world=one)
        run.run(tmp_path)
    assert run.acknowledged
    assert sum(run.counts[kind] for kind in AWS_KINDS)


class StormyRun(AwsRun):
    """Every kind of fault is likely: how often one strikes depends on how many requests there are."""

    def _set_up(self):
        super()._set_up()
        self.world.weather.likely = dict.fromkeys(AWS_KINDS, 0.05)


def test_faults_strike_as_often_as_they_are_likely():
    weather = Weather(Random(1), dict.fromkeys(AWS_KINDS, 0.1))
    for _ in range(2000):
        weather.strike()
    assert all(150 < weather.counts[kind] < 250 for kind in AWS_KINDS)


@pytest.mark.parametrize(
    ("target", "status"), [("DynamoDB_20120810.PutItem", 400), ("AmazonSQS.SendMessage", 400), ("", 503)]
)
def test_each_service_is_throttled_in_its_own_way(target, status):
    headers = (("x-amz-target", target),) if target else ()
    answer = refusal("throttled", Request("POST", "/", "", headers, b"", "127.0.0.1"))
    assert answer.status == status
