from urllib.parse import unquote_plus

from hypothesis import given
from hypothesis import strategies as st

from tidemark.plugin.filters import url_encoded


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_url_encoding_can_be_undone_and_keeps_only_what_is_safe(text):
    encoded = url_encoded(text)
    assert unquote_plus(encoded) == text
    assert encoded.isascii()
    assert not set(encoded) & set(" ~!*'()<>&=?/#é")


def test_blanks_and_tildes():
    assert url_encoded("a b~c/é") == "a+b%7Ec%2F%C3%A9"
    assert url_encoded(12) == "12"
