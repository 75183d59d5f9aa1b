"""Which interactions with contents count. Source: Matomo 5.2, plugins/Contents/RecordBuilders."""

from __future__ import annotations

from datetime import date

from tests.support.archives import archives_of
from tidemark.model.hit import ActionType
from tidemark.model.period import Period
from tidemark.plugins.contents import PLUGIN

DAY = date(2024, 3, 5)


def content(position, name, piece, interaction=None):
    return {
        "action_type": ActionType.CONTENT,
        "idvisit": 1,
        "visitor_id": 1,
        "position": position,
        "content_name": name,
        "content_piece": piece,
        "content_interaction": interaction,
    }


def interactions(actions, name):
    """Interactions by label, with those of the subtable."""
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, DAY, {"visits": [{"idvisit": 1, "visitor_id": 1}], "actions": actions})
        table = bench.room.reader.table(1, Period.day(DAY), name, expanded=True)
    return {
        row.label: (row.get("nb_interactions"), {one.label: one.get("nb_interactions") for one in row.subtable or ()})
        for row in table
    }


ACTIONS = [
    content(1, "Banner", "a.png"),
    content(2, "Banner", "a.png", "click"),
    content(3, "Banner", "b.png", "click"),
    content(4, "Teaser", "c.png", "click"),
]


def test_an_interaction_counts_where_its_name_was_shown_whatever_the_piece():
    assert interactions(ACTIONS, "Contents_name_piece") == {"Banner": (2, {"a.png": 1, "b.png": 1})}


def test_an_interaction_counts_where_its_piece_was_shown():
    assert interactions(ACTIONS, "Contents_piece_name") == {"a.png": (1, {"Banner": 1})}


def test_an_interaction_without_a_piece_counts_at_its_name_only():
    actions = [content(1, "Banner", ""), content(2, "Banner", "", "click")]
    assert interactions(actions, "Contents_name_piece") == {"Banner": (1, {})}
    assert interactions(actions, "Contents_piece_name") == {"Contents_ContentPieceNotSet": (0, {"Banner": 0})}
