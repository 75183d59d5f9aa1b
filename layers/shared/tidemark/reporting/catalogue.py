"""All methods that the API knows: hand-written ones and those that reports declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidemark.plugin import Method, Plugins, Report


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Methods and reports by the method's name; several reports of one method differ in fixed parameters."""

    methods: Mapping[str, Method]
    reports: Mapping[str, tuple[Report, ...]]

    @classmethod
    def of(cls, plugins: Plugins) -> Catalogue:
        """The catalogue of the active plugins."""
        reports: dict[str, tuple[Report, ...]] = {}
        for report in plugins.reports():
            reports[report.method] = (*reports.get(report.method, ()), report)
        return cls(plugins.methods(), reports)

    def knows(self, name: str) -> bool:
        """Whether there is such a method."""
        return name in self.methods or name in self.reports

    def knows_module(self, module: str) -> bool:
        """Whether any method has this plugin before its dot."""
        return any(name.startswith(f"{module}.") for name in (*self.methods, *self.reports))

    def report(self, name: str, params: Mapping[str, Any]) -> Report | None:
        """The report that a call of the method means: the one whose fixed parameters the call has."""
        candidates = self.reports.get(name, ())
        exact = (one for one in candidates if one.parameters and _has_all(params, one.parameters))
        plain = (one for one in candidates if not one.parameters)
        return next(exact, None) or next(plain, None) or next(iter(candidates), None)

    def subtable_method(self, report: Report) -> str:
        """The method that serves the subtables of a report, the report's own if none is named."""
        if not report.load_subtables:
            return report.method
        if "." in report.load_subtables:
            return report.load_subtables
        return f"{report.method.partition('.')[0]}.{report.load_subtables}"

    def main_method(self, report: Report) -> str:
        """The method of the report whose subtables this one serves, its own if there is none."""
        reports = (one for candidates in self.reports.values() for one in candidates)
        named = (one.method for one in reports if one.load_subtables and self.subtable_method(one) == report.method)
        return next(named, report.method)


def _has_all(params: Mapping[str, Any], fixed: Mapping[str, str]) -> bool:
    return all(str(params.get(name)) == value for name, value in fixed.items())
