import pytest

from tidemark.model.table import DataTable, Row
from tidemark.reporting.filters.labels import LabelSearch, keep_labels, label_variations

SUB = DataTable([Row({"label": " leaf"}), Row({"label": "leaf"}), Row({"label": "a&lt;b"})])
SEARCH = LabelSearch(lambda _table, row: SUB if row.subtable_id else None)


def table():
    return DataTable(
        [Row({"label": "dir"}, subtable_id=1), Row({"label": "x &gt; y"}), Row({"label": " page"})],
        Row({"label": "Others"}),
    )


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("dir", "dir"),
        ("dir>leaf", "leaf"),
        ("dir>@leaf", " leaf"),
        ("dir%3E%40%20leaf", " leaf"),
        ("dir>a<b", "a&lt;b"),
        ("dir>a%3Cb", "a&lt;b"),
        ("x > y", "x &gt; y"),
        ("x+%3E+y", "x &gt; y"),
        ("page", " page"),
        ("Others", "Others"),
        ("dir>none", None),
        ("none>leaf", None),
        ("page>leaf", None),
        ("", None),
        ("dir>", None),
    ],
)
def test_keep_labels_finds(label, found):
    kept = keep_labels(table(), [label], SEARCH)
    assert [row.label for row in kept] == ([] if found is None else [found])


def test_several_labels_keep_their_order_and_may_be_numbered():
    kept = keep_labels(table(), ["page", "none", "dir"], LabelSearch(SEARCH.load_subtable, adds_index=True))
    assert [(row.label, row.metadata["label_index"]) for row in kept] == [(" page", 0), ("dir", 2)]


def test_variations_put_marked_leaves_first_only_with_the_terminal_mark():
    assert label_variations("a<b") == ["a&lt;b", " a&lt;b", " a<b", "a<b"]
    assert label_variations("@a<b") == [" a&lt;b", " a<b", "a&lt;b", "a<b"]
