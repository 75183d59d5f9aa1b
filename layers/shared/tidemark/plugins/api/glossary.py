"""What reports and metrics mean. Source: Matomo 5.2, API.getGlossaryReports and getGlossaryMetrics."""

from __future__ import annotations

from typing import Any

from tidemark.plugin import Access, Context, Plugins, method


@method("API.getGlossaryReports", Access.VIEW)
def get_glossary_reports(context: Context, idSite: int) -> list[dict[str, str]]:
    """Every report with what it tells, by name; the category stands behind the name."""
    found = [
        {"name": f"{report['name']} ({report['category']})", "documentation": report["documentation"]}
        for report in _reports(context, idSite)
        if "documentation" in report
    ]
    return sorted(found, key=lambda entry: entry["name"])


@method("API.getGlossaryMetrics", Access.VIEW)
def get_glossary_metrics(context: Context, idSite: int) -> list[dict[str, str]]:
    """Every metric with what it tells, by name.

    A metric that a report explains otherwise than those before is listed again, with the report's category.
    """
    found: dict[str, dict[str, str]] = {}
    for report in _reports(context, idSite):
        names = {**report.get("processedMetrics", {}), **report.get("metrics", {})}
        for metric, text in report.get("metricsDocumentation", {}).items():
            if metric not in names:
                continue
            entry = {"name": names[metric], "id": metric, "documentation": text}
            if found.setdefault(metric, entry)["documentation"] != text:
                name = f"{names[metric]} ({report['category']})"
                found.setdefault(name, {**entry, "name": name})
    for metric in (one for plugin in context.service(Plugins).all for one in plugin.metrics if one.documentation):
        found.setdefault(metric.name, {"name": metric.label, "id": metric.name, "documentation": metric.documentation})
    return sorted(found.values(), key=lambda entry: (entry["name"], entry["id"]))


def _reports(context: Context, id_site: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = context.call("API.getReportMetadata", idSite=id_site)
    return found
