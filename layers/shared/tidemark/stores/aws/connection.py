"""Connects to the stores of one instance on AWS, or on what stands in for it at AWS_ENDPOINT_URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from pynamodb.connection.base import Connection

from tidemark.stores.aws.names import physical_name
from tidemark.stores.aws.objects import S3Objects
from tidemark.stores.aws.queue import SqsQueue
from tidemark.stores.aws.table import DynamoTable
from tidemark.stores.ports import Stores

if TYPE_CHECKING:
    from tidemark.stores.aws.names import Names

_QUEUES = ("hits", "hits_dead", "archive", "archive_dead")
_TABLES = ("archive_numeric", "archive_state", "registry")
_CONNECTIONS = 32
_TRIES = 5
_CONNECT_SECONDS = 5
_READ_SECONDS = 60
_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": _TRIES},
    connect_timeout=_CONNECT_SECONDS,
    read_timeout=_READ_SECONDS,
    max_pool_connections=_CONNECTIONS,
)


def connect(names: Names, *, ephemeral: bool = False) -> Stores:
    """The stores behind these names; one whose name is empty fails when it is used.

    Credentials, region and endpoints come from the usual AWS variables. Only `ephemeral` stores may be reset.
    """
    sqs = boto3.client("sqs", config=_CONFIG)
    dynamodb = Connection(
        connect_timeout_seconds=_CONNECT_SECONDS,
        read_timeout_seconds=_READ_SECONDS,
        max_retry_attempts=_TRIES - 1,
        max_pool_connections=_CONNECTIONS,
    )
    s3 = boto3.client("s3", config=_CONFIG)
    objects = S3Objects(s3, physical_name(names, "bucket"))
    queues = {name: SqsQueue(sqs, physical_name(names, f"{name}_queue_url")) for name in _QUEUES}
    tables = {name: DynamoTable(dynamodb, physical_name(names, f"{name}_table")) for name in _TABLES}

    def reset() -> None:
        if not ephemeral:
            raise ValueError("only ephemeral stores can be reset")
        for queue in queues.values():
            queue.purge()
        for table in tables.values():
            table.clear()
        objects.delete([info.key for info in objects.listing("")])

    def close() -> None:
        sqs.close()
        s3.close()

    return Stores(
        hits=queues["hits"],
        hits_dead=queues["hits_dead"],
        archive=queues["archive"],
        archive_dead=queues["archive_dead"],
        objects=objects,
        archive_numeric=tables["archive_numeric"],
        archive_state=tables["archive_state"],
        registry=tables["registry"],
        reset=reset,
        close=close,
    )
