"""Ids in segments on visitors."""

import pytest

from tidemark.model.errors import BadSegment
from tidemark.plugins.core_home.segments import hexadecimal


def test_an_id_is_read():
    assert hexadecimal("00000000000000ff") == 255


@pytest.mark.parametrize("text", ["abc", "", "g" * 16, "A" * 16, "0" * 17, "-000000000000001"])
def test_what_is_no_id_is_refused(text):
    with pytest.raises(BadSegment, match="16"):
        hexadecimal(text)
