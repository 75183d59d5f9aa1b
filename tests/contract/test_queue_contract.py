"""What every queue promises."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tidemark.stores.ports import MAX_MESSAGE_BYTES, Depth, InvalidValueError, TooLargeError

USES = ("hits", "hits_dead", "archive")


def bodies(messages):
    return sorted(message.body for message in messages)


def test_message_comes_back_as_it_was_when_received(any_driver):
    body = json.dumps({"url": "https://example.org/ü?a=1&b=<\t>", "emoji": "😀"}, ensure_ascii=False).encode()
    before = time.time()
    any_driver.sender.send(body)
    (message,) = any_driver.stores.hits.receive(10, 30)
    assert message.body == body
    assert message.receive_count == 1
    assert before - 2 < message.sent_at < time.time() + 2


def test_noncharacters_survive_as_json_when_sent(any_driver):
    value = "a\ufffe\uffffb"
    any_driver.sender.send(json.dumps([value], ensure_ascii=False).encode())
    (message,) = any_driver.stores.hits.receive(1, 30)
    assert json.loads(message.body) == [value]


def test_batch_of_any_number_is_taken_when_sent(any_driver):
    sent = [b"%d" % number for number in range(23)]
    any_driver.sender.send_batch(sent)
    assert bodies(any_driver.stores.hits.receive(100, 30)) == sorted(sent)


def test_batch_beyond_one_request_is_taken_when_messages_are_large(any_driver):
    sent = [b'"%s"' % (bytes([letter]) * 100_000) for letter in b"abcdef"]
    any_driver.sender.send_batch(sent)
    assert bodies(any_driver.stores.hits.receive(100, 30)) == sent


def test_largest_message_is_taken_and_a_larger_one_refused(any_driver):
    largest = b"x" * MAX_MESSAGE_BYTES
    any_driver.sender.send(largest)
    assert any_driver.stores.hits.receive(1, 30)[0].body == largest
    with pytest.raises(TooLargeError):
        any_driver.sender.send(largest + b"x")


@pytest.mark.parametrize("body", [b"", b"a\x00b", b"a\x1fb", b"\xff\xfe", b"\xed\xa0\x80"])
def test_message_is_refused_when_sqs_could_not_hold_it(any_driver, body):
    with pytest.raises(InvalidValueError):
        any_driver.sender.send(body)
    with pytest.raises(InvalidValueError):
        any_driver.sender.send_batch([b"good", body])
    assert any_driver.stores.hits.depth().total == 0


@pytest.mark.parametrize("delay_seconds", [-1, 901])
def test_delay_is_refused_when_out_of_range(any_driver, delay_seconds):
    with pytest.raises(InvalidValueError):
        any_driver.sender.send(b"x", delay_seconds=delay_seconds)


def test_message_is_hidden_until_due_when_delayed(any_driver):
    any_driver.sender.send(b"later", delay_seconds=1)
    queue = any_driver.stores.hits
    assert queue.receive(10, 30) == []
    assert queue.depth() == Depth(visible=0, in_flight=0, delayed=1)
    any_driver.pass_time(1.1)
    assert bodies(queue.receive(10, 30)) == [b"later"]


def test_message_is_hidden_from_others_when_received(queue):
    queue.send(b"x")
    assert len(queue.receive(10, 30)) == 1
    assert queue.receive(10, 30) == []
    assert queue.depth() == Depth(visible=0, in_flight=1, delayed=0)


def test_message_comes_again_when_its_visibility_ends(queue, driver):
    queue.send(b"x")
    (first,) = queue.receive(10, 1)
    driver.pass_time(1.1)
    (second,) = queue.receive(10, 30)
    assert (second.id, second.body, second.receive_count) == (first.id, b"x", 2)
    assert second.sent_at == first.sent_at


def test_message_is_gone_when_deleted(queue, driver):
    queue.send_batch([b"a", b"b"])
    messages = queue.receive(10, 1)
    queue.delete([message.receipt for message in messages if message.body == b"a"])
    driver.pass_time(1.1)
    assert bodies(queue.receive(10, 30)) == [b"b"]


def test_many_receipts_are_deleted_when_given_at_once(queue):
    queue.send_batch([b"%d" % number for number in range(25)])
    queue.delete([message.receipt for message in queue.receive(100, 30)])
    assert queue.depth() == Depth(0, 0, 0)


def test_deleting_twice_is_ignored(queue):
    queue.send(b"x")
    (message,) = queue.receive(1, 30)
    queue.delete([message.receipt])
    queue.delete([message.receipt])
    assert queue.depth().total == 0


def test_message_comes_at_once_when_given_back(queue):
    queue.send(b"x")
    (message,) = queue.receive(1, 600)
    queue.change_visibility([message.receipt], 0)
    assert bodies(queue.receive(1, 30)) == [b"x"]


def test_message_stays_hidden_longer_when_visibility_is_prolonged(queue, driver):
    queue.send(b"x")
    (message,) = queue.receive(1, 1)
    queue.change_visibility([message.receipt], 600)
    driver.pass_time(1.1)
    assert queue.receive(1, 30) == []


def test_visibility_is_refused_when_out_of_range(queue):
    with pytest.raises(InvalidValueError):
        queue.receive(1, 43_201)
    with pytest.raises(InvalidValueError):
        queue.change_visibility(["x"], -1)


def test_message_becomes_a_dead_letter_when_received_too_often(queue, driver):
    queue.send(b"poison")
    queue.send(b"good")
    for expected_count in (1, 2, 3):
        messages = {message.body: message for message in queue.receive(10, 30)}
        assert messages[b"poison"].receive_count == expected_count
        if b"good" in messages:
            queue.delete([messages.pop(b"good").receipt])
        queue.change_visibility([messages[b"poison"].receipt], 0)
    assert queue.receive(10, 30) == []
    assert queue.depth().total == 0
    (dead,) = driver.stores.hits_dead.receive(10, 30)
    assert dead.body == b"poison"


def test_living_messages_are_given_when_dead_ones_are_before_them(queue, driver):
    queue.send(b"poison")
    for _ in range(3):
        (message,) = queue.receive(1, 30)
        queue.change_visibility([message.receipt], 0)
    queue.send(b"good")
    received = queue.receive(1, 30) or queue.receive(1, 30)
    assert bodies(received) == [b"good"]
    assert driver.stores.hits_dead.depth().visible == 1


def test_queues_are_apart(driver):
    driver.stores.archive.send(b"job")
    assert driver.stores.hits.receive(10, 30) == []
    assert bodies(driver.stores.archive.receive(10, 30)) == [b"job"]


def test_queue_is_empty_when_purged(queue):
    queue.send_batch([b"a", b"b", b"c"])
    queue.receive(1, 30)
    queue.purge()
    assert queue.depth().total == 0


def test_receive_waits_when_asked_to(queue):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(queue.receive, 10, 600, 20)
        time.sleep(0.2)
        queue.send(b"x")
        assert bodies(waiting.result(timeout=60)) == [b"x"]


def test_every_message_is_delivered_when_many_send_and_receive(queue):
    """At least once, as the port says; SQS promises no more, and who counts must bear a second delivery."""

    def send(first):
        for number in range(first, first + 10):
            queue.send(b"%d" % number)

    def receive(_):
        taken = []
        while messages := queue.receive(3, 60):
            queue.delete([message.receipt for message in messages])
            taken += [int(message.body) for message in messages]
        return taken

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(0, 40, 10)))
        assert queue.depth().visible == 40
        taken = [number for part in pool.map(receive, range(4)) for number in part]
    assert set(taken) == set(range(40))
    assert queue.depth().total == 0
