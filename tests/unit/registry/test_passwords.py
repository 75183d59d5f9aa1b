import pytest

from tidemark.registry.passwords import hash_password, password_matches


def test_a_password_matches_its_hash_only():
    stored = hash_password("correct horse")
    assert password_matches("correct horse", stored)
    assert not password_matches("Correct horse", stored)


def test_equal_passwords_have_different_hashes():
    assert hash_password("x") != hash_password("x")


@pytest.mark.parametrize("stored", ["", "x", "md5$1$2$3$4", "scrypt$16384"])
def test_nothing_matches_what_is_no_hash(stored):
    assert not password_matches("", stored)
