"""Setting alerts up. Names and parameters are those of Matomo's plugin CustomAlerts; anomalies, topics and webhooks are ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final

from tidemark.model.access import Role
from tidemark.model.alert import CONDITIONS, PERIODS, ROW_CONDITIONS, Alert, Alerts
from tidemark.model.errors import ApiError, BadParameter, NoAccess
from tidemark.model.notices import Topic, Webhooks
from tidemark.plugin import Access, Context, method, with_parameters_of

_LONGEST: Final = 100
_LONGEST_VALUE: Final = 500
_MOST_SITES: Final = 100
_MOST_ADDRESSES: Final = 100
_MOST_TOLD: Final = 1000
_LEAST_SECRET: Final = 16
_MOST_BEFORE: Final = 366
_EMAIL: Final = re.compile(r"[^@\s<>\"(),:;\[\]]+@[^@\s<>\"(),:;\[\]]+\.[^@\s<>\"(),:;\[\].]{2,}")


@method("CustomAlerts.addAlert", Access.VIEW, site_parameter="idSites", raw_strings=True)
def add_alert(
    context: Context,
    name: str,
    idSites: list[int],
    period: str,
    metric: str,
    metricCondition: str,
    metricValue: float,
    reportUniqueId: str,
    emailMe: bool = False,
    additionalEmails: list[str] | None = None,
    phoneNumbers: list[str] | None = None,
    comparedTo: int = 1,
    reportCondition: str = "",
    reportValue: str = "",
    toTopic: bool = False,
    webhook: str = "",
    webhookSecret: str = "",
) -> int:
    """Number of the new alert, which belongs to the caller.

    `period`: hour, day, week or month. `metricCondition`: less_than, greater_than, (percentage_)decrease_more_than,
    (percentage_)increase_more_than, or anomaly, whose `metricValue` is a distance in robust standard deviations (3.5 is a
    good one). It is mailed, published to the deployment's SNS topic, or posted to an https address, signed.
    """
    given = {key: value for key, value in locals().items() if key != "context"}
    if context.identity.is_anonymous:
        raise NoAccess.anonymous()
    blank = Alert(0, context.identity.login, "", (), "", "", "", "", 0.0, ts_created=int(context.now))
    return context.service(Alerts).add(_described(context, blank, given)).idalert


@method("CustomAlerts.editAlert", Access.VIEW, site_parameter="idSites", raw_strings=True)
@with_parameters_of(add_alert)
def edit_alert(context: Context, idAlert: int, **given: Any) -> None:
    """Change an alert of the caller's (superusers: of anyone's); without `webhookSecret` the secret stays."""
    changed = _described(context, own_alert(context, idAlert), given)
    context.service(Alerts).change(idAlert, lambda _: changed)


@method("CustomAlerts.deleteAlert", Access.NOT_ANONYMOUS)
def delete_alert(context: Context, idAlert: int) -> None:
    """Delete an alert of the caller's (superusers: of anyone's)."""
    own_alert(context, idAlert)
    context.service(Alerts).change(idAlert, lambda alert: replace(alert, deleted=True))


@method("CustomAlerts.getAlert", Access.NOT_ANONYMOUS)
def get_alert(context: Context, idAlert: int) -> dict[str, Any]:
    """An alert of the caller's (superusers: of anyone's)."""
    return _answer(own_alert(context, idAlert))


@method("CustomAlerts.getAlerts", Access.VIEW, site_parameter="idSites")
def get_alerts(context: Context, idSites: list[int], ifSuperUserReturnAllAlerts: bool = False) -> list[dict[str, Any]]:
    """The caller's alerts (superusers who ask for it: everyone's) that watch one of the sites."""
    is_all = context.identity.is_superuser and ifSuperUserReturnAllAlerts
    return [
        _answer(alert)
        for alert in context.service(Alerts).all()
        if (is_all or alert.login == context.identity.login) and set(idSites) & set(alert.idsites)
    ]


@method("CustomAlerts.getTriggeredAlerts", Access.VIEW, site_parameter="idSites")
def get_triggered_alerts(context: Context, idSites: list[int]) -> list[dict[str, Any]]:
    """Which alerts of the caller's went off for these sites, newest first, and what explains it."""
    found = context.service(Alerts).triggered(context.identity.login, _MOST_TOLD)
    known = {alert.idalert: alert for alert in context.service(Alerts).all()}
    return [
        {
            "idalert": one.idalert,
            "name": known[one.idalert].name if one.idalert in known else "",
            "idsite": one.idsite,
            "period": one.slot,
            "ts_triggered": datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%d %H:%M:%S"),
            "value_new": one.value,
            "value_old": one.usual,
            "explanation": [dict(row) for row in one.explanation],
        }
        for one in found
        if one.idsite in idSites
    ]


