"""What a service leaves over is sent again; what it refuses, or keeps leaving over, is an error."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ResponseStreamingError

from tidemark.stores.aws import objects as objects_driver
from tidemark.stores.aws import queue as queue_driver
from tidemark.stores.aws import table as table_driver
from tidemark.stores.aws.objects import S3Objects
from tidemark.stores.aws.queue import SqsQueue
from tidemark.stores.aws.table import DynamoTable
from tidemark.stores.errors import InvalidValueError, PreconditionFailedError, UnavailableError

URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/hits"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    for driver in (objects_driver, queue_driver, table_driver):
        monkeypatch.setattr(driver, "PAUSES_SECONDS", (0.0, 0.0, 0.0))


class FakeService:
    """Answers each call with the next of its answers, or raises it; remembers the calls."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []

    def __getattr__(self, operation):
        def call(*arguments, **options):
            self.calls.append((operation, arguments, options))
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def failed(*ids, is_senders_fault=False):
    return {"Failed": [{"Id": id_, "SenderFault": is_senders_fault, "Code": "Code"} for id_ in ids]}


def client_error(status, code):
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Operation")


def entry_lists(service):
    return [[entry["Id"] for entry in options["Entries"]] for _, _, options in service.calls]


# ---- SQS


def test_messages_are_sent_again_when_sqs_leaves_them_over():
    service = FakeService(failed("1", "2"), failed("2"), {})
    SqsQueue(service, URL).send_batch([b"a", b"b", b"c"])
    assert entry_lists(service) == [["0", "1", "2"], ["1", "2"], ["2"]]


def test_sending_is_refused_when_it_is_the_senders_fault():
    with pytest.raises(InvalidValueError):
        SqsQueue(FakeService(failed("1", is_senders_fault=True)), URL).send_batch([b"a", b"b"])


def test_sending_is_unavailable_when_a_message_is_never_taken():
    with pytest.raises(UnavailableError, match="1 of 2"):
        SqsQueue(FakeService(*[failed("1")] * 3), URL).send_batch([b"a", b"b"])


def test_sending_is_unavailable_when_the_request_fails():
    with pytest.raises(UnavailableError):
        SqsQueue(FakeService(client_error(400, "AWS.SimpleQueueService.NonExistentQueue")), URL).send(b"a")


def test_stale_receipts_are_ignored_and_others_deleted_again():
    stale = failed("0", is_senders_fault=True)["Failed"] + failed("1")["Failed"]
    service = FakeService({"Failed": stale}, {})
    SqsQueue(service, URL).delete(["stale", "a", "b"])
    assert entry_lists(service) == [["0", "1", "2"], ["1"]]


def test_messages_are_received_and_deleted_when_sqs_refuses_to_purge():
    message = {
        "MessageId": "1",
        "Body": "a",
        "ReceiptHandle": "r",
        "Attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "0"},
    }
    refusal = client_error(403, "AWS.SimpleQueueService.PurgeQueueInProgress")
    service = FakeService(refusal, {"Messages": [message]}, {}, {}, {})
    SqsQueue(service, URL).purge()
    assert [operation for operation, _, _ in service.calls] == [
        "purge_queue",
        "receive_message",
        "receive_message",
        "delete_message_batch",
        "receive_message",
    ]


# ---- S3


class BrokenBody:
    def iter_chunks(self, _):
        yield b"half of"
        raise ResponseStreamingError(error="reset")


class WholeBody:
    def iter_chunks(self, _):
        yield b"the whole"


def test_object_is_read_anew_when_the_connection_breaks():
    service = FakeService({"Body": BrokenBody(), "ETag": '"1"'}, {"Body": WholeBody(), "ETag": '"2"'})
    read = S3Objects(service, "bucket").get("key")
    assert (read.data, read.etag) == (b"the whole", "2")


def test_reading_is_unavailable_when_the_connection_keeps_breaking():
    service = FakeService(*[{"Body": BrokenBody(), "ETag": '"1"'}] * 3)
    with pytest.raises(UnavailableError):
        S3Objects(service, "bucket").get("key")


def test_conflicting_write_is_tried_again():
    conflict = client_error(409, "ConditionalRequestConflict")
    service = FakeService(conflict, {"ETag": '"1"'})
    assert S3Objects(service, "bucket").put("key", b"x", if_absent=True) == "1"
    with pytest.raises(PreconditionFailedError):
        S3Objects(FakeService(conflict, client_error(412, "PreconditionFailed")), "bucket").put(
            "key", b"x", if_absent=True
        )
    with pytest.raises(UnavailableError, match="others"):
        S3Objects(FakeService(conflict, conflict, conflict), "bucket").put("key", b"x", if_absent=True)


def test_objects_are_deleted_again_when_s3_could_not():
    service = FakeService({"Errors": [{"Key": "b"}]}, {})
    S3Objects(service, "bucket").delete(["a", "b"])
    assert [options["Delete"]["Objects"] for _, _, options in service.calls] == [
        [{"Key": "a"}, {"Key": "b"}],
        [{"Key": "b"}],
    ]
    with pytest.raises(UnavailableError):
        S3Objects(FakeService(*[{"Errors": [{"Key": "a"}]}] * 3), "bucket").delete(["a"])


# ---- DynamoDB


class FakeConnection(FakeService):
    def add_meta_table(self, meta_table):
        pass


def attributes(sk, **more):
    return {"pk": {"S": "p"}, "sk": {"S": sk}, **more}


def test_items_are_asked_for_again_when_dynamodb_leaves_them_out():
    connection = FakeConnection(
        {"Responses": {"t": [attributes("a")]}, "UnprocessedKeys": {"t": {"Keys": [attributes("b")]}}},
        {"Responses": {"t": [attributes("b", n={"N": "1"})]}},
    )
    found = DynamoTable(connection, "t").batch_get([("p", "a"), ("p", "b")])
    assert found == {("p", "a"): {"pk": "p", "sk": "a"}, ("p", "b"): {"pk": "p", "sk": "b", "n": 1}}
    assert connection.calls[1][1] == ("t", [attributes("b")])


def test_reading_is_unavailable_when_an_item_is_always_left_out():
    left = {"Responses": {}, "UnprocessedKeys": {"t": {"Keys": [attributes("b")]}}}
    with pytest.raises(UnavailableError, match="1 of 2"):
        DynamoTable(FakeConnection(*[left] * 3), "t").batch_get([("p", "a"), ("p", "b")])


def test_items_are_written_again_when_dynamodb_leaves_them_out():
    left = {"UnprocessedItems": {"t": [{"PutRequest": {"Item": attributes("b")}}]}}
    deletion_left = {"UnprocessedItems": {"t": [{"DeleteRequest": {"Key": attributes("c")}}]}}
    connection = FakeConnection(left, {}, deletion_left, {})
    DynamoTable(connection, "t").write_batch(
        puts=[{"pk": "p", "sk": "a"}, {"pk": "p", "sk": "b"}], deletes=[("p", "c")]
    )
    assert [arguments for _, arguments, _ in connection.calls] == [
        ("t", [attributes("a"), attributes("b")], None),
        ("t", [attributes("b")], None),
        ("t", None, [attributes("c")]),
        ("t", None, [attributes("c")]),
    ]


def test_writing_is_unavailable_when_an_item_is_never_taken():
    left = {"UnprocessedItems": {"t": [{"PutRequest": {"Item": attributes("a")}}]}}
    with pytest.raises(UnavailableError, match="1 writes"):
        DynamoTable(FakeConnection(*[left] * 3), "t").write_batch(puts=[{"pk": "p", "sk": "a"}])
