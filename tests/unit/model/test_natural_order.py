import pytest

from tidemark.model.natural_order import natural_key


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("page 2", "page 10"),
        ("value1", "Value not defined"),
        ("value5", "value5 1"),
        ("1.05", "1.5"),
        ("a010", "a02"),
        ("05x1", "10"),
        ("a05", "a5"),
        ("B", "c"),
        ("abc", "abcd"),
        ("1", "a"),
        ("a", "a1"),
        ("a-1", "a1"),
    ],
)
def test_texts_stand_as_people_expect(first, second):
    assert natural_key(first) < natural_key(second)


@pytest.mark.parametrize(("one", "other"), [("a b", "ab"), (" x", "X "), ("007", "7"), ("Ab 1", "aB1")])
def test_blanks_case_and_zeros_at_the_start_do_not_count(one, other):
    assert natural_key(one) == natural_key(other)
