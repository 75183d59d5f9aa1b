"""From a method's name to its answer: hand-written methods, declared reports, and calls inside the process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar, cast
from urllib.parse import unquote_plus

from tidemark.clock import Clock
from tidemark.definitions.texts import ENGLISH, LANGUAGES
from tidemark.model.access import Identity
from tidemark.model.archive import Archives, SharedArchives
from tidemark.model.audit import AuditLog, is_administrative, told
from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError, BadSegment, InvalidMethodName, InvalidToken, NoAccess, UnknownMethod
from tidemark.model.part_of_list import PartOfList
from tidemark.model.period import Period
from tidemark.model.registry import Registry
from tidemark.model.segment import parse_segment
from tidemark.model.settings import Settings
from tidemark.model.table import SITE_METADATA, DataTable, Table, TableMap, table_leaves
from tidemark.plugin import Access, Method, Plugins, ProcessedMetric, Report
from tidemark.reporting.access import check_access
from tidemark.reporting.authentication import identity_of
from tidemark.reporting.catalogue import Catalogue
from tidemark.reporting.comparison import Comparison, segment_name
from tidemark.reporting.context import CallContext, Directory
from tidemark.reporting.currencies import currency_symbol
from tidemark.reporting.dates import long_period, long_selection, short_period
from tidemark.reporting.description import is_reading
from tidemark.reporting.filters.columns import show_columns
from tidemark.reporting.formats.base import FormatOptions
from tidemark.reporting.formats.json import json_value
from tidemark.reporting.formatting import Formatter
from tidemark.reporting.language import label_translation, translated_answer
from tidemark.reporting.parameters import Parameters
from tidemark.reporting.pipeline import Pipeline, SubtableLoader
from tidemark.reporting.pivoting import Pivoting
from tidemark.reporting.request import parse_query
from tidemark.reporting.signature import Declared, bind, bound_value
from tidemark.reporting.tables import Query, apply_report, number_table, record_table

S = TypeVar("S")

_OPERATORS = ("==", "!=", ">=", "<=", ">", "<", "=@", "!@", "=^", "=$")
_SAVED_SEGMENTS = "SegmentEditor.getAll"
_SITE = Declared("idSite", "any")
_PERIOD = Declared("period", "text")
_DATE = Declared("date", "text")
SUBTABLE = Declared("idSubtable", "integer")
"""Of methods that serve nothing but subtables."""
_ANY_SUBTABLE = replace(SUBTABLE, default=None)


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Answers methods for a caller; everything it needs is given by the composition root."""

    catalogue: Catalogue
    plugins: Plugins
    archives: Archives
    directory: Directory
    clock: Clock
    services: Mapping[type, Any] = field(default_factory=dict)

    def for_call(self) -> Dispatcher:
        """The same for one call from outside and the calls that it makes."""
        archives = self.archives
        return replace(self, archives=archives.for_call()) if isinstance(archives, SharedArchives) else self

    def raw(self, name: str, context: CallContext) -> Any:
        """The answer of a method before any generic processing; queued filters hang on its tables.

        Raises:
            ApiError: unknown method, missing parameter, missing rights, or what the method itself refuses.

        """
        self._check_segment(context)
        method = self.catalogue.methods.get(name)
        report = self.catalogue.report(name, context.params)
        if method is not None:
            value = self._call(method, context)
        elif report is not None:
            value = _report_table(report, context)
        else:
            module, _, action = name.partition(".")
            raise UnknownMethod(action, module, has_module=self.catalogue.knows_module(module))
        if report is not None and isinstance(value, DataTable | TableMap):
            make_context = partial(context.table_context, report)
            apply_report(value, report, make_context, context.params.integer("idSubtable"))
        return value

    def processed(self, name: str, context: CallContext) -> Any:
        """The answer of a method after generic filters, processed metrics and the rest of the pipeline."""
        params = context.params
        if params.is_given("label") and params.flag("expanded"):
            context = context.with_params(params.without("expanded"))
        raw = self.raw(name, context)
        value = self._pipeline(name, context).process(raw)
        if isinstance(raw, PartOfList) and isinstance(value, list):
            return PartOfList(value, raw.total)
        return translated_answer(name, value, context.language) if context.language != ENGLISH else value

    def language_of(self, identity: Identity, params: Parameters) -> str:
        """The language that the call asks for, or that its caller chose, or English."""
        asked = params.raw("language")
        if asked in LANGUAGES:
            return asked
        registry: Registry | None = self.services.get(Registry)
        user = registry.user(identity.login) if registry is not None else None
        return user.language if user is not None and user.language in LANGUAGES else ENGLISH

    def service(self, kind: type[S], context: CallContext) -> S:
        """A service by its type. Raises: LookupError for one that bootstrap did not give."""
        own: dict[type, Any] = {Calls: _InnerCalls(self, context), Plugins: self.plugins}
        found = own.get(kind, self.services.get(kind))
        if found is None:
            raise LookupError(f"no service {kind.__name__}")
        return cast(S, found)

    def _call(self, method: Method, context: CallContext) -> Any:
        arguments = bind(method, context.params)
        if context.identity.no_changes and not is_reading(method.name):
            raise NoAccess(context.identity.no_changes)
        if method.access is not Access.NONE:
            sites = arguments.get(method.site_parameter)
            check_access(method.access, context.identity, sites, self.directory)
        answer = method.function(context, **arguments)
        audit = self.services.get(AuditLog)
        if audit is not None and is_administrative(method.name):
            audit.note(context.identity.login, method.name, told(arguments))
        return answer

    def _check_segment(self, context: CallContext) -> None:
        """Raises: BadSegment for a segment on what a site does not have (its custom dimensions).

        Source: Matomo 5.2, plugins/CustomDimensions (segments stand for the active dimensions of the site asked for).
        """
        registry: Registry | None = self.services.get(Registry)
        text = context.params.raw("segment")
        if not text or registry is None:
            return
        try:
            names = parse_segment(read_segment(text)).names
        except BadSegment:
            return  # what reads it tells what is wrong
        known = self.plugins.segments()
        for name in names:
            segment = known.get(name)
            if segment is None or segment.is_known_to is None:
                continue
            sites = context.sites(bound_value(_SITE, context.params, is_raw=True)).ids
            if not all(segment.is_known_to(registry, idsite) for idsite in sites):
                raise BadSegment(f"There is no segment '{name}' for every site that was asked for.")

    def _pipeline(self, name: str, context: CallContext) -> Pipeline:
        report = self.catalogue.report(name, context.params)
        subtable_method = self.catalogue.subtable_method(report) if report is not None else ""
        subtable_report = self.catalogue.report(subtable_method, {})
        is_below = context.params.integer("idSubtable") is not None

        def load(method: str, params: Parameters) -> Table:
            return cast("Table", self.processed(method, context.with_params(params)))

        return Pipeline(
            method=name,
            params=context.params,
            report=report,
            load_table=load,
            comparison=partial(self.comparison, name, context),
            label_text=label_translation(name, context.language),
            label_text_below=label_translation(subtable_method, context.language),
            pivoting=partial(self._pivoting, report, context, load),
            subtable_method=subtable_method,
            main_method=self.catalogue.main_method(report) if report is not None and is_below else "",
            subtable_dimension=subtable_report.dimension_id if subtable_report is not None else "",
            currency_symbol=partial(_currency_symbol, context),
            language=context.language,
        )

    def comparison(self, name: str, context: CallContext, params: Parameters) -> Comparison:
        """What compares the answer of a call with those that it names."""
        report = self.catalogue.report(name, params)
        sites = context.sites(bound_value(_SITE, params, is_raw=True))
        return Comparison(
            method=name,
            params=params,
            settings=context.settings,
            answer=lambda changed: self.processed(name, context.with_params(changed)),
            periods=partial(context.periods, sites),
            segment_name=partial(segment_name, saved=partial(self._saved_segments, context, sites.ids)),
            report_segment=report.segment if report is not None else "",
            language=context.language,
            sent_segment=context.sent_segment,
        )

    def _pivoting(
        self, report: Report | None, context: CallContext, load: SubtableLoader, params: Parameters
    ) -> Pivoting:
        is_of_one_site = not context.sites(bound_value(_SITE, params, is_raw=True)).is_multiple
        return Pivoting(self.catalogue, context.settings, params, report, load, is_of_one_site)

    def _saved_segments(self, context: CallContext, sites: Sequence[int]) -> list[dict[str, Any]]:
        """The saved segments that the caller may use for one site."""
        if len(sites) != 1 or not self.catalogue.knows(_SAVED_SEGMENTS) or context.identity.is_anonymous:
            return []
        found = self.raw(_SAVED_SEGMENTS, context.with_params({"idSite": str(sites[0])}))
        return list(found) if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class _InnerCalls:
    """Calls of other methods for the same caller. Implements ``tidemark.model.calls.Calls``."""

    dispatcher: Dispatcher
    context: CallContext

    def processed(self, method: str, params: Mapping[str, Any]) -> Any:
        context, asked = self.context.with_params(params), str(params.get("language", ""))
        if asked in LANGUAGES and asked != context.language:
            context = replace(context, language=asked)
        return self.dispatcher.processed(method, context)

    def answer(self, params: Mapping[str, Any]) -> Any:
        try:
            return self._json(Parameters(params))
        except ApiError as error:
            return {"result": "error", "message": error.message}

    def parameters(self, query: str) -> dict[str, Any]:
        return parse_query(query)

    def knows(self, method: str) -> bool:
        return self.dispatcher.catalogue.knows(method)

    def series_names(self, method: str, params: Mapping[str, Any]) -> Sequence[str]:
        context = self.context.with_params(params)
        return [one.name for one in self.dispatcher.comparison(method, context, context.params).series()]

    @property
    def client_ip(self) -> str:
        return self.context.client_ip

    def pretty_date(self, id_site: int, period: str, date: str) -> str:
        return long_selection(self.context.query(id_site, period, date).periods, self.context.language)

    def pretty_period(self, period: Period) -> str:
        return long_period(period, self.context.language)

    def short_period(self, period: Period) -> str:
        return short_period(period, self.context.language)

    def currency_symbol(self, id_site: int) -> str:
        return _currency_symbol(self.context, DataTable(metadata={SITE_METADATA: id_site}))

    def pretty_value(self, column: str, value: Any, table: DataTable) -> Any:
        return Formatter(_currency_symbol(self.context, table), self.context.language).by_name(column, value)

    def _json(self, params: Parameters) -> Any:
        identity = self.context.identity
        token = params.raw("token_auth")
        if token and token != self.context.params.raw("token_auth"):
            identity = identity_of(self.dispatcher.directory, token)
            if identity.is_post_only:  # it stands in an address here
                raise InvalidToken
        method = params.raw("method")
        check_name(method)
        params = with_client_defaults(params, self.context.settings)
        context = replace(
            self.context, identity=identity, params=params, language=self.dispatcher.language_of(identity, params)
        )
        value = self.dispatcher.processed(method, context)
        options = FormatOptions(
            with_subtables=params.flag("expanded"), hide_subtable_ids=params.flag("hideIdSubDatable")
        )
        return {"result": "success", "message": "ok"} if value is None else json_value(value, options)


