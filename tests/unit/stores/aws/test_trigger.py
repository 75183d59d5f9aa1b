"""The archive queue's trigger is on while there is work."""

import pytest
from botocore.exceptions import ClientError

from tidemark.stores.aws.trigger import IDLE_SECONDS, QueueTrigger


class Mappings:
    def __init__(self):
        self.state, self.changes, self.refuses = "Enabled", [], False

    def get_event_source_mapping(self, UUID):
        if self.refuses:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetEventSourceMapping")
        return {"State": self.state}

    def update_event_source_mapping(self, UUID, Enabled):
        self.changes.append((UUID, Enabled))
        self.state = "Enabled" if Enabled else "Disabled"


class World:
    def __init__(self):
        self.now, self.waiting, self.client = 0.0, 0, Mappings()
        self.trigger = QueueTrigger(self.client, "m-1", lambda: self.waiting, lambda: self.now)

    def minute(self, queued=0, seconds=60.0):
        self.now += seconds
        self.trigger.follow(queued)


@pytest.fixture
def world():
    return World()


def test_it_stays_on_while_jobs_come_now_and_then(world):
    for _ in range(20):
        world.minute(queued=4, seconds=900)
        world.minute()
    assert world.client.changes == []


def test_it_is_switched_off_once_after_an_idle_hour_and_on_with_the_next_job(world):
    for _ in range(200):
        world.minute()
    assert world.client.changes == [("m-1", False)]
    world.minute(queued=1)
    assert world.client.changes == [("m-1", False), ("m-1", True)]


def test_it_stays_on_while_messages_wait(world):
    world.waiting = 3
    world.minute(seconds=IDLE_SECONDS + 1)
    assert world.client.changes == []


def test_it_is_switched_on_for_jobs_that_another_function_queued(world):
    world.minute(seconds=IDLE_SECONDS)
    world.waiting = 1
    world.minute()
    assert world.client.changes[-1] == ("m-1", True)


def test_a_change_that_is_under_way_is_waited_for(world):
    world.client.state = "Disabling"
    world.minute(queued=1)
    assert world.client.changes == []
    world.client.state = "Disabled"
    world.minute(queued=1)
    assert world.client.changes == [("m-1", True)]


def test_planning_goes_on_when_switching_is_refused(world):
    world.client.refuses = True
    world.minute(queued=1)
    world.minute(seconds=IDLE_SECONDS)
    assert world.client.changes == []
    world.client.refuses = False
    world.minute()
    assert world.client.changes == [("m-1", False)]


def test_it_says_that_the_instance_is_idle_only_while_it_is_off(world):
    assert not world.trigger.follow(0)
    world.now = IDLE_SECONDS
    assert world.trigger.follow(0)
    assert world.trigger.follow(0)
    assert not world.trigger.follow(2)
