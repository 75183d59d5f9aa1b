"""What the OpenAPI description promises holds: made-up calls are answered as described and never with a 5xx.

`make attack` makes 10,000 calls.
"""

import pytest

from tests.support.schema_attack import attack, attacked_instance, operations

SHARE = 12
"""One of so many operations is called here."""
CALLS = 2


@pytest.fixture(scope="module")
def instance():
    with attacked_instance() as made:
        yield made


def test_made_up_calls_are_answered_as_described(instance):
    found = operations(instance)
    assert len(found) > 500
    for operation in found[::SHARE]:
        attack(operation, CALLS)