def with_client_defaults(params: Parameters, settings: Settings) -> Parameters:
    """The parameters of a call from outside: cut to the default limit, with rates as text, unless asked otherwise.

    Source: Matomo 5.2, generic parameters, filter_limit and format_metrics.
    """
    defaults: dict[str, Any] = {}
    if not params.is_given("filter_limit"):
        defaults["filter_limit"] = settings.number("General.API_datatable_default_limit")
    if not params.is_given("format_metrics"):
        defaults["format_metrics"] = "bc"
    return params.without(**defaults) if defaults else params


def check_name(name: str) -> None:
    """Refuse what cannot be a method's name. Raises: InvalidMethodName."""
    plugin, dot, action = name.partition(".")
    if not dot or not plugin or not action or "." in action:
        raise InvalidMethodName(name)


def read_segment(text: str) -> str:
    """The segment expression of a call; one that was URL-encoded twice is decoded once more.

    Source: Matomo 5.2, generic parameters, "segment".
    """
    if "%" in text and not any(operator in text for operator in _OPERATORS):
        return unquote_plus(text)
    return text


def _report_table(report: Report, context: CallContext) -> Table:
    """The table that a report declares, before its filters."""
    params = context.params
    id_site, period, date = (bound_value(declared, params, is_raw=True) for declared in (_SITE, _PERIOD, _DATE))
    if report.search is not None:
        value = bound_value(Declared(report.search.parameter, "text"), params, is_raw=True)
        return context.search_table(report, _query(context, id_site, period, date), value)
    query = _query(context, id_site, period, date)
    subtable = bound_value(SUBTABLE if report.is_subtable else _ANY_SUBTABLE, params, is_raw=True)
    if report.record is None:
        return _number_report(report, context, query)
    return record_table(
        context.archives,
        report.record.name,
        query,
        idsubtable=subtable,
        expanded=loads_expanded(params, report),
        depth=params.integer("depth"),
    )


