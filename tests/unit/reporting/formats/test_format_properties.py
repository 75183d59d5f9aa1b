"""No value that a method can give breaks a format."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tidemark.model.errors import ApiError
from tidemark.model.table import DataTable, Row, SimpleTable, TableMap
from tidemark.reporting.formats.base import FormatOptions
from tidemark.reporting.formats.registry import FORMATS

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
NAMES = st.text(max_size=8) | st.sampled_from(["label", "nb_visits", "goals", "idgoal=1", "0", "a=b"])
NESTED = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
ROWS = st.builds(
    Row,
    st.dictionaries(NAMES, NESTED, max_size=4),
    st.dictionaries(NAMES, NESTED, max_size=2),
    st.none() | st.integers(0, 99),
    st.none() | st.just(DataTable([Row({"label": "below"})])),
)
TABLES = st.builds(DataTable, st.lists(ROWS, max_size=3), st.none() | ROWS) | st.builds(
    SimpleTable.of, st.dictionaries(NAMES, NESTED, max_size=3)
)
MAPS = st.builds(
    TableMap, st.sampled_from(["date", "idSite"]), st.dictionaries(st.text(max_size=6), TABLES, max_size=3)
)
VALUES = TABLES | MAPS | NESTED


@pytest.mark.parametrize("name", sorted(FORMATS))
@settings(max_examples=60, deadline=None)
@given(value=VALUES, expanded=st.booleans())
def test_every_value_is_rendered_or_refused(name, value, expanded):
    try:
        document = FORMATS[name].value(value, FormatOptions(with_subtables=expanded, serialize=True))
    except ApiError:
        return
    if name == "json":
        json.loads(document.body)
    if name == "xml":
        etree.fromstring(document.body)


@pytest.mark.parametrize("name", sorted(FORMATS))
@settings(max_examples=40, deadline=None)
@given(message=st.text(max_size=40))
def test_every_message_is_rendered(name, message):
    document = FORMATS[name].error(message, FormatOptions(serialize=True))
    if name == "json":
        json.loads(document.body)
    if name == "xml":
        etree.fromstring(document.body)
