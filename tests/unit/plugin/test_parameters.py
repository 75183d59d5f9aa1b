import pytest

from tidemark.plugin import with_parameters_of
from tidemark.reporting.signature import declared_parameters


def add(context, size: int, name: str, colour: str = "red"):
    return (size, name, colour)


@with_parameters_of(add)
def change(context, number: int, size: int, **given):
    """Changes it."""
    return (number, size, given)


def test_the_parameters_of_another_method_stand_behind_ones_own():
    assert [(one.name, one.kind, one.is_required) for one in declared_parameters(change)] == [
        ("number", "integer", True),
        ("size", "integer", True),
        ("name", "text", True),
        ("colour", "text", False),
    ]
    assert change.__doc__ == "Changes it."


def test_what_is_not_given_has_the_defaults_of_the_other():
    assert change(None, 1, 5, name="x") == (1, 5, {"name": "x", "colour": "red"})
    assert change(None, number=1, size=2, name="x", colour="blue") == (1, 2, {"name": "x", "colour": "blue"})
    with pytest.raises(TypeError):
        change(None, 1)
