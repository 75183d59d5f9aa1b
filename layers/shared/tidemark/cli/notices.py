"""Commands about what an instance sends: scheduled reports and alerts."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tidemark.cli.administration import call_api
from tidemark.cli.instances import AsJson, Data, OfStack, opened_instance, show, show_done
from tidemark.model.alert import Alerts
from tidemark.model.scheduled_report import ScheduledReports

alert_app = typer.Typer(no_args_is_help=True, help="Alerts: who is told when a metric does what.")
report_app = typer.Typer(no_args_is_help=True, help="Scheduled reports.")


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the console."""
    app.add_typer(alert_app, name="alert")
    app.add_typer(report_app, name="report")


@alert_app.command("add")
def alert_add(
    name: str,
    metric: Annotated[str, typer.Argument(help="A column of the report: nb_visits.")],
    condition: Annotated[str, typer.Argument(help="less_than, greater_than, increase_more_than, …, or anomaly.")],
    value: Annotated[float, typer.Argument(help="The limit; of anomalies the distance, 3.5 is a good one.")],
    site: Annotated[list[int], typer.Option(help="Number of a site; may be repeated.")],
    to: Annotated[list[str] | None, typer.Option(help="An e-mail address; may be repeated.")] = None,
    period: Annotated[str, typer.Option(help="hour, day, week or month.")] = "day",
    report: Annotated[str, typer.Option(help="Unique id of the report.")] = "VisitsSummary_get",
    topic: Annotated[bool, typer.Option("--topic", help="Publish it to the deployment's SNS topic.")] = False,
    webhook: Annotated[str, typer.Option(help="An https address to post it to.")] = "",
    webhook_secret: Annotated[
        str, typer.Option(envvar="TIDEMARK_WEBHOOK_SECRET", help="What posts are signed with.")
    ] = "",
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Add an alert and print its number."""
    given: dict[str, Any] = {
        "name": name,
        "idSites": site,
        "period": period,
        "metric": metric,
        "metricCondition": condition,
        "metricValue": value,
        "reportUniqueId": report,
        "additionalEmails": to or [],
        "toTopic": int(topic),
        "webhook": webhook,
        "webhookSecret": webhook_secret,
    }
    show({"idalert": call_api(data, stack, "CustomAlerts.addAlert", given)}, as_json)


@alert_app.command("list")
def alert_list(data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Print the alerts."""
    alerts: Alerts = opened_instance(data, stack).reporter().services[Alerts]
    for one in alerts.all():
        what = f"{one.metric} of {one.report} {one.condition} {one.value:g}"
        sites = ",".join(map(str, one.idsites))
        show({"idalert": one.idalert, "name": one.name, "period": one.period, "sites": sites, "what": what}, as_json)


@alert_app.command("delete")
def alert_delete(idalert: int, data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Delete an alert."""
    call_api(data, stack, "CustomAlerts.deleteAlert", {"idAlert": idalert})
    show_done({"idalert": idalert, "deleted": True}, as_json)


@report_app.command("list")
def report_list(data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Print the scheduled reports."""
    reports: ScheduledReports = opened_instance(data, stack).reporter().services[ScheduledReports]
    for one in reports.all():
        facts = {"idreport": one.idreport, "site": one.idsite, "login": one.login, "rhythm": one.period}
        show({**facts, "hour": one.hour, "format": one.format, "description": one.description}, as_json)


@report_app.command("send")
def report_send(
    idreport: int,
    date: Annotated[str, typer.Option(help="A day of the period to tell of; by default the last one.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Even if it was sent.")] = False,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Mail a report now, unless it was sent for that period (see TIDEMARK_MAIL_FROM and TIDEMARK_SMTP_URL)."""
    given = {"idReport": idreport, "date": date, "force": int(force)}
    call_api(data, stack, "ScheduledReports.sendReport", given)
    show_done({"idreport": idreport, "sent": True}, as_json)
