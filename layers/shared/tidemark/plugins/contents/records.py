"""Impressions and interactions by content name and piece. Source: Matomo 5.2, records."""

from __future__ import annotations

from tidemark.model.hit import ActionType
from tidemark.plugin import (
    Expression,
    Limit,
    Measure,
    Part,
    Record,
    Segment,
    Source,
    call,
    col,
    count,
    distinct,
    total,
)

PIECE_NOT_SET = "Contents_ContentPieceNotSet"
IS_CONTENT = col("action_type").eq(ActionType.CONTENT) & col("content_name").not_null()
IS_IMPRESSION = IS_CONTENT & col("content_interaction").is_null()
IS_INTERACTION = IS_CONTENT & col("content_interaction").not_null()
LIMIT = Limit(
    "General.datatable_archiving_maximum_rows_actions", "General.datatable_archiving_maximum_rows_subtable_actions"
)

IMPRESSIONS: tuple[Measure, ...] = (
    distinct("nb_uniq_visitors", col("visitor_id"), "sum_daily_nb_uniq_visitors"),
    distinct("nb_visits", col("idvisit")),
    count("nb_impressions"),
    total("nb_interactions", col("position") * 0),  # every impression starts with none
)
INTERACTIONS: tuple[Measure, ...] = (count("nb_interactions"),)

NAME = call("nullif", col("content_name"), "")
PIECE = call("nullif", col("content_piece"), "")
PIECE_OR_NOT = call("coalesce", PIECE, PIECE_NOT_SET)
GRAIN = (col("content_piece"), col("content_target"), col("content_name"))


def _record(name: str, main: Expression, sub: Expression, interacted: Expression) -> Record:
    """Interactions with what was not shown that day (by its main label `interacted`) do not count."""
    return Record(
        name,
        (
            Part(Source.ACTIONS, (main, sub, *GRAIN), IMPRESSIONS, IS_IMPRESSION, levels=2),
            Part(Source.ACTIONS, (interacted, sub), INTERACTIONS, IS_INTERACTION, joins_only=True, joined_levels=1),
        ),
        limit=LIMIT,
    )


BY_NAME = _record("Contents_name_piece", NAME, PIECE, NAME)
BY_PIECE = _record("Contents_piece_name", PIECE_OR_NOT, NAME, PIECE)
RECORDS: tuple[Record, ...] = (BY_PIECE, BY_NAME)

SEGMENTS: tuple[Segment, ...] = (
    Segment("contentName", "Content Name", "Behaviour", col("content_name"), "actions"),
    Segment("contentPiece", "Content Piece", "Behaviour", col("content_piece"), "actions"),
    Segment("contentTarget", "Content Target", "Behaviour", col("content_target"), "actions"),
    Segment("contentInteraction", "Content Interaction", "Behaviour", col("content_interaction"), "actions"),
)
