"""Reports about contents."""

from __future__ import annotations

from typing import Any

from tidemark.model.table import DataTable
from tidemark.plugin import Metric, Record, Report, TableContext, ratio, relabel, segment_value
from tidemark.plugins.contents.records import BY_NAME, BY_PIECE, PIECE_NOT_SET

PIECE_NOT_DEFINED = "Content Piece not defined"

METRICS: tuple[Metric, ...] = (
    Metric("nb_impressions", "Impressions", documentation="How often it was shown."),
    Metric("nb_interactions", "Content Interactions", documentation="How often people did something with it."),
)
INTERACTION_RATE = ratio(
    "interaction_rate",
    "Interaction Rate",
    "nb_interactions",
    "nb_impressions",
    digits=4,
    type="percent",
    documentation="How many interactions there were per impression.",
)


def _known(label: Any) -> Any:
    return None if label == PIECE_NOT_SET else label


def segments_of_main_rows(table: DataTable, context: TableContext) -> None:
    """Rows of the main table get their segments, those of subtables none."""
    if not context.idsubtable:
        segment_value(_known)(table, context)


def _report(
    action: str, name: str, dimension_id: str, segment: str, *, record: Record, order: int, about: str
) -> Report:
    return Report(
        f"Contents.{action}",
        name,
        "Actions",
        "Contents",
        record=record,
        dimension=name,
        dimension_id=f"Contents.{dimension_id}",
        segment=segment,
        metrics=("nb_impressions", "nb_interactions"),
        processed=(INTERACTION_RATE,),
        filters=(
            segments_of_main_rows,
            relabel(lambda label: PIECE_NOT_DEFINED if label == PIECE_NOT_SET else label),
        ),
        order=order,
        load_subtables=f"Contents.{action}",
        is_expandable=False,
        documentation=about,
    )


REPORTS: tuple[Report, ...] = (
    _report(
        "getContentNames",
        "Content Name",
        "ContentName",
        "contentName",
        record=BY_NAME,
        order=35,
        about="Which contents were shown and used.",
    ),
    _report(
        "getContentPieces",
        "Content Piece",
        "ContentPiece",
        "contentPiece",
        record=BY_PIECE,
        order=36,
        about="Which pieces of contents (pictures, videos) were shown and used.",
    ),
)
