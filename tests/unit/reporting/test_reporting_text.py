import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tidemark.reporting.text import (
    cell_text,
    decode_entities,
    escape_xml,
    is_numeric,
    number_text,
    safe_label,
    sanitise,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (42, "42"),
        (42.0, "42"),
        (0.1 + 0.2, "0.3"),
        (1e25, "1.0E+25"),
        (1.5e-7, "1.5E-7"),
        (0.0001, "0.0001"),
        (1234567.891, "1234567.891"),
        (-2.5, "-2.5"),
        (True, "1"),
        (False, "0"),
        (None, ""),
        ("x", "x"),
    ],
)
def test_cells_as_text(value, text):
    assert cell_text(value) == text


def test_what_is_no_number_has_a_text():
    assert number_text(float("nan")) == "NAN"


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("&lt;a&gt;&amp;&quot;&#039;&#x27;", "<a>&\"''"),
        ("&copy=1&eacute;", "&copy=1\u00e9"),
        ("&nosuch;&#0;&#xD800;&#1114112;", "&nosuch;&#0;&#xD800;&#1114112;"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_entities_are_decoded_once_and_only_with_their_semicolon(text, decoded):
    assert decode_entities(text) == decoded


def test_sanitise_never_escapes_twice():
    assert sanitise("<b> &lt;") == "&lt;b&gt; &lt;"
    assert sanitise(sanitise("<b>")) == sanitise("<b>")


@pytest.mark.parametrize(
    ("label", "safe"),
    [
        ("a%20b+c", "a b c"),
        ("<x>", "&lt;x&gt;"),
        ("&lt;x&gt;", "&lt;x&gt;"),
        ("it's", "it&#039;s"),
        ("100%", "100%"),
        ("%C3%A9", "\u00e9"),
    ],
)
def test_labels_are_url_decoded_and_escaped(label, safe):
    assert safe_label(label) == safe


@pytest.mark.parametrize(
    ("text", "is_number"),
    [("1", True), ("-1.5e3", True), (".5", True), (" 1", True), ("1x", False), ("", False), ("٣", False)],
)
def test_is_numeric(text, is_number):
    assert is_numeric(text) is is_number


@given(st.text())
def test_escaped_text_is_well_formed_xml(text):
    escaped = escape_xml(text)
    assert etree.fromstring(f'<a b="{escaped}">{escaped}</a>'.encode()).tag == "a"
