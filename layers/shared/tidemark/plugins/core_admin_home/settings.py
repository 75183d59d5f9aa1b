"""Settings of the whole instance."""

from __future__ import annotations

from typing import Any

from tidemark.model.errors import BadParameter
from tidemark.model.registry import Registry
from tidemark.plugin import Access, Context, method


@method("CoreAdminHome.setArchiveSettings", Access.SUPERUSER)
def set_archive_settings(context: Context, enableBrowserTriggerArchiving: bool, todayArchiveTimeToLive: int) -> bool:
    """Set whether reports are archived when they are asked for, and how old today's may be (seconds)."""
    if todayArchiveTimeToLive <= 0:
        raise BadParameter(f"Today's reports cannot be {todayArchiveTimeToLive} seconds old at most: 1 is the least.")
    context.service(Registry).set_settings(
        {
            "General.enable_browser_archiving_triggering": enableBrowserTriggerArchiving,
            "General.time_before_today_archive_considered_outdated": todayArchiveTimeToLive,
        }
    )
    return True


@method("CoreAdminHome.setTrustedHosts", Access.SUPERUSER, raw_strings=True)
def set_trusted_hosts(context: Context, trustedHosts: Any) -> bool:
    """Set the host names under which the instance answers."""
    hosts = trustedHosts if isinstance(trustedHosts, list) else str(trustedHosts).split(",")
    names = [name for host in hosts if (name := str(host).strip())]
    if names:
        context.service(Registry).set_settings({"General.trusted_hosts": ",".join(names)})
    return True


@method("CoreAdminHome.getArchiveSettings", Access.SUPERUSER)
def get_archive_settings(context: Context) -> dict[str, Any]:
    """What holds now, by the parameters of setArchiveSettings."""
    return {
        "enableBrowserTriggerArchiving": context.settings.flag("General.enable_browser_archiving_triggering"),
        "todayArchiveTimeToLive": context.settings.number("General.time_before_today_archive_considered_outdated"),
    }


@method("CoreAdminHome.getTrustedHosts", Access.SUPERUSER)
def get_trusted_hosts(context: Context) -> list[str]:
    """The host names under which the instance answers."""
    return list(context.settings.words("General.trusted_hosts"))


METHODS = (set_archive_settings, set_trusted_hosts, get_archive_settings, get_trusted_hosts)
