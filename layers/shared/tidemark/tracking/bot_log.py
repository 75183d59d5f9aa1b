"""The log of bots: their hits are no visits, but kept with their name and category.

Key: bots/site=<id>/date=<UTC date>/<name>.parquet; the name is a hash of the ids of the hits inside, so that the same
batch delivered twice writes the same object. Hits that come again in another batch have the same id again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from tidemark.model.hit import Column
from tidemark.tracking.draft import Draft
from tidemark.tracking.hit_log import HitFile, batch_name
from tidemark.tracking.parameters import text
from tidemark.tracking.urls import page_url

BOTS_PREFIX: Final = "bots/"
BOT_REASONS: Final = ("bot", "bot_address")
AI_CATEGORIES: Final = "AI "
"""How the categories of crawlers and agents of artificial intelligence begin."""

COLUMNS: Final = (
    Column("hit_id", "string", "unique; duplicates by redelivery carry the same"),
    Column("idsite", "int32"),
    Column("server_time", "int64", "unix seconds"),
    Column("name", "string", "the bot's; empty if only its address gave it away"),
    Column("category", "string", "Search bot, AI Data Scraper, Site Monitor …"),
    Column("is_ai", "bool", "a crawler, assistant or agent of artificial intelligence"),
    Column("reason", "string", "bot, or bot_address"),
    Column("url", "string", "page, excluded parameters taken out"),
)
"""No address and no user agent: nothing that could be a person's."""


def bot_row(draft: Draft, reason: str) -> dict[str, Any]:
    """The line of a hit that was dropped because a bot sent it."""
    client = draft.client
    return {
        "hit_id": draft.hit_id,
        "idsite": draft.site.idsite,
        "server_time": draft.server_time,
        "name": client.bot_name,
        "category": client.bot_category,
        "is_ai": client.bot_category.startswith(AI_CATEGORIES),
        "reason": reason,
        "url": page_url(text(draft.given, "url"), draft.rules.url),
    }


def bot_files(rows: Iterable[Mapping[str, Any]]) -> list[HitFile]:
    """The lines by site and UTC day, in order of time and id."""
    groups: dict[tuple[int, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        day = datetime.fromtimestamp(row["server_time"], UTC).date().isoformat()
        groups.setdefault((row["idsite"], day), []).append(row)
    return [_file(idsite, day, members) for (idsite, day), members in sorted(groups.items())]


def _file(idsite: int, day: str, members: Sequence[Mapping[str, Any]]) -> HitFile:
    ordered = sorted(members, key=lambda row: (row["server_time"], row["hit_id"]))
    return HitFile(f"{BOTS_PREFIX}site={idsite}/date={day}/{batch_name(ordered)}.parquet", ordered)
