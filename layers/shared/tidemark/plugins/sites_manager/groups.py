"""Groups of sites: a site belongs to at most one, by its name."""

from __future__ import annotations

from dataclasses import replace

from tidemark.model.registry import Registry
from tidemark.plugin import Access, Context, method
from tidemark.plugins.sites_manager.answers import SiteAnswer, site_answer
from tidemark.plugins.sites_manager.validation import MAX_GROUP_LENGTH


@method("SitesManager.getSitesGroups", Access.SUPERUSER)
def get_sites_groups(context: Context) -> list[str]:
    """Names of the groups, each once; the empty one stands for sites without a group."""
    return list(dict.fromkeys(site.group for site in context.service(Registry).sites()))


@method("SitesManager.getSitesFromGroup", Access.SUPERUSER, raw_strings=True)
def get_sites_from_group(context: Context, group: str = "") -> list[SiteAnswer]:
    """The sites of a group."""
    sites = context.service(Registry).sites()
    return [site_answer(context, site) for site in sites if site.group == group.strip()]


@method("SitesManager.renameGroup", Access.SUPERUSER, raw_strings=True)
def rename_group(context: Context, oldGroupName: str, newGroupName: str) -> bool:
    """Move the sites of one group into another."""
    registry = context.service(Registry)
    group = newGroupName.strip()[:MAX_GROUP_LENGTH]
    for site in registry.sites():
        if site.group == oldGroupName.strip():
            registry.change_site(site.idsite, lambda present: replace(present, group=group))
    return True


METHODS = (get_sites_groups, get_sites_from_group, rename_group)
