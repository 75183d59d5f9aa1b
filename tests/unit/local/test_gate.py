"""A reset waits for what runs; what comes later waits for the reset."""

from __future__ import annotations

import threading

from tidemark.local.gate import Gate


def test_alone_when_others_are_inside():
    gate = Gate()
    steps: list[str] = []
    inside, leave = threading.Event(), threading.Event()

    def visitor():
        with gate.shared():
            inside.set()
            leave.wait(60)
            steps.append("visitor left")

    def owner():
        with gate.alone():
            steps.append("alone")

    threads = [threading.Thread(target=visitor), threading.Thread(target=owner)]
    threads[0].start()
    assert inside.wait(60)
    threads[1].start()
    leave.set()
    for thread in threads:
        thread.join(60)
    assert steps == ["visitor left", "alone"]


def test_shared_when_several_are_inside():
    gate = Gate()
    with gate.shared(), gate.shared():
        pass
    with gate.alone():
        pass
    with gate.shared():
        pass
