"""The stores that every contract test runs against: the embedded driver, and the AWS driver on moto over HTTP."""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.support.moto import moto_server
from tidemark.clock import SettableClock
from tidemark.stores.aws import light
from tidemark.stores.aws.connection import connect
from tidemark.stores.aws.names import Names
from tidemark.stores.aws.objects import S3Objects
from tidemark.stores.aws.queue import SqsQueue
from tidemark.stores.embedded.instance import open_stores

if TYPE_CHECKING:
    from collections.abc import Callable

    from tidemark.stores.objects import KeyedObjects
    from tidemark.stores.ports import Objects, Queue, Stores, Table
    from tidemark.stores.queues import Sender

__all__ = ["moto_server"]

MAX_RECEIVES = 3


@dataclass(frozen=True)
class Driver:
    """What a contract test works with. `pass_time` lets so many seconds go by, for the queues."""

    stores: Stores
    sender: Sender
    keyed_objects: KeyedObjects
    pass_time: Callable[[float], None]


@pytest.fixture(scope="session")
def names(moto_server):
    """Resources on moto such as template.yaml declares."""
    import boto3

    sqs, s3, dynamodb = boto3.client("sqs"), boto3.client("s3"), boto3.client("dynamodb")
    urls = {}
    for queue in ("hits", "archive"):
        dead = sqs.create_queue(QueueName=f"contract-{queue}-dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": MAX_RECEIVES})
        url = sqs.create_queue(QueueName=f"contract-{queue}", Attributes={"RedrivePolicy": policy})["QueueUrl"]
        urls |= {f"{queue}_queue_url": url, f"{queue}_dead_queue_url": dead}
    s3.create_bucket(Bucket="contract")
    tables = ("archive_numeric_table", "archive_state_table", "registry_table")
    for table in tables:
        dynamodb.create_table(
            TableName=f"contract-{table}",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
    return Names(bucket="contract", **urls, **{table: f"contract-{table}" for table in tables})


@pytest.fixture(scope="session")
def aws_stores(names):
    stores = connect(names, ephemeral=True)
    yield stores
    stores.close()


def empty(stores, used):
    """Empty the stores that a module says it uses (USES), for that takes many requests; all, if it says nothing."""
    if used is None:
        stores.reset()
        return
    for name in used:
        store = getattr(stores, name)
        if isinstance(store, S3Objects):
            store.delete([info.key for info in store.listing("")])
        elif isinstance(store, SqsQueue):
            store.purge()
        else:
            store.clear()


@contextmanager
def opened(kind, request, tmp_path):
    """A driver with empty stores."""
    if kind == "embedded":
        clock = SettableClock(time.time())
        max_receives = {"hits": MAX_RECEIVES, "archive": MAX_RECEIVES}
        stores = open_stores(tmp_path / "data", ephemeral=True, clock=clock, max_receives=max_receives)
        yield Driver(stores, stores.hits, stores.objects, lambda seconds: clock.set(clock.now() + seconds))
        stores.close()
        return
    stores = request.getfixturevalue("aws_stores")
    empty(stores, getattr(request.module, "USES", None))
    if kind == "light":
        collect = light.connect(request.getfixturevalue("names"), os.environ)
        yield Driver(stores, collect.hits, collect.objects, time.sleep)
    else:
        yield Driver(stores, stores.hits, stores.objects, time.sleep)


@pytest.fixture(params=["embedded", "aws"])
def driver(request, tmp_path):
    """The full drivers."""
    with opened(request.param, request, tmp_path) as driver:
        yield driver


@pytest.fixture(params=["embedded", "aws", "light"])
def any_driver(request, tmp_path):
    """The drivers of what collect uses: `sender` and `keyed_objects`; the other stores are there to look."""
    with opened(request.param, request, tmp_path) as driver:
        yield driver


@pytest.fixture
def queue(driver) -> Queue:
    return driver.stores.hits


@pytest.fixture
def objects(driver) -> Objects:
    return driver.stores.objects


@pytest.fixture
def table(driver) -> Table:
    return driver.stores.archive_state