def own_alert(context: Context, idalert: int) -> Alert:
    """An alert that the caller may see and change, all of whose sites they may see. Raises: ApiError."""
    for alert in context.service(Alerts).all():
        is_mine = context.identity.is_superuser or alert.login == context.identity.login
        if alert.idalert == idalert and is_mine:
            hidden = [idsite for idsite in alert.idsites if not context.identity.may(Role.VIEW, idsite)]
            if hidden:
                raise NoAccess.to_site(Role.VIEW.id, hidden)
            return alert
    raise ApiError(f"There is no alert {idalert}.")


def _described(context: Context, alert: Alert, given: Mapping[str, Any]) -> Alert:
    """The alert with what a call says of it. Raises: ApiError."""
    if given["phoneNumbers"]:
        raise BadParameter("No text messages are sent: 'phoneNumbers' has to be empty.")
    value = given["reportValue"][:_LONGEST_VALUE]
    changed = replace(
        alert,
        name=given["name"].strip()[:_LONGEST],
        idsites=tuple(dict.fromkeys(context.site(idsite).idsite for idsite in given["idSites"])),
        period=given["period"],
        report=given["reportUniqueId"],
        metric=given["metric"],
        condition=given["metricCondition"],
        value=float(given["metricValue"]),
        compared_to=given["comparedTo"],
        report_condition=given["reportCondition"],
        report_value=value,
        language=alert.language if value == alert.report_value else context.language,
        email_me=given["emailMe"],
        additional_emails=tuple(dict.fromkeys(one.strip() for one in given["additionalEmails"] or () if one.strip())),
        to_topic=given["toTopic"],
        webhook=given["webhook"].strip(),
        webhook_secret=given["webhookSecret"] or (alert.webhook_secret if given["webhook"] else ""),
    )
    _check(context, changed)
    _check_ways(context, changed)
    return changed


def _check(context: Context, alert: Alert) -> None:
    """Raises: BadParameter."""
    choices = {
        "period": (alert.period, PERIODS),
        "metricCondition": (alert.condition, CONDITIONS),
        "reportCondition": (alert.report_condition, ("", *ROW_CONDITIONS)),
    }
    for name, (chosen, known) in choices.items():
        if chosen not in known:
            raise BadParameter(f"'{name}' has to be one of {', '.join(filter(None, known))}, not '{chosen}'.")
    if not alert.name:
        raise BadParameter("An alert needs a name.")
    if not 1 <= len(alert.idsites) <= _MOST_SITES:
        raise BadParameter(f"An alert watches 1 to {_MOST_SITES} sites.")
    if not isfinite(alert.value):
        raise BadParameter("'metricValue' has to be a number.")
    if not 1 <= alert.compared_to <= _MOST_BEFORE:
        raise BadParameter(f"'comparedTo' has to lie between 1 and {_MOST_BEFORE}.")
    module, _, action = alert.report.partition("_")
    found = context.call(
        "API.getMetadata", idSite=alert.idsites[0], apiModule=module, apiAction=action, hideMetricsDoc=1
    )
    if not found:
        raise BadParameter(f"There is no report '{alert.report}'.")
    metrics = {**found[0].get("metrics", {}), **found[0].get("processedMetrics", {})}
    if alert.metric not in metrics:
        raise BadParameter(f"The report '{alert.report}' has no metric '{alert.metric}': {', '.join(metrics)}.")


def _check_ways(context: Context, alert: Alert) -> None:
    """Raises: BadParameter, NoAccess."""
    for address in alert.additional_emails:
        if not _EMAIL.fullmatch(address):
            raise BadParameter(f"'{address}' is not a valid e-mail address.")
    if len(alert.additional_emails) > _MOST_ADDRESSES:
        raise BadParameter(f"An alert goes to at most {_MOST_ADDRESSES} addresses.")
    if alert.to_topic and not context.identity.is_superuser:
        raise NoAccess.to_instance()
    if alert.to_topic and not context.service(Topic).is_set_up:
        raise BadParameter("This deployment has no topic for alerts.")
    if alert.webhook:
        problem = context.service(Webhooks).problem(alert.webhook)
        if problem:
            raise BadParameter(problem)
        if len(alert.webhook_secret) < _LEAST_SECRET:
            raise BadParameter(f"'webhookSecret', by which posts are signed, needs {_LEAST_SECRET} characters.")
    if not (alert.email_me or alert.additional_emails or alert.to_topic or alert.webhook):
        raise BadParameter("An alert has to tell somebody: by mail, topic or webhook.")


def _answer(alert: Alert) -> dict[str, Any]:
    """An alert as clients see it: without the secret."""
    return {
        "idalert": alert.idalert,
        "name": alert.name,
        "login": alert.login,
        "period": alert.period,
        "report": alert.report,
        "report_condition": alert.report_condition or None,
        "report_matched": alert.report_value or None,
        "metric": alert.metric,
        "metric_condition": alert.condition,
        "metric_matched": alert.value,
        "compared_to": alert.compared_to,
        "email_me": int(alert.email_me),
        "additional_emails": list(alert.additional_emails),
        "to_topic": int(alert.to_topic),
        "webhook": alert.webhook or None,
        "id_sites": list(alert.idsites),
    }


METHODS = (add_alert, edit_alert, delete_alert, get_alert, get_alerts, get_triggered_alerts)
