"""Methods of Referrers that put several tables together."""

from __future__ import annotations

from functools import partial

from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError
from tidemark.model.hit import ReferrerType
from tidemark.model.rounding import quotient
from tidemark.model.table import LABEL, DataTable, Row, Table, TableMap, table_leaves
from tidemark.plugin import Access, Context, method, number
from tidemark.plugin.filters import merge_row
from tidemark.plugins.referrers.records import DISTINCT, SOCIAL_NETWORKS, TYPES, VISITS_FROM

SUBTABLES = {
    ReferrerType.SEARCH_ENGINE.value: "Referrers.getKeywords",
    ReferrerType.SOCIAL_NETWORK.value: "Referrers.getSocials",
    ReferrerType.WEBSITE.value: "Referrers.getWebsites",
    ReferrerType.CAMPAIGN.value: "Referrers.getCampaigns",
}
"""The method whose table lies below a channel."""
NUMBERS_OF_ALL = (*VISITS_FROM, *DISTINCT)
_ALL_ROWS = {"disable_generic_filters": 1}


def _check_single_site(table: Table, name: str) -> None:
    if isinstance(table, TableMap) and table.key_name == "idSite":
        raise ApiError(f"Referrers.{name} answers for one site only.")


@method("Referrers.get", Access.VIEW)
def get(
    ctx: Context, idSite: str, period: str, date: str, segment: str = "", columns: list[str] | None = None
) -> Table:
    """Visits by channel and how many different sources there were; `columns` restricts them.

    Of several dates, the shares are those of the visits of all dates together.

    Raises: ApiError for several sites.
    Source: Matomo 5.2, plugins/Referrers/API.
    """
    wanted = columns or ()
    names = list(dict.fromkeys((*(name for name in wanted if name in NUMBERS_OF_ALL), *NUMBERS_OF_ALL)))
    table = ctx.number_table({name: name for name in names}, idSite, period, date, segment)
    _check_single_site(table, "get")
    leaves = list(table_leaves(table))
    visits = sum(number(row.columns, name) for leaf in leaves for row in leaf for name in VISITS_FROM)
    for leaf in leaves:
        if isinstance(table, TableMap):
            leaf.queue(partial(_set_shares, visits=visits))
        if wanted:
            leaf.queue(partial(_keep, names=frozenset(wanted)))
    return table


@method("Referrers.getReferrerType", Access.VIEW)
def get_referrer_type(
    ctx: Context,
    idSite: str,
    period: str,
    date: str,
    segment: str = "",
    typeReferrer: str = "",
    idSubtable: str = "",
    expanded: bool = False,
    _setReferrerTypeLabel: bool = True,
) -> Table:
    """Visits by channel; the subtable of a channel (its number is the id) is the table of another method.

    Raises: ApiError for several sites.
    """
    table = ctx.record_table(TYPES.name, idSite, period, date, segment)
    _check_single_site(table, "getReferrerType")
    asked = {"idSite": idSite, "period": period, "date": date, "segment": segment}
    if idSubtable.isdigit() and int(idSubtable) in SUBTABLES:
        return _without_subtables(ctx.call(SUBTABLES[int(idSubtable)], **asked))
    for leaf in table_leaves(table):
        if typeReferrer not in {"", "0", "false"}:
            leaf.rows = [row for row in leaf.rows if str(row.label) == typeReferrer]
        for row in leaf.rows:
            channel = int(row.label)
            if channel in SUBTABLES:
                row.subtable_id = channel
                if expanded and not isinstance(table, TableMap):
                    named = ctx.service(Calls).processed(SUBTABLES[channel], asked | _ALL_ROWS)
                    row.subtable = _without_subtables(named)
    return table


@method("Referrers.getAll", Access.VIEW)
def get_all(ctx: Context, idSite: str, period: str, date: str, segment: str = "") -> DataTable:
    """Keywords, networks, websites and campaigns in one table; `referer_type` tells them apart.

    Raises: ApiError for several sites or dates.
    """
    channels = ctx.call(
        "Referrers.getReferrerType",
        idSite=idSite,
        period=period,
        date=date,
        segment=segment,
        expanded=1,
        _setReferrerTypeLabel=0,
    )
    if isinstance(channels, TableMap):
        raise ApiError("Referrers.getAll answers for one site and one date only.")
    merged: DataTable = channels.empty_copy()
    for channel in channels.rows:
        if channel.subtable is None:
            continue
        for row in channel.subtable.rows:
            row.metadata["referer_type"] = channel.label
            merged.rows.append(row)
        _add_summary(merged, channel.subtable.summary_row)
    return merged


@method("Referrers.getUrlsForSocial", Access.VIEW)
def get_urls_for_social(
    ctx: Context, idSite: str, period: str, date: str, segment: str = "", idSubtable: int = 0
) -> Table:
    """URLs of a social network, or of all of them."""
    if idSubtable:
        return ctx.record_table(SOCIAL_NETWORKS.name, idSite, period, date, segment, idSubtable=idSubtable)
    table = ctx.record_table(SOCIAL_NETWORKS.name, idSite, period, date, segment, expanded=True)
    for leaf in table_leaves(table):
        networks, leaf.rows = leaf.rows, []
        leaf.summary_row = None
        for network in networks:
            if network.subtable is not None:
                leaf.rows += network.subtable.rows
                _add_summary(leaf, network.subtable.summary_row)
    return table


def _set_shares(table: DataTable, visits: float) -> None:
    for row in table:
        for name in VISITS_FROM:
            if f"{name}_percent" in row.columns:
                row.columns[f"{name}_percent"] = quotient(number(row.columns, name), visits, 2)


def _keep(table: DataTable, names: frozenset[str]) -> None:
    table.keep_columns(names.__contains__)


def _without_subtables(table: DataTable) -> DataTable:
    for row in table:
        row.subtable_id = row.subtable = None
    return table


def _add_summary(table: DataTable, added: Row | None) -> None:
    if added is None:
        return
    if table.summary_row is None:
        table.summary_row = Row({LABEL: added.label})
    merge_row(table.summary_row, added, {})
