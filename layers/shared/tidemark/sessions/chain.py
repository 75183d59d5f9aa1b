"""What every hit of a visit knows of the hits sent before it: the page before, the time since, the place.

Source: Matomo 5.2, tracking behaviour, sections 6 and 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import given
from tidemark.model.hit import ActionType
from tidemark.sessions.cuts import COUNTED
from tidemark.sessions.recognition import Recognised
from tidemark.sessions.vectors import Runs, count_so_far, is_one_of, last_before, running_max, within


@dataclass(frozen=True, slots=True)
class Chain:
    """Columns over the rows of `recognised`, in its order."""

    recognised: Recognised
    kind: pa.UInt8Array
    """ActionType; NONE for pings."""
    time: pa.Int64Array
    is_ping: pa.BooleanArray
    is_page: pa.BooleanArray
    is_search: pa.BooleanArray
    is_action: pa.BooleanArray
    """Whether it is a row of the actions table."""
    is_counted: pa.BooleanArray
    """Whether it adds to visit_total_actions."""
    is_interaction: pa.BooleanArray
    """A page view or search: what entry, exit and previous page are about."""
    is_named: pa.BooleanArray
    """An interaction with a title or keyword; one without leaves the name of the exit page as it was."""
    last_action: pa.Int64Array
    """Time of the visit's last action before this hit, not counting pings; NULL for the first."""
    page_before: pa.Int64Array
    """Row of the last interaction before; NULL if there is none."""
    name_before: pa.Int64Array
    """Row of the last named interaction before."""
    interactions: pa.Int64Array
    """Interactions up to and including this hit."""
    pages: pa.Int64Array
    """Page views up to and including this hit."""

    @property
    def runs(self) -> Runs:
        """The visits."""
        return self.recognised.runs


def chain_of(recognised: Recognised) -> Chain:
    """The chained hits of all visits."""
    runs = recognised.runs
    is_ping = pc.fill_null(recognised.column("is_ping"), False)
    kind = pc.fill_null(recognised.column("action_type"), int(ActionType.NONE))
    kind = pc.if_else(is_ping, pa.scalar(int(ActionType.NONE), pa.uint8()), kind)
    is_page = pc.equal(kind, int(ActionType.PAGE))
    is_search = pc.equal(kind, int(ActionType.SEARCH))
    is_interaction = pc.or_(is_page, is_search)
    has_title, has_keyword = given(recognised.column("title")), given(recognised.column("search_keyword"))
    is_named = pc.or_(pc.and_(is_page, has_title), pc.and_(is_search, has_keyword))
    return Chain(
        recognised=recognised,
        kind=kind,
        time=recognised.time,
        is_ping=is_ping,
        is_page=is_page,
        is_search=is_search,
        is_action=pc.not_equal(kind, int(ActionType.NONE)),
        is_counted=is_one_of(kind, COUNTED),
        is_interaction=is_interaction,
        is_named=is_named,
        last_action=within(running_max(recognised.time, pc.invert(is_ping), runs), runs),
        page_before=last_before(is_interaction, runs),
        name_before=last_before(is_named, runs),
        interactions=count_so_far(is_interaction, runs),
        pages=count_so_far(is_page, runs),
    )


def time_since_action(chain: Chain) -> pa.Int64Array:
    """Seconds since the visit's last action, at least 0 (and less than a visit's length, or it would have ended)."""
    return pc.max_element_wise(pc.fill_null(pc.subtract(chain.time, chain.last_action), 0), 0)
