"""Texts that are written from the right, in the order in which they are drawn."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.model.visual_text import drawn, is_plain, joined


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Plain (text) 12.5%", "Plain (text) 12.5%"),
        ("Żółć Журнал 中文", "Żółć Журнал 中文"),
        ("שלום עולם", "םלוע םולש"),
        ("דף (ראשי)", "(ישאר) ףד"),
        ("hello שלום 123 world", "hello 123 םולש world"),
        ("שלום 12.5 hello", "hello 12.5 םולש"),
        ("שבוע 2026-11-09", "2026-11-09 עובש"),
        ("site: שלום, עולם!", "site: םלוע ,םולש!"),
        ("שלום  ", "  םולש"),
    ],
)
def test_hebrew_is_turned_round_and_numbers_are_not(text, wanted):
    assert drawn(text) == wanted


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("مرحبا", ["MEEM INITIAL", "REH FINAL", "HAH INITIAL", "BEH MEDIAL", "ALEF FINAL"]),
        ("لا", ["LIGATURE LAM WITH ALEF ISOLATED"]),
        ("سلام", ["SEEN INITIAL", "LIGATURE LAM WITH ALEF FINAL", "MEEM ISOLATED"]),
        ("گزارش", ["GAF INITIAL", "ZAIN FINAL", "ALEF ISOLATED", "REH ISOLATED", "SHEEN ISOLATED"]),
    ],
)
def test_arabic_letters_have_the_forms_that_their_neighbours_ask_for(text, names):
    told = [unicodedata.name(one) for one in joined(text)]
    assert [one.removeprefix("ARABIC ").replace("LETTER ", "").removesuffix(" FORM") for one in told] == names
    assert drawn(text) == joined(text)[::-1]


def test_marks_stay_behind_their_letters():
    told = drawn("محمّد")
    assert told.index("\u0651") - 1 == told.index("\ufee4"), "behind the second mim"


def test_plain_is_what_has_no_letter_written_from_the_right():
    assert is_plain("Ελληνικά 1")
    assert not is_plain("a ש")


@given(st.text(alphabet="ab1 -.,%()שלםمرحبالّ\u200c\u200d\t", max_size=30))
def test_no_letter_is_lost_whatever_the_text(text):
    mirrored = str.maketrans("()", "((")
    assert sorted(drawn(text).translate(mirrored)) == sorted(
        (text if is_plain(text) else joined(text)).translate(mirrored)
    )
