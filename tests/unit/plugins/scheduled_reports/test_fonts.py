"""Letters of PDFs."""

from __future__ import annotations

import re

import pytest

from tidemark.definitions.font_files import SANS
from tidemark.plugins.scheduled_reports.fonts import marked, register
from tidemark.plugins.scheduled_reports.pdf import pdf
from tidemark.plugins.scheduled_reports.rendering import Chapter, Document

WIDE = 1000
TITLES = ("Żółć", "Ελληνικά", "Журнал", "ქართული", "Հայերեն", "₹ € ≥")


@pytest.mark.parametrize("title", TITLES)
def test_alphabets_when_the_embedded_font_has_them(title):
    assert marked(title, WIDE, 9) == title
    assert {ord(one) for one in title} <= register()


@pytest.mark.parametrize(
    ("text", "font"),
    [("中文 & x", "STSong-Light"), ("日本のページ", "HeiseiKakuGo-W5"), ("한국어 漢字", "HYGothic-Medium")],
)
def test_east_asian_scripts_when_the_reader_has_to_bring_the_font(text, font):
    told = marked(text, WIDE, 9)
    assert f'<font name="{font}">' in told
    assert re.sub("<[^>]+>", "", told) == text.replace("&", "&amp;")


def test_lines_when_a_text_is_written_from_the_right():
    text = "שלום עולם & דף הבית"
    assert marked(text, WIDE, 9) == "תיבה ףד &amp; םלוע םולש"
    lines = marked(text, 60, 9).split("<br/>")
    assert len(lines) > 1
    assert lines[0].endswith("םולש"), "the first line begins with the first word, on the right"
    cut = marked("ש" * 100, 60, 9).split("<br/>")
    assert (len(cut) > 3, "".join(cut)) == (True, "ש" * 100)


def test_a_document_embeds_what_it_uses():
    document = Document("Отчёт", "сегодня", [Chapter("ページ", ("標題", "x"), tuple((title, "1") for title in TITLES))])
    made = pdf(document)
    assert made == pdf(document)
    assert len(made) < SANS.stat().st_size / 4, "only what is used"
    for name in (b"DejaVuSans", b"HeiseiKakuGo-W5"):
        assert name in made
    assert b"/FontFile2" in made, "a font is inside"
