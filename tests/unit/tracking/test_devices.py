"""Devices are detected once, and remembered for the next process without their user agents."""

from __future__ import annotations

from tests.support.memory_stores import MemoryObjects
from tests.support.tracking import FIREFOX, FIREFOX_CLIENT
from tidemark.model.hit import Client
from tidemark.stores.ports import UnavailableError
from tidemark.tracking.devices import TABLE_KEY, Devices


class Detector:
    def __init__(self):
        self.asked = []

    def __call__(self, user_agent, hints):
        self.asked.append((user_agent, hints))
        return FIREFOX_CLIENT


class BrokenObjects(MemoryObjects):
    def get(self, key, **_):
        raise UnavailableError(key)

    def put(self, key, data, **_):
        raise UnavailableError(key)


def test_a_device_is_detected_once_when_it_comes_again():
    detector = Detector()
    devices = Devices(None, detector)
    assert devices.client(FIREFOX) is devices.client(FIREFOX) is FIREFOX_CLIENT
    assert detector.asked == [(FIREFOX, ())]


def test_hints_make_another_device_when_they_differ():
    detector = Detector()
    devices = Devices(None, detector)
    devices.client(FIREFOX, (("sec-ch-ua-model", "A"),))
    devices.client(FIREFOX, (("sec-ch-ua-model", "B"),))
    assert len(detector.asked) == 2


def test_the_next_process_knows_the_device_when_it_was_saved():
    objects, detector = MemoryObjects(), Detector()
    first = Devices(objects, detector)
    first.client(FIREFOX)
    first.save()
    assert Devices(objects, detector).client(FIREFOX) == FIREFOX_CLIENT
    assert len(detector.asked) == 1


def test_no_user_agent_is_stored_when_devices_are():
    objects = MemoryObjects()
    devices = Devices(objects, lambda *_: Client())
    devices.client("Secret Agent/007")
    devices.save()
    assert b"Secret" not in objects.get(TABLE_KEY).data


def test_nothing_is_written_when_nothing_is_new():
    objects = MemoryObjects()
    devices = Devices(objects, Detector())
    devices.save()
    assert objects.stored == {}


def test_devices_are_detected_when_the_store_is_away():
    devices = Devices(BrokenObjects(), Detector())
    assert devices.client(FIREFOX) == FIREFOX_CLIENT
    devices.save()


def test_a_table_of_another_form_is_forgotten_when_read():
    objects = MemoryObjects()
    objects.put(TABLE_KEY, b'["no table"]')
    assert Devices(objects, Detector()).client(FIREFOX) == FIREFOX_CLIENT
    objects.put(TABLE_KEY, b'{"x":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}')
    assert Devices(objects, Detector()).client(FIREFOX) == FIREFOX_CLIENT


def test_megabytes_are_cut_when_they_are_a_user_agent():
    detector = Detector()
    Devices(None, detector).client("x" * 10**6)
    assert len(detector.asked[0][0]) == 2048
