"""Matomo's stored tables, read and compared."""

from __future__ import annotations

import zlib
from datetime import date

import pytest

from tidemark.importing.serialized import SerializedError, unserialized
from tidemark.importing.tables import UnreadableError, compared_tables, matomo_values
from tidemark.model.table import DataTable, Row

DAY = date(2026, 11, 3)
ROOT = (
    'a:2:{i:0;a:3:{i:0;a:3:{s:5:"label";s:4:"blog";i:2;i:3;i:12;s:1:"5";}i:1;a:0:{}i:3;i:7;}'
    'i:-1;a:3:{i:0;a:2:{s:5:"label";i:-1;i:2;d:4;}i:1;a:1:{s:3:"url";N;}i:3;N;}}'
)


def packed(text):
    return zlib.compress(text.encode())


def chunk():
    inner = (
        'a:1:{i:0;a:3:{i:0;a:3:{s:5:"label";s:3:"/é";i:2;i:3;i:10;a:1:{i:1;a:2:{i:1;i:2;i:2;d:9.5;}}}i:1;a:0:{}i:3;N;}}'
    )
    return packed(f'a:1:{{i:7;s:{len(inner.encode())}:"{inner}";}}')


BLOBS = {"Actions_actions_url": packed(ROOT), "Actions_actions_url_chunk_0_99": chunk()}


class Database:
    """Answers as a database with one whole archive."""

    def columns(self, table):
        return ["idarchive"]

    def rows(self, table, where, values, order=""):
        if table.startswith("archive_numeric"):
            return iter([{"idarchive": 4, "name": "done", "value": 1}])
        return iter([{"name": name, "value": blob} for name, blob in BLOBS.items()])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("N;", None),
        ("b:1;", True),
        ("i:-4;", -4),
        ("d:0.5;", 0.5),
        ('s:2:"é";', "é"),
        ('a:1:{i:0;s:2:"";";}', {0: '";'}),
    ],
)
def test_values_when_serialised(text, value):
    assert unserialized(text.encode()) == value


@pytest.mark.parametrize(
    "text", ["", "i:4", "x:1;", 's:9:"a";', "a:2:{i:0;N;}", 'O:3:"Row":0:{}', "N;N;", "a:1:{" * 60]
)
def test_what_is_not_serialised_is_refused(text):
    with pytest.raises(SerializedError):
        unserialized(text.encode())


def test_rows_of_all_levels():
    assert matomo_values("Actions_actions_url", BLOBS) == {
        ("blog",): {"nb_visits": 3.0, "nb_hits": 5.0},
        ("blog", "/é"): {"nb_visits": 3.0, "goal 1 nb_conversions": 2.0, "goal 1 revenue": 9.5},
        ("-1",): {"nb_visits": 4.0},
    }
    with pytest.raises(UnreadableError):
        matomo_values("x", {"x": b"\x78nonsense"})
    with pytest.raises(UnreadableError):
        matomo_values("x", {"x": packed("a:1:{i:0;i:1;}")})


def test_each_value_that_differs_is_named():
    leaf = Row({"label": "/é", "nb_visits": 3, "goals": {1: {"nb_conversions": 2, "revenue": 9.5}}})
    rows = [
        Row({"label": "blog", "nb_visits": 3, "nb_hits": 6}, subtable=DataTable([leaf])),
        Row({"label": "new", "nb_visits": 1}),
    ]
    here = DataTable(rows, summary_row=Row({"label": -1, "nb_visits": 4, "nb_hits": None}))
    found = list(compared_tables(Database(), 1, DAY, {"Actions_actions_url"}, lambda _: here))
    wrong = {(one.row, one.metric.partition(".")[2]): (one.there, one.here) for one in found if not one.is_equal}
    assert wrong == {("blog", "nb_hits"): (5.0, 6.0), ("new", "nb_visits"): (0.0, 1.0)}
    assert ("blog > /é", "Actions_actions_url.goal 1 revenue") in {(one.row, one.metric) for one in found}
