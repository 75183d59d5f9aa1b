"""Sites are as old as their oldest hit: an import of old logs moves a site's creation date back.

Source: Matomo 5.2, tracking behaviour, section 1, step 13.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tidemark.model.registry import NotRegisteredError
from tidemark.model.site import Site
from tidemark.registry.table_registry import TableRegistry
from tidemark.stores.ports import Table

CREATED_KEY: Final = "created"


def move_creation_back(registry: TableRegistry, archive_state: Table) -> int:
    """Take over what ingest noted (pk `site#<id>`, sk `created`, attribute ts_created); how many sites were changed."""
    sites = {f"site#{site.idsite}": site for site in registry.sites()}
    noted = archive_state.batch_get([(pk, CREATED_KEY) for pk in sites])
    changed = 0
    for (pk, _), item in noted.items():
        if item["ts_created"] < sites[pk].ts_created:
            changed += _moved(registry, sites[pk].idsite, item["ts_created"])
    return changed


def _moved(registry: TableRegistry, idsite: int, since: int) -> int:
    def change(site: Site) -> Site:
        return replace(site, ts_created=min(site.ts_created, since))

    try:
        registry.change_site(idsite, change)
    except NotRegisteredError:  # deleted meanwhile
        return 0
    return 1
