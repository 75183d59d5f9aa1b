"""The OpenAPI 3.1 description of the reporting API, generated from the methods of the active plugins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from tidemark import __version__
from tidemark.definitions.texts import LANGUAGES
from tidemark.model.media import PNG
from tidemark.reporting.catalogue import Catalogue
from tidemark.reporting.description import Answer, Description, describe_methods
from tidemark.reporting.formats.registry import FORMATS
from tidemark.reporting.signature import Declared

Document = dict[str, Any]

REPORTS: Final = "/api/v1/sites/{idSite}/reports"
METHODS: Final = "/api/v1/methods"
_KINDS: Final[dict[str, Document]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "flag": {"type": "integer", "enum": [0, 1]},
    "list": {"type": "string", "description": "Several with commas between them."},
    "integers": {"type": "string", "description": "Several with commas between them.", "pattern": "^[0-9, ]*$"},
    "map": {"type": "string", "description": "A JSON object."},
    "any": {"type": "string"},
}
_DAY: Final = "([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|now|today|yesterday|last(Week|Month|Year))"
_DATE: Final = f"^({_DAY}|{_DAY},{_DAY}|(last|previous)[0-9]{{1,4}})$"
_KNOWN: Final[dict[str, Document]] = {
    "idSite": {
        "type": "string",
        "pattern": "^(all|[0-9]{1,9}(,[0-9]{1,9})*)$",
        "description": "A site's number, several with commas, or all.",
        "examples": ["1"],
    },
    "period": {"type": "string", "enum": ["day", "week", "month", "year", "range"]},
    "date": {
        "type": "string",
        "pattern": _DATE,
        "description": "YYYY-MM-DD, today, yesterday, lastN, previousN, or two dates with a comma.",
        "examples": ["yesterday", "last7", "2026-01-01,2026-01-31"],
    },
    "segment": {
        "type": "string",
        "description": "Only visits that meet this expression.",
        "examples": ["countryCode==de"],
    },
}
_FLAG: Final[Document] = {"type": "integer", "enum": [0, 1]}
_TEXT: Final[Document] = {"type": "string"}
_TEXTS: Final[Document] = {"type": "array", "items": {"type": "string"}}
_COUNT: Final[Document] = {"type": "integer", "minimum": 0}
_GENERIC: Final[tuple[tuple[str, Document, str], ...]] = (
    ("filter_limit", {"type": "integer", "minimum": -1}, "Rows at most; -1 for all, 100 if not given."),
    ("filter_offset", _COUNT, "Rows to skip."),
    ("filter_truncate", _COUNT, "Rows to keep; the others are summed in one."),
    ("keep_summary_row", _FLAG, "Keep the row of the others behind the limit."),
    ("filter_sort_column", _TEXT, "Column to sort by."),
    ("filter_sort_order", {"type": "string", "enum": ["asc", "desc"]}, "Direction of sorting."),
    ("filter_column", _TEXT, "Column that filter_pattern looks at, the label if not given."),
    ("filter_pattern", _TEXT, "Keep rows whose column this regular expression matches."),
    ("labels_as_shown", _FLAG, "Search and sort by labels as people see them, not as they are stored."),
    ("filter_column_recursive", _TEXT, "Column that filter_pattern_recursive looks at."),
    ("filter_pattern_recursive", _TEXT, "Keep rows that match, or that have such rows below them."),
    ("filter_excludelowpop", _TEXT, "Leave out rows with little in this column."),
    ("filter_excludelowpop_value", {"type": "number"}, "What is little; 0 for 2 percent of the sum."),
    ("filter_add_columns_when_show_all_columns", _FLAG, "Add rates of visits; 1: only rows with visits."),
    ("filter_update_columns_when_show_all_goals", _TEXT, "Add columns of goals."),
    ("filter_show_goal_columns_process_goals", _TEXT, "Goals that get columns, with commas between them."),
    ("disable_generic_filters", _FLAG, "Neither search, sort nor cut."),
    ("disable_queued_filters", _FLAG, "Leave labels as they are stored."),
    ("showColumns", _TEXT, "Keep only these columns."),
    ("hideColumns", _TEXT, "Leave these columns out."),
    ("hideColumnsRecursively", _FLAG, "Leave them out below, too."),
    ("showRawMetrics", _FLAG, "Keep columns that only serve to compute others."),
    ("totals", _FLAG, "Compute totals."),
    ("label", _TEXT, "Keep the row with this label; > leads into subtables."),
    ("labelSeries", {"type": "string", "pattern": "^[0-9,]*$"}, "Which compared series stands for each label."),
    ("labelFilterAddLabelIndex", _FLAG, "Number the rows by the labels asked for."),
    ("format_metrics", {"type": "string", "enum": ["0", "1", "bc", "all"]}, "Which numbers become text."),
    ("expanded", _FLAG, "With the rows of subtables."),
    ("depth", _COUNT, "Levels of subtables at most."),
    ("flat", _FLAG, "One level: labels of subtables behind those of their rows."),
    ("include_aggregate_rows", _FLAG, "With the rows above them, too."),
    ("hideIdSubDatable", _FLAG, "Without the numbers of subtables."),
    ("translateColumnNames", _FLAG, "Readable names of columns in tables of text."),
    ("convertToUnicode", _FLAG, "Tables of text in UTF-16, which Excel reads; 0 for UTF-8."),
    ("pivotBy", _TEXT, "Dimension whose rows become columns."),
    ("pivotByColumn", _TEXT, "Metric that a pivoted report shows."),
    ("pivotByColumnLimit", {"type": "integer", "minimum": -1}, "Columns at most; the others are summed."),
    ("compare", _FLAG, "Put rows of other segments and periods beside each row."),
    ("compareSegments[]", _TEXTS, "Segments to compare with."),
    ("comparePeriods[]", _TEXTS, "Periods to compare with."),
    ("compareDates[]", _TEXTS, "Their dates, in the same order."),
    ("invert_compare_change_compute", _FLAG, "Tell at the first of two periods by how much it differs."),
    ("comparisonIdSubtables", _TEXT, "JSON list: the number of each series' subtable."),
    ("language", {"type": "string", "enum": [*LANGUAGES]}, "Language of names and labels."),
)
_REFUSALS: Final = ("400", "401", "404", "405")
_TYPES: Final = ("text/xml", "text/html", "text/plain", "application/vnd.ms-excel")
_SCHEMAS: Final[Document] = {
    "Error": {
        "type": "object",
        "required": ["result", "message"],
        "properties": {"result": {"const": "error"}, "message": {"type": "string"}},
        "additionalProperties": False,
    },
    "Done": {
        "type": "object",
        "required": ["result", "message"],
        "properties": {"result": {"const": "success"}, "message": {"type": "string"}},
    },
    "Value": {"type": "object", "required": ["value"], "properties": {"value": {}}},
    "Row": {"type": "object", "additionalProperties": True},
    "Table": {
        "description": "Rows; for one row of numbers an object; for several sites or dates an object of such by key.",
        "anyOf": [{"type": "array", "items": {"$ref": "#/components/schemas/Row"}}, {"type": "object"}],
    },
    "List": {"type": ["array", "object"]},
    "Map": {"description": "An object; an empty one is an empty array.", "type": ["object", "array"]},
    "Any": {"type": ["object", "array"]},
}
_SCHEMA_OF: Final[dict[Answer, str]] = {
    "table": "Table",
    "list": "List",
    "map": "Map",
    "value": "Value",
    "done": "Done",
    "any": "Any",
}
_PICTURE: Final = "Picture"


def describe_api(catalogue: Catalogue) -> Document:
    """The whole description."""
    methods = describe_methods(catalogue)
    paths: Document = {}
    for method in methods:
        if method.is_report and method.is_of_period:
            paths[f"{REPORTS}/{method.plugin}/{method.action}"] = {"get": _report_operation(method)}
    for method in methods:
        operations = {"post": _form_operation(method)}
        if method.is_reading:
            operations = {"get": _query_operation(method), **operations}
        paths[f"{METHODS}/{method.plugin}/{method.action}"] = operations
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tidemark reporting API",
            "version": __version__,
            "description": (
                "Every method of the reporting API, by its own address. Errors have the shape of Error and a status "
                "that tells their kind. The same methods answer at /index.php?module=API&method=Plugin.method in "
                "Matomo's way, where the status of most errors is 200."
            ),
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"token": []}, {}],
        "tags": [{"name": name} for name in dict.fromkeys(method.plugin for method in methods)],
        "paths": paths,
        "components": {
            "schemas": _SCHEMAS,
            "responses": _responses(),
            "parameters": {
                "format": _parameter("format", {"type": "string", "enum": list(FORMATS), "default": "json"}),
                **{_component(name): _parameter(name, schema, text) for name, schema, text in _GENERIC},
            },
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A user's API token."},
                "token": {"type": "apiKey", "in": "query", "name": "token_auth"},
            },
        },
    }


def _report_operation(method: Description) -> Document:
    """A report by its site's address."""
    own = [one for one in method.parameters if one.name != "idSite"]
    generic = [
        _reference("parameters", _component(name)) for name, *_ in _GENERIC if name not in {one.name for one in own}
    ]
    parameters = [_site_parameter(), *_parameters(own), *generic, _format()]
    return _operation(method, "report", parameters)


