"""Archiving on request, and what there is to do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tidemark.model.access import Role
from tidemark.model.archive_jobs import ArchiveJob, ArchiveJobs
from tidemark.model.errors import NoAccess
from tidemark.model.period import local_date
from tidemark.model.period_query import select_periods
from tidemark.model.registry import Registry
from tidemark.model.scheduled_tasks import ScheduledTasks
from tidemark.model.time_zone import time_zone
from tidemark.plugin import Access, Context, method


def job_answer(job: ArchiveJob) -> dict[str, Any]:
    """A job by the names of Matomo's invalidations, as far as it has them; times in UTC."""
    return {
        "idsite": job.idsite,
        "period": job.period.kind.value,
        "date1": job.period.first.isoformat(),
        "date2": job.period.last.isoformat(),
        "segment": job.segment,
        "status": job.status,
        "ts_invalidated": _text(job.since),
        "ts_queued": _text(job.queued_at),
        "ts_started": _text(job.started_at),
        "ts_failed": _text(job.failed_at),
        "attempts": job.attempts,
        "reason": job.reason,
    }


def _text(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


@method("CoreAdminHome.getArchivingState", Access.SOME_ADMIN)
def get_archiving_state(context: Context, idSite: str = "all") -> list[dict[str, Any]]:
    """What is not up to date at sites that the caller administers: since when, and what is being done about it."""
    administered = [
        one.idsite for one in context.service(Registry).sites() if context.identity.may(Role.ADMIN, one.idsite)
    ]
    wanted = administered if idSite == "all" else [int(text) for text in idSite.split(",") if text.strip().isdigit()]
    refused = [idsite for idsite in wanted if idsite not in administered]
    if refused:
        raise NoAccess.to_site(Role.ADMIN.id, refused)
    return [job_answer(job) for job in context.service(ArchiveJobs).jobs(wanted)]


@method("CoreAdminHome.archiveReports", Access.VIEW)
def archive_reports(
    context: Context,
    idSite: int,
    period: str,
    date: str,
    segment: str = "",
    plugin: str = "",  # noqa: ARG001  an archive has the records of all plugins
    report: str = "",  # noqa: ARG001
) -> dict[str, Any]:
    """Bring an archive up to date, where the caller's requests may; its number of visits, and when it was made."""
    zone = time_zone(context.site(idSite).timezone)
    wanted = select_periods(period, date, local_date(context.now, zone)).periods[0]
    found = context.archives.numbers([idSite], [wanted], ["nb_visits"], segment)
    archived_at = context.archives.archived_at(idSite, wanted, segment)
    return {
        "idarchives": [] if archived_at is None else [int(archived_at)],
        "nb_visits": found[idSite, wanted].get("nb_visits", 0),
    }


@method("CoreAdminHome.runCronArchiving", Access.SUPERUSER)
def run_cron_archiving(context: Context) -> str:
    """Queue what is stale now; the archive jobs run on their own."""
    return f"{context.service(ArchiveJobs).queue_stale()} archives were queued."


@method("CoreAdminHome.runScheduledTasks", Access.SUPERUSER)
def run_scheduled_tasks(context: Context) -> list[dict[str, str]]:
    """Do now what the schedules do; what belongs to another function is done by its next run. What came of each task."""
    return [{"task": one.task, "output": one.output} for one in context.service(ScheduledTasks).run()]


METHODS = (get_archiving_state, archive_reports, run_cron_archiving, run_scheduled_tasks)
