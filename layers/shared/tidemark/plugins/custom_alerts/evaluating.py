"""Evaluating an alert, once per site and period, and telling those who wait for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import tzinfo
from typing import Any, Final

from tidemark.model.alert import ANOMALY, Alert, Alerts, Triggered, delivery_name
from tidemark.model.deliveries import Claim, Deliveries
from tidemark.model.errors import ApiError
from tidemark.model.mail import Mail, Mailer, MailError
from tidemark.model.notices import NoticeError, Topic, Webhooks
from tidemark.model.registry import Registry
from tidemark.model.slot import Slot, earlier, latest_slot, similar
from tidemark.model.time_zone import time_zone
from tidemark.plugin import Access, Context, method
from tidemark.plugins.custom_alerts.judging import PAST, judged
from tidemark.plugins.custom_alerts.managing import own_alert
from tidemark.plugins.custom_alerts.reading import explanation, value_of

_TOPIC: Final = "topic"
_WEBHOOK: Final = "webhook"
_MOST_PAST: Final = 60


@method("CustomAlerts.evaluateAlert", Access.NOT_ANONYMOUS)
def evaluate_alert(context: Context, idAlert: int, idSite: int) -> dict[str, Any]:
    """Look whether an alert goes off for a site in the last period that is over, and tell who is to know.

    Each period is looked at once: `evaluated` is false where that was done.
    """
    alert = own_alert(context, idAlert)
    if idSite not in alert.idsites:
        raise ApiError(f"The alert {idAlert} does not watch the site {idSite}.")
    zone = time_zone(context.site(idSite).timezone)
    slot = latest_slot(alert.period, zone, context.now)
    claim = context.service(Deliveries).claim(delivery_name(idAlert, idSite), slot.key) if slot else None
    if slot is None or claim is None:
        return {"evaluated": False, "triggered": False}
    deliveries = context.service(Deliveries)
    try:
        triggered = _triggered(context, alert, idSite, slot, zone)
        if triggered is not None:
            context.service(Alerts).note(triggered)
            _tell(context, alert, triggered, claim)
    except (ApiError, MailError, NoticeError) as error:
        deliveries.fail(claim, str(error))
        raise ApiError(f"The alert {idAlert} failed for the site {idSite}: {error}") from error
    deliveries.finish(claim)
    return {"evaluated": True, "triggered": triggered is not None}


@method("CustomAlerts.getValuesForAlertInPast", Access.NOT_ANONYMOUS)
def get_values_for_alert_in_past(context: Context, idAlert: int, subPeriodN: int) -> list[dict[str, Any]]:
    """What an alert would have looked at so many periods before (of hours: days before), for each of its sites."""
    alert = own_alert(context, idAlert)
    if not 0 <= subPeriodN <= _MOST_PAST:
        raise ApiError(f"'subPeriodN' has to lie between 0 and {_MOST_PAST}.")
    answers = []
    for idsite in alert.idsites:
        zone = time_zone(context.site(idsite).timezone)
        latest = latest_slot(alert.period, zone, context.now)
        slot = earlier(latest, subPeriodN, zone) if latest else None
        if slot is not None:
            value = value_of(context, alert, idsite, slot)
            answers.append({"idSite": idsite, "date": slot.key, "value": value})
    return answers


def _triggered(context: Context, alert: Alert, idsite: int, slot: Slot, zone: tzinfo) -> Triggered | None:
    since = context.site(idsite).ts_created
    if slot.begin < since:
        return None
    value = value_of(context, alert, idsite, slot)
    slots = [one for one in _compared(alert, slot, zone) if one.begin >= since]
    past = [value_of(context, alert, idsite, one) for one in slots]
    verdict = judged(alert.condition, alert.value, value, past)
    if not verdict.is_triggered:
        return None
    then = min(zip(past, slots, strict=True), key=lambda pair: abs(pair[0] - verdict.usual), default=None)
    before = then[1] if then else similar(slot, 1, zone)
    why = explanation(context, alert, idsite, slot, before) if before else []
    return Triggered(alert.idalert, idsite, alert.login, slot.key, int(context.now), value, verdict.usual, why)


def _compared(alert: Alert, slot: Slot, zone: tzinfo) -> Iterator[Slot]:
    if alert.condition == ANOMALY:
        found = (similar(slot, step, zone) for step in range(1, PAST + 1))
    elif alert.condition in {"less_than", "greater_than"}:
        return
    else:
        found = (earlier(slot, step, zone) for step in (alert.compared_to,))
    yield from (one for one in found if one is not None)


def _tell(context: Context, alert: Alert, triggered: Triggered, claim: Claim) -> None:
    """Raises: MailError, NoticeError; who was reached is not told again. One way that fails keeps no other from being tried."""
    deliveries = context.service(Deliveries)
    problems: list[MailError | NoticeError] = []
    for receiver in _receivers(context, alert):
        if deliveries.has_got(claim, receiver):
            continue
        try:
            _tell_one(context, alert, triggered, receiver)
        except (MailError, NoticeError) as error:
            problems.append(error)
        else:
            deliveries.note(claim, receiver)
    if problems:
        raise problems[0]


def _tell_one(context: Context, alert: Alert, triggered: Triggered, receiver: str) -> None:
    site = context.site(triggered.idsite).name
    subject = " ".join(f"{alert.name}: {site}".split())
    if receiver == _TOPIC:
        context.service(Topic).publish(subject, _text(alert, triggered, site))
    elif receiver == _WEBHOOK:
        context.service(Webhooks).post(alert.webhook, alert.webhook_secret, _document(alert, triggered, site))
    else:
        key = f"alert-{alert.idalert}-{triggered.idsite}-{triggered.slot}"
        context.service(Mailer).send(Mail(receiver, subject, _text(alert, triggered, site), key=key))


def _receivers(context: Context, alert: Alert) -> list[str]:
    owner = context.service(Registry).user(alert.login)
    own = [owner.email] if alert.email_me and owner is not None and owner.email else []
    ways = [name for name, is_used in ((_TOPIC, alert.to_topic), (_WEBHOOK, alert.webhook)) if is_used]
    return list(dict.fromkeys((*own, *alert.additional_emails, *ways)))


def _text(alert: Alert, triggered: Triggered, site: str) -> str:
    lines = [
        f"The alert '{alert.name}' went off.",
        "",
        f"Site:       {site}",
        f"When:       {alert.period} {triggered.slot}" + (" (UTC)" if alert.period == "hour" else ""),
        f"Metric:     {alert.metric} of {alert.report}",
        f"Value:      {_number(triggered.value)}",
        f"Condition:  {alert.condition.replace('_', ' ')} {_number(alert.value)}, against {_number(triggered.usual)}",
    ]
    if triggered.explanation:
        lines += ["", "Most of the change:"]
        lines += [
            f"  {row['label']} ({row['report']}): {_number(row['before'])} -> {_number(row['value'])}, "
            f"{round(row['share'] * 100)} % of it"
            for row in triggered.explanation
        ]
    return "\n".join([*lines, "", f"{alert.login} has set up this alert in Tidemark.", ""])


def _document(alert: Alert, triggered: Triggered, site: str) -> bytes:
    facts = {
        "format": 1,
        "alert": {"id": alert.idalert, "name": alert.name, "condition": alert.condition, "limit": alert.value},
        "site": {"id": triggered.idsite, "name": site},
        "report": alert.report,
        "metric": alert.metric,
        "period": alert.period,
        **{name: value for name, value in asdict(triggered).items() if name in _TOLD},
    }
    return json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()


_TOLD: Final = ("slot", "at", "value", "usual", "explanation")


def _number(value: float) -> str:
    return f"{value:,.10g}"


METHODS = (evaluate_alert, get_values_for_alert_in_past)
