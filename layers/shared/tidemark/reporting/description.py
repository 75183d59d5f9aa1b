"""What methods there are, with parameters and answers, read from their code: for the OpenAPI description and the docs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from tidemark.plugin import Access, Method, Report
from tidemark.reporting.catalogue import Catalogue
from tidemark.reporting.signature import Declared, declared_parameters

Answer = Literal["table", "list", "map", "value", "done", "picture", "any"]
"""A report's table (or maps of them), a list, an object, one value, only that it was done, a PNG, or any of these."""

_READING: Final = ("get", "is", "has", "can", "does", "are", "was", "find", "export", "user", "uses", "generateReport")
"""How the names of methods begin that change nothing."""
_SITE: Final = Declared("idSite", "any")
_PERIOD: Final = (Declared("period", "text"), Declared("date", "text"))
_SEGMENT: Final = Declared("segment", "text", "")
_ROWS: Final = (
    Declared("idSubtable", "integer", None),
    Declared("expanded", "flag", False),
    Declared("flat", "flag", False),
)
_COLUMNS: Final = Declared("columns", "list", None)
_ANSWERS: Final[dict[str, Answer]] = {
    "None": "done",
    "Table": "table",
    "DataTable": "table",
    "TableMap": "table",
    "SimpleTable": "table",
    "list": "list",
    "dict": "map",
    "Mapping": "map",
    "str": "value",
    "int": "value",
    "float": "value",
    "bool": "value",
    "Media": "picture",
}


@dataclass(frozen=True, slots=True)
class Description:
    """A method as a client sees it."""

    name: str
    """Plugin.method"""
    summary: str
    parameters: tuple[Declared, ...]
    access: Access
    answer: Answer
    is_report: bool

    @property
    def plugin(self) -> str:
        """DevicesDetection of DevicesDetection.getBrowsers."""
        return self.name.partition(".")[0]

    @property
    def action(self) -> str:
        """GetBrowsers of DevicesDetection.getBrowsers."""
        return self.name.partition(".")[2]

    @property
    def is_reading(self) -> bool:
        """Whether a call changes nothing."""
        return is_reading(self.name)

    @property
    def is_of_period(self) -> bool:
        """Whether it tells of sites in a period."""
        return {"idSite", "period", "date"} <= {parameter.name for parameter in self.parameters}


def is_reading(name: str) -> bool:
    """Whether a call of the method changes nothing."""
    return name.partition(".")[2].startswith(_READING)


def describe_methods(catalogue: Catalogue) -> list[Description]:
    """Every method of the active plugins, by name."""
    reports = {name: found[0] for name, found in catalogue.reports.items()}
    names = sorted({*catalogue.methods, *reports})
    return [
        _of_method(catalogue.methods[name], reports.get(name))
        if name in catalogue.methods
        else _of_report(reports[name])
        for name in names
    ]


def _of_method(method: Method, report: Report | None) -> Description:
    return Description(
        method.name,
        _summary(method.function),
        declared_parameters(method.function),
        method.access,
        _answer(method.function),
        report is not None,
    )


def _of_report(report: Report) -> Description:
    searched = () if report.search is None else (Declared(report.search.parameter, "text"),)
    shape = _ROWS if report.record is not None else (_COLUMNS,)
    if report.is_subtable:
        shape = (replace(_ROWS[0], default=inspect.Parameter.empty), *_ROWS[1:])
    parameters = (*searched, _SITE, *_PERIOD, _SEGMENT, *(shape if not searched else ()))
    return Description(report.method, report.documentation or report.name, parameters, Access.VIEW, "table", True)


def _summary(function: Callable[..., Any]) -> str:
    """The first paragraph of the function's docstring on one line, without what it raises."""
    text = inspect.getdoc(function) or ""
    return " ".join(text.partition("\n\n")[0].partition("Raises:")[0].split())


def _answer(function: Callable[..., Any]) -> Answer:
    """What the annotation of the result says; several kinds are any."""
    annotation = inspect.signature(function).return_annotation
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    kinds = {_ANSWERS.get(name.strip().partition("[")[0], "any") for name in _choices(text)}
    return next(iter(kinds)) if len(kinds) == 1 else "any"


def _choices(text: str) -> Iterable[str]:
    """The types of a union that stand outside brackets."""
    depth, start = 0, 0
    for index, character in enumerate(text):
        depth += (character == "[") - (character == "]")
        if character == "|" and not depth:
            yield text[start:index]
            start = index + 1
    yield text[start:]
