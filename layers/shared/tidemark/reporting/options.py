"""What a call's parameters mean for its format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import tzinfo
from functools import partial

from tidemark.definitions.texts import translated
from tidemark.model.errors import ApiError
from tidemark.model.table import LABEL, SITE_METADATA, DataTable
from tidemark.plugin import Plugins, Report
from tidemark.reporting.context import CallContext, zone_of
from tidemark.reporting.dates import long_selection
from tidemark.reporting.formats.base import FormatOptions
from tidemark.reporting.formats.csv import OWN_TEXTS
from tidemark.reporting.formats.json import is_callback
from tidemark.reporting.parameters import Parameters


def bare_options(params: Parameters) -> FormatOptions:
    """The options that need no look at sites or reports; enough for errors."""
    return FormatOptions(
        method=params.raw("method"),
        with_subtables=params.integer("expanded", 0) != 0,
        hide_subtable_ids=params.integer("hideIdSubDatable", 0) != 0,
        callback=_callback(params),
        convert_to_unicode=params.integer("convertToUnicode", 1) != 0,
        serialize=params.integer("serialize", 0) != 0,
    )


def full_options(context: CallContext, report: Report | None, base_url: str) -> FormatOptions:
    """The options of an answer. Columns of single pages stay as they are: no metadata describe those reports."""
    params = context.params
    bare = bare_options(params)
    translates = params.integer("translateColumnNames", 0) != 0 and (report is None or report.search is None)
    return FormatOptions(
        method=bare.method,
        with_subtables=bare.with_subtables,
        hide_subtable_ids=bare.hide_subtable_ids,
        callback=bare.callback,
        convert_to_unicode=bare.convert_to_unicode,
        serialize=bare.serialize,
        column_name=_translator(context, report) if translates else bare.column_name,
        translates_columns=translates,
        file_name=_file_name(context, report),
        link=f"{base_url}?module=CoreHome&action=index&idSite={params.raw('idSite')}&period={params.raw('period')}",
        site_name=partial(_site_name, context),
        zone=partial(_zone, context),
        now=context.now,
    )


def _callback(params: Parameters) -> str:
    name = params.raw("callback") or params.raw("jsoncallback")
    return name if is_callback(name) else ""


def _translator(context: CallContext, report: Report | None) -> Callable[[str], str]:
    """What names columns in the call's language; other texts stay as they are."""
    plugins = context.dispatcher.plugins
    names = {LABEL: "Label", "date": "Date", **{text: text for text in OWN_TEXTS}}
    for name, label in _metric_names(plugins):
        names.setdefault(name, label)
    for one in plugins.reports():
        if one.dimension_id:
            names.setdefault(one.dimension_id.replace(".", "_"), one.dimension)
    if report is not None:
        names |= {metric.name: metric.label for metric in report.processed}
    return lambda name: translated(names[name], context.language) if name in names else name


def _metric_names(plugins: Plugins) -> Iterable[tuple[str, str]]:
    for plugin in plugins.all:
        for metric in plugin.metrics:
            yield metric.name, metric.label
    for report in plugins.reports():
        for processed in report.processed:
            yield processed.name, processed.label


def _file_name(context: CallContext, report: Report | None) -> str:
    """Export _ <report> _ <date>.csv, without what the call does not name."""
    params = context.params
    if not params.is_given("period") or not params.is_given("date") or not params.is_given("idSite"):
        return "Export.csv"
    try:
        periods = context.query(params["idSite"], params.raw("period"), params.raw("date")).periods
    except ApiError:
        return "Export.csv"
    return f"Export _ {report.name if report is not None else ''} _ {long_selection(periods, context.language)}.csv"


def _site_name(context: CallContext, table: DataTable) -> str:
    site = context.dispatcher.directory.site(table.metadata.get(SITE_METADATA, 0))
    return site.name if site is not None else ""


def _zone(context: CallContext, table: DataTable) -> tzinfo:
    site = context.dispatcher.directory.site(table.metadata.get(SITE_METADATA, 0))
    return zone_of(site.timezone if site is not None else "UTC")
