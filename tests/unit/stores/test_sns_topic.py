"""Alerts to an SNS topic."""

import json

import pytest

from tidemark.model.notices import NoticeError
from tidemark.stores.aws.topic import SnsTopic


def test_a_notice_is_published(monkeypatch):
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        import boto3

        queue = boto3.client("sqs").create_queue(QueueName="alerts")["QueueUrl"]
        arn = boto3.client("sns").create_topic(Name="alerts")["TopicArn"]
        target = arn.replace(":sns:", ":sqs:")
        boto3.client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=target)
        SnsTopic(arn).publish("Größe\nXL: Shop", "Der Text")
        (message,) = boto3.client("sqs").receive_message(QueueUrl=queue)["Messages"]
        told = json.loads(message["Body"])
        assert (told["Subject"], told["Message"]) == ("Gr??e XL: Shop", "Der Text")
        with pytest.raises(NoticeError):
            SnsTopic(f"{arn}-other").publish("x", "x")


def test_a_deployment_without_a_topic():
    assert not SnsTopic("").is_set_up
    with pytest.raises(NoticeError):
        SnsTopic("").publish("x", "x")