def _query_operation(method: Description) -> Document:
    return _operation(method, "get", [*_parameters(method.parameters), _format()])


def _form_operation(method: Description) -> Document:
    properties = {one.name: _schema(one) for one in method.parameters}
    required = [one.name for one in method.parameters if one.is_required]
    form: Document = {"type": "object", "properties": properties, **({"required": required} if required else {})}
    body = {"content": {"application/x-www-form-urlencoded": {"schema": form}}, "required": bool(required)}
    return {**_operation(method, "post", [_format()]), "requestBody": body}


def _operation(method: Description, prefix: str, parameters: Sequence[Document]) -> Document:
    is_revalidated = prefix == "report" or (prefix == "get" and method.is_of_period)
    return {
        "operationId": f"{prefix}_{method.plugin}_{method.action}",
        "summary": method.summary,
        "description": f"Needs: {method.access.value}.",
        "tags": [method.plugin],
        "parameters": list(parameters),
        "responses": {
            "200": _reference("responses", _SCHEMA_OF.get(method.answer, _PICTURE)),
            **({"304": _reference("responses", "Unchanged")} if is_revalidated else {}),
            **{status: _reference("responses", "Error") for status in _REFUSALS},
        },
    }


def _responses() -> Document:
    """What all operations answer with, by kind."""
    answers = {
        name: {"description": "The answer", "content": _contents(_reference("schemas", name))}
        for name in _SCHEMA_OF.values()
    }
    return {
        **answers,
        _PICTURE: {"description": "The picture", "content": {PNG: {}}},
        "Unchanged": {"description": "Nothing changed since the answer with that ETag"},
        "Error": {
            "description": "What is wrong with the call",
            "content": _contents(_reference("schemas", "Error")),
        },
    }