def _query(context: CallContext, id_site: Any, period: str, date: str) -> Query:
    return context.query(id_site, period, date, read_segment(context.params.raw("segment")))


def loads_expanded(params: Parameters, report: Report) -> bool:
    """Whether subtables have to come along with their tables."""
    searches_below = params.is_given("filter_pattern_recursive") and not params.flag("flat")
    return (params.flag("expanded") and report.is_expandable) or params.flag("flat") or searches_below


def _number_report(report: Report, context: CallContext, query: Query) -> Table:
    """One row of numbers; with the parameter ``columns`` only those, in the order asked for.

    All numbers are read when a column is asked for that only the report's filters know how to make.
    """
    wanted = context.params.words("columns")
    if not wanted:
        return number_table(context.archives, report.numbers, query)
    needed = _needed_columns(wanted, report.processed)
    if all(name in report.numbers for name in needed):
        numbers: Mapping[str, str] = {name: report.numbers[name] for name in needed}
    else:
        numbers = report.numbers
    table = number_table(context.archives, numbers, query)
    for leaf in table_leaves(table):
        leaf.queue(partial(show_columns, columns=frozenset(wanted)))
    return table


def _needed_columns(wanted: list[str], processed: tuple[ProcessedMetric, ...]) -> list[str]:
    """The columns asked for, a processed metric replaced by those that it is computed from."""
    needs = {metric.name: metric.needs for metric in processed}
    columns: dict[str, None] = {}
    for name in wanted:
        columns.update(dict.fromkeys(_needed_columns(list(needs[name]), processed) if name in needs else [name]))
    return list(columns)


def _currency_symbol(context: CallContext, table: DataTable) -> str:
    """The currency of the table's site; a table of several sites has that of the site which the call names.

    Source: Matomo 5.2, core/Metrics/Formatter.
    """
    idsite = table.metadata.get(SITE_METADATA) or context.params.integer("idSite", 0)
    site = context.dispatcher.directory.site(idsite or 0)
    return currency_symbol(site.currency if site is not None else "USD")
