"""Requests that come to the emulator at the same moment."""

from __future__ import annotations

import io
import json
import threading

from tidemark.local.emulator import OneAtATime


class Application:
    """Counts who is inside at once; answers a receive with a message once `filled` is set."""

    def __init__(self):
        self.inside = self.most = 0
        self.asked = []
        self.filled = threading.Event()

    def __call__(self, environ, start_response):
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.asked.append(json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])) or b"{}"))
        start_response("200 OK", [])
        yield b'{"Messages": [{}]}' if self.filled.is_set() else b"{}"
        self.inside -= 1


def call(application, target, **asked):
    body = json.dumps(asked).encode()
    environ = {"HTTP_X_AMZ_TARGET": target, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    answered = []
    return b"".join(application(environ, lambda *line: answered.append(line))), answered


def test_receive_waits_without_keeping_others_out_when_nothing_is_there():
    moto = Application()
    application = OneAtATime(moto)
    answers = []
    waiting = threading.Thread(
        target=lambda: answers.append(call(application, "AmazonSQS.ReceiveMessage", WaitTimeSeconds=60))
    )
    waiting.start()
    while not moto.asked:
        pass
    call(application, "AmazonSQS.SendMessage", MessageBody="x")
    moto.filled.set()
    waiting.join(30)
    assert answers == [(b'{"Messages": [{}]}', [("200 OK", [])])]
    assert moto.most == 1
    assert all(asked["WaitTimeSeconds"] == 0 for asked in moto.asked if "WaitTimeSeconds" in asked)


def test_receive_answers_at_once_when_it_may_not_wait():
    assert call(OneAtATime(Application()), "AmazonSQS.ReceiveMessage") == (b"{}", [("200 OK", [])])
