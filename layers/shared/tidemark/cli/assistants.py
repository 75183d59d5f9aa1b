"""A server for assistants (Model Context Protocol): sites, reports and SQL, with the rights of one user's token.

It reads only, and only over the public HTTP API, so that nobody learns more through an assistant than by asking.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from tidemark.cli.client import Client, ClientError

if TYPE_CHECKING:
    from mcp.server import MCPServer

INSTRUCTIONS: Final = """\
Web analytics. Find a site's number with `sites` and what can be asked of it with `reports`; then ask `report`.
Periods are day, week, month, year and range; dates are 2026-01-05, today, yesterday, last7, or 2026-01-01,2026-01-31.
Segments are conditions like deviceType==smartphone;visitCount>2 (`segments` names the dimensions)."""
READABLE: Final = frozenset(
    {
        "API.get",
        "API.getRowEvolution",
        "API.getProcessedReport",
        "API.getSuggestedValuesForSegment",
        "Live.getCounters",
        "Live.getLastVisitsDetails",
        "Live.getVisitorProfile",
        "Transitions.getTransitionsForAction",
        "TrackingFilters.getFilteredHits",
        "TrackingFilters.getBots",
    }
)
"""Methods that may be asked beside the reports that the API itself names."""
MOST_ROWS: Final = 500
RESERVED: Final = frozenset({"module", "method", "format", "token_auth"})
"""Parameters that are not an assistant's to choose."""


def add_commands(app: typer.Typer) -> None:
    """Add this command to the console."""
    app.command()(mcp)


def mcp(
    url: Annotated[str, typer.Option(help="Address of the instance.", envvar="TIDEMARK_URL")],
    token: Annotated[
        str | None, typer.Option(help="API token of the user whose rights count; better in TIDEMARK_TOKEN.")
    ] = None,
) -> None:
    """Let an assistant read reports: a Model Context Protocol server on standard input and output."""
    chosen = token or os.environ.get("TIDEMARK_TOKEN")
    if not chosen:
        raise typer.BadParameter("give a token by --token or in TIDEMARK_TOKEN")
    make_server(Client(url, chosen)).run("stdio")


def make_server(client: Client) -> MCPServer:
    """The server and its tools; each answers what the API answers to the client."""
    from mcp.server import MCPServer  # noqa: PLC0415 - only this command needs it
    from mcp.types import ToolAnnotations  # noqa: PLC0415

    server, tools = MCPServer("tidemark", title="Tidemark", instructions=INSTRUCTIONS), Tools(client)
    reading = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    for tool in (tools.sites, tools.reports, tools.segments, tools.report, tools.sql, tools.sql_tables):
        server.tool(annotations=reading, structured_output=True)(tool)
    return server


class Tools:
    """What an assistant can do; the texts are what it reads of each."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def sites(self) -> dict[str, Any]:
        """The sites that may be seen: number, name, address, time zone, currency."""
        return {"sites": self._ask("SitesManager.getSitesWithAtLeastViewAccess")}

    def reports(self, site: int) -> dict[str, Any]:
        """The reports of a site: method, name, category, dimension, metrics, and the parameters that it needs."""
        return {"reports": [_summary(one) for one in self._metadata(site)]}

    def segments(self, site: int) -> dict[str, Any]:
        """The dimensions and metrics by which visits can be chosen, with what they take."""
        return {"segments": self._ask("API.getSegmentsMetadata", idSites=site)}

    def report(
        self,
        method: str,
        site: int,
        period: str = "day",
        date: str = "yesterday",
        segment: str = "",
        rows: int = 100,
        parameters: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """The answer of a report, like Actions.getPageUrls; `parameters` are further ones of the API (flat=1, idGoal=2)."""
        if method not in READABLE and method not in map(_method, self._metadata(site)):
            raise refusal(f"{method} is not a report of site {site}; `reports` lists them.")
        asked = {"idSite": site, "period": period, "date": date, "filter_limit": min(rows, MOST_ROWS)}
        asked |= {"segment": segment} if segment else {}
        further = {name: value for name, value in (parameters or {}).items() if name not in RESERVED}
        return {"report": self._ask(method, **{**further, **asked})}

    def sql(self, query: str, site: str = "all", period: str = "day", date: str = "yesterday") -> dict[str, Any]:
        """Rows of one SELECT over hits, visits, actions, conversions, items and visitors; for superusers."""
        return {"rows": self._ask("Sql.query", sql=query, idSite=site, period=period, date=date, limit=MOST_ROWS)}

    def sql_tables(self) -> dict[str, Any]:
        """The tables and columns that SQL can ask; for superusers."""
        return {"columns": self._ask("Sql.getTables")}

    def _ask(self, method: str, **params: Any) -> Any:
        """What the API answers; its errors are told to the assistant."""
        try:
            return self._client.ask(method, **params)
        except ClientError as error:
            raise refusal(str(error)) from error

    def _metadata(self, site: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._ask("API.getReportMetadata", idSites=site)
        return found


def refusal(message: str) -> Exception:
    """An error whose words the assistant may read."""
    from mcp.server.mcpserver.exceptions import ToolError  # noqa: PLC0415 - only this command needs it

    return ToolError(message)


def _method(report: dict[str, Any]) -> str:
    return f"{report['module']}.{report['action']}"


def _summary(report: dict[str, Any]) -> dict[str, Any]:
    """What an assistant needs of a report's metadata."""
    facts = {name: report.get(name) for name in ("name", "category", "subcategory", "dimension", "parameters")}
    metrics = {**report.get("metrics", {}), **report.get("processedMetrics", {})}
    return {
        "method": _method(report),
        **{k: v for k, v in facts.items() if v},
        "metrics": metrics,
    }
