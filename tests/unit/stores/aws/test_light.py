from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import pytest

from tests.support.scripted_server import ScriptedServer, http
from tidemark.stores.aws.light import connect
from tidemark.stores.aws.names import Names
from tidemark.stores.errors import InvalidValueError, NotFoundError, PreconditionFailedError, UnavailableError

ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-west-1"}
QUEUE_URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/hits"


@pytest.fixture
def server():
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def stores(server, pauses):
    names = Names(hits_queue_url=QUEUE_URL, bucket="bucket")
    return connect(names, {**ENVIRONMENT, "AWS_ENDPOINT_URL": server.url}, pause=pauses.append)


def md5(message):
    return hashlib.md5(message.encode(), usedforsecurity=False).hexdigest()


def taken(body):
    """What SQS answers when it takes a message."""
    return http(200, json.dumps({"MessageId": "1", "MD5OfMessageBody": md5(json.loads(body)["MessageBody"])}).encode())


def batch_taken(failed=(), is_senders_fault=False, spoiled=()):
    """What SQS answers to a batch of which it does not take some bodies, and gets some wrong."""

    def answer(body):
        entries = json.loads(body)["Entries"]
        good = [
            {"Id": entry["Id"], "MD5OfMessageBody": md5(entry["MessageBody"] + "x" * (entry["MessageBody"] in spoiled))}
            for entry in entries
            if entry["MessageBody"] not in failed
        ]
        bad = [
            {"Id": entry["Id"], "SenderFault": is_senders_fault, "Code": "InternalError"}
            for entry in entries
            if entry["MessageBody"] in failed
        ]
        return http(200, json.dumps({"Successful": good} | ({"Failed": bad} if bad else {})).encode())

    return answer


def sent_bodies(server):
    return [[entry["MessageBody"] for entry in json.loads(body)["Entries"]] for _, body in server.requests]


def test_message_is_sent_in_sqs_json_protocol(server, stores, pauses):
    server.script = [taken]
    stores.hits.send(b'{"a":"\xc3\xa9"}', delay_seconds=3)
    ((head, body),) = server.requests
    assert head.startswith(b"POST / HTTP/1.1\r\n")
    assert b"x-amz-target: AmazonSQS.SendMessage\r\n" in head
    assert b"/eu-west-1/sqs/aws4_request, SignedHeaders=" in head
    assert json.loads(body) == {"QueueUrl": QUEUE_URL, "MessageBody": '{"a":"é"}', "DelaySeconds": 3}
    assert pauses == []


@pytest.mark.parametrize(
    "failure",
    [
        None,
        http(500, b'{"__type":"com.amazonaws.sqs#InternalError"}'),
        http(503),
        http(429),
        http(400, b'{"__type":"com.amazonaws.sqs#ThrottlingException","message":"x"}'),
        http(403, b'{"__type": "RequestThrottled"}'),
        http(200, b'{"MD5OfMessageBody":"00000000000000000000000000000000"}'),
    ],
)
def test_message_is_sent_again_when_that_may_help(server, stores, pauses, failure):
    server.script = [failure, failure, taken]
    stores.hits.send(b"x")
    assert len(server.requests) == 3
    assert pauses == [0.05, 0.2]


@pytest.mark.parametrize(
    "failure",
    [
        http(400, b'{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}'),
        http(403, b'{"__type":"AccessDeniedException"}'),
        http(403, b'{"__type":"com.amazon.coral.service#ExpiredTokenException"}'),
        http(200, b"<html>"),
        http(302),
    ],
)
def test_sending_is_unavailable_at_once_when_trying_again_cannot_help(server, stores, failure):
    server.script = [failure]
    with pytest.raises(UnavailableError):
        stores.hits.send(b"x")
    assert len(server.requests) == 1


def test_sending_gives_up_when_the_queue_stays_broken(server, stores, pauses):
    server.script = [http(500)] * 10
    with pytest.raises(UnavailableError, match="4 tries: 500"):
        stores.hits.send(b"x")
    assert sum(pauses) < 1


def test_only_the_rest_is_sent_again_when_a_batch_is_taken_in_part(server, stores):
    server.script = [batch_taken(failed=["b", "c"]), batch_taken(spoiled=["c"]), batch_taken()]
    stores.hits.send_batch([b"a", b"b", b"c"])
    assert sent_bodies(server) == [["a", "b", "c"], ["b", "c"], ["c"]]


def test_batch_is_refused_when_an_entry_is_wrong(server, stores):
    server.script = [batch_taken(failed=["b"], is_senders_fault=True)]
    with pytest.raises(InvalidValueError):
        stores.hits.send_batch([b"a", b"b"])


def test_batch_is_unavailable_when_an_entry_is_never_taken(server, stores):
    server.script = [batch_taken(failed=["b"])] * 10
    with pytest.raises(UnavailableError, match="1 of 2"):
        stores.hits.send_batch([b"a", b"b"])


def test_nothing_is_sent_when_there_are_no_messages(server, stores):
    stores.hits.send_batch([])
    assert server.requests == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http(404, b"<Error><Code>NoSuchKey</Code></Error>"), NotFoundError),
        (http(403, b"<Error><Code>AccessDenied</Code></Error>"), UnavailableError),
        (http(301), UnavailableError),
    ],
)
def test_reading_says_what_is_wrong(server, stores, answer, error):
    server.script = [answer]
    with pytest.raises(error):
        stores.objects.get("key")


def test_conflicting_write_is_tried_again(server, stores):
    conflict = http(409, b"<Error><Code>ConditionalRequestConflict</Code></Error>")
    server.script = [conflict, http(412, b"<Error><Code>PreconditionFailed</Code></Error>")]
    with pytest.raises(PreconditionFailedError):
        stores.objects.put("key", b"x", if_absent=True)
    assert len(server.requests) == 2


def test_missing_bucket_is_unavailable_rather_than_a_failed_condition(server, stores):
    server.script = [http(404, b"<Error><Code>NoSuchBucket</Code></Error>")]
    with pytest.raises(UnavailableError):
        stores.objects.put("key", b"x", if_absent=True)


@pytest.mark.parametrize(
    ("bucket", "environment", "queue_host", "object_host", "root"),
    [
        ("bucket", {}, "sqs.eu-west-1.amazonaws.com", "bucket.s3.eu-west-1.amazonaws.com", "/"),
        ("my.bucket", {}, "sqs.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com", "/my.bucket/"),
        ("b", {"AWS_ENDPOINT_URL": "http://local:1"}, "local:1", "local:1", "/b/"),
        ("b", {"AWS_ENDPOINT_URL": "http://l:1", "AWS_ENDPOINT_URL_SQS": "http://q:2"}, "q:2", "l:1", "/b/"),
        ("b", {"AWS_ENDPOINT_URL_S3": "http://s:3"}, "sqs.eu-west-1.amazonaws.com", "s:3", "/b/"),
    ],
)
def test_addresses_follow_the_environment(bucket, environment, queue_host, object_host, root):
    stores = connect(Names(hits_queue_url=QUEUE_URL, bucket=bucket), {**ENVIRONMENT, **environment})
    assert stores.hits._client._origin.host == queue_host
    assert stores.objects._client._origin.host == object_host
    assert stores.objects._root == root


def test_nothing_heavy_is_loaded():
    code = "import sys, tidemark.stores.aws.light; print(*sorted(name.partition('.')[0] for name in sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"boto3", "botocore", "pynamodb", "urllib3", "http", "email", "orjson", "pathlib", "asyncio", "sqlite3"}
    assert not heavy & set(run.stdout.split())