def _reference(kind: str, name: str) -> Document:
    return {"$ref": f"#/components/{kind}/{name}"}


def _contents(schema: Document) -> Document:
    """JSON of a schema, or one of the other formats."""
    return {"application/json": {"schema": schema}, **{kind: {"schema": {"type": "string"}} for kind in _TYPES}}


def _parameters(declared: Iterable[Declared]) -> list[Document]:
    return [_parameter(one.name, _schema(one), required=one.is_required) for one in declared]


def _schema(declared: Declared) -> Document:
    schema = dict(_KNOWN.get(declared.name) or _KINDS[declared.kind])
    if not declared.is_required and isinstance(declared.default, str | int | float) and declared.default != "":
        schema["default"] = int(declared.default) if isinstance(declared.default, bool) else declared.default
    return schema


def _component(parameter: str) -> str:
    """Under which name a parameter stands among the components, where brackets are not allowed."""
    return parameter.removesuffix("[]")


def _parameter(name: str, schema: Document, text: str = "", *, required: bool = False) -> Document:
    described = {"description": text} if text else {}
    return {"name": name, "in": "query", "required": required, "schema": schema, **described}


def _site_parameter() -> Document:
    return {"name": "idSite", "in": "path", "required": True, "schema": _KNOWN["idSite"]}


def _format() -> Document:
    return _reference("parameters", "format")
