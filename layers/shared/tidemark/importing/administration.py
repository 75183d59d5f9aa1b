"""Sites, goals, dimensions, segments and users of a Matomo database, taken over into the registry.

Numbers stay as they are where they are free. Users come without passwords: each chooses one by a link.
Source: Matomo 5.2, database schema.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tidemark.importing.database import MatomoDatabase, Row
from tidemark.importing.logs import SiteRules
from tidemark.importing.notes import Notes
from tidemark.importing.values import seconds
from tidemark.model.access import ANONYMOUS, Role
from tidemark.model.custom_dimension import ACTION_SCOPE, VISIT_SCOPE, CustomDimension, Extraction
from tidemark.model.goal import MATCH_ATTRIBUTES, Goal
from tidemark.model.registry import NoSlotLeftError, Registry
from tidemark.model.saved_segment import SavedSegment
from tidemark.model.site import WEBSITE, KeepFragment, Site
from tidemark.model.user import User

UTC_OFFSETS: Final = "UTC"


@dataclass(slots=True)
class TakenOver:
    """What came: sites by their numbers, how many of each kind, and what could not come, with reasons."""

    sites: dict[int, SiteRules] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    left_behind: list[str] = field(default_factory=list)


def take_over(database: MatomoDatabase, registry: Registry, notes: Notes, wanted: Sequence[int] = ()) -> TakenOver:
    """Take over sites (only those wanted, if any are named) and all that belongs to them. May be repeated."""
    taken = TakenOver()
    for row in database.rows("site", order="idsite"):
        if not wanted or row["idsite"] in wanted:
            idsite = _site(row, database, registry, notes, taken)
            _goals(row["idsite"], idsite, database, registry, notes, taken)
            dimensions = _dimensions(row["idsite"], idsite, database, registry, notes, taken)
            taken.sites[row["idsite"]] = replace(dimensions, old_idsite=row["idsite"], idsite=idsite)
    for old in sorted(set(wanted) - taken.sites.keys()):
        taken.left_behind.append(f"site {old}: there is none")
    _segments(database, registry, notes, taken)
    _users(database, registry, taken)
    return taken


def _site(row: Row, database: MatomoDatabase, registry: Registry, notes: Notes, taken: TakenOver) -> int:
    known = notes.number("site", str(row["idsite"]))
    if known is not None and registry.site(known) is not None:
        return known
    urls = [found["url"].rstrip("/") for found in database.rows("site_url", "idsite = %s", [row["idsite"]], "url")]
    zone = str(row["timezone"])
    if not _is_zone(zone):
        taken.left_behind.append(f"site {row['idsite']}: its time zone '{zone}'; its days follow UTC")
        zone = UTC_OFFSETS
    site = Site(
        idsite=row["idsite"],
        name=unescape(row["name"]),
        main_url=str(row["main_url"]).rstrip("/"),
        ts_created=seconds(row["ts_created"]) or 0,
        timezone=zone,
        currency=row["currency"],
        ecommerce=bool(row["ecommerce"]),
        sitesearch=bool(row["sitesearch"]),
        sitesearch_keyword_parameters=_words(row["sitesearch_keyword_parameters"]),
        sitesearch_category_parameters=_words(row["sitesearch_category_parameters"]),
        exclude_unknown_urls=bool(row.get("exclude_unknown_urls")),
        excluded_ips=_words(row["excluded_ips"]),
        excluded_parameters=_words(row["excluded_parameters"]),
        excluded_user_agents=_words(row.get("excluded_user_agents")),
        excluded_referrers=_words(row.get("excluded_referrers")),
        group=row["group"],
        type=row["type"] or WEBSITE,
        keep_url_fragment=KeepFragment(row.get("keep_url_fragment") or 0),
        creator_login=row.get("creator_login") or "",
        alias_urls=tuple(urls),
    )
    added = registry.add_site(site).idsite
    notes.note("site", str(row["idsite"]), added)
    taken.counts["sites"] += 1
    if added != row["idsite"]:
        taken.left_behind.append(f"site {row['idsite']}: its number, which was taken; it is {added} here")
    return added


def _goals(old: int, idsite: int, database: MatomoDatabase, registry: Registry, notes: Notes, taken: TakenOver) -> None:
    known = {goal.idgoal for goal in registry.goals(idsite)}
    for row in database.rows("goal", "idsite = %s", [old], "idgoal"):
        key = f"{old}#{row['idgoal']}"
        if row["idgoal"] in known or notes.number("goal", key) is not None:
            continue
        if row["match_attribute"] not in MATCH_ATTRIBUTES:
            taken.left_behind.append(f"goal {row['idgoal']} of site {old}: it matches '{row['match_attribute']}'")
        goal = Goal(
            idsite=idsite,
            idgoal=row["idgoal"],
            name=unescape(row["name"]),
            match_attribute=row["match_attribute"],
            pattern=unescape(row["pattern"]),
            pattern_type=row["pattern_type"],
            description=unescape(row.get("description") or ""),
            case_sensitive=bool(row["case_sensitive"]),
            allow_multiple=bool(row["allow_multiple"]),
            revenue=float(row["revenue"]),
            event_value_as_revenue=bool(row.get("event_value_as_revenue")),
            deleted=bool(row["deleted"]),
        )
        notes.note("goal", key, registry.add_goal(goal).idgoal)
        taken.counts["goals"] += 1


def _dimensions(
    old: int, idsite: int, database: MatomoDatabase, registry: Registry, notes: Notes, taken: TakenOver
) -> SiteRules:
    numbers: dict[str, dict[int, int]] = {VISIT_SCOPE: {}, ACTION_SCOPE: {}}
    present = {one.idcustomdimension for one in registry.custom_dimensions(idsite)}
    for row in database.rows("custom_dimensions", "idsite = %s", [old], "idcustomdimension"):
        key = f"{old}#{row['idcustomdimension']}"
        number = notes.number("dimension", key)
        if number is None and row["idcustomdimension"] in present:
            number = row["idcustomdimension"]
        if number is None:
            dimension = CustomDimension(
                idsite=idsite,
                idcustomdimension=row["idcustomdimension"],
                name=unescape(row["name"]),
                index=row["index"],
                scope=row["scope"],
                active=bool(row["active"]),
                extractions=_extractions(row.get("extractions")),
                case_sensitive=bool(row.get("case_sensitive", 1)),
            )
            try:
                number = registry.add_custom_dimension(dimension).idcustomdimension
            except NoSlotLeftError:
                taken.left_behind.append(f"custom dimension {row['idcustomdimension']} of site {old}: no place is left")
                continue
            notes.note("dimension", key, number)
            taken.counts["custom_dimensions"] += 1
        numbers[row["scope"]][row["index"]] = number
    return SiteRules(old, idsite, numbers[VISIT_SCOPE], numbers[ACTION_SCOPE])


def _segments(database: MatomoDatabase, registry: Registry, notes: Notes, taken: TakenOver) -> None:
    for row in database.rows("segment", "deleted = 0", order="idsegment"):
        old_site, key = row["enable_only_idsite"] or 0, str(row["idsegment"])
        if notes.number("segment", key) is not None or (old_site and old_site not in taken.sites):
            continue
        segment = SavedSegment(
            idsegment=row["idsegment"],
            name=unescape(row["name"]),
            definition=row["definition"],
            login=row["login"],
            enable_all_users=bool(row["enable_all_users"]),
            enable_only_idsite=taken.sites[old_site].idsite if old_site else 0,
            auto_archive=bool(row["auto_archive"]),
            ts_created=seconds(row.get("ts_created")) or 0,
            ts_last_edit=seconds(row.get("ts_last_edit")),
        )
        notes.note("segment", key, registry.add_segment(segment).idsegment)
        taken.counts["segments"] += 1


def _users(database: MatomoDatabase, registry: Registry, taken: TakenOver) -> None:
    roles, capabilities = _roles(database, taken)
    for row in database.rows("user", order="login"):
        login = row["login"]
        if registry.user(login) is not None:
            if login == ANONYMOUS and roles.get(login):
                registry.change_user(login, lambda user, own=roles[login]: replace(user, roles={**own, **user.roles}))  # type: ignore[misc]
            continue
        user = User(
            login=login,
            email=row["email"],
            superuser_access=bool(row["superuser_access"]),
            date_registered=seconds(row.get("date_registered")) or 0,
            invited_by=row.get("invited_by") or "",
            roles=roles.get(login, {}),
            capabilities=capabilities.get(login, {}),
        )
        registry.add_user(user)
        taken.counts["users"] += 1


def _roles(
    database: MatomoDatabase, taken: TakenOver
) -> tuple[dict[str, dict[int, Role]], dict[str, dict[int, tuple[str, ...]]]]:
    roles: dict[str, dict[int, Role]] = {}
    capabilities: dict[str, dict[int, tuple[str, ...]]] = {}
    for row in database.rows("access", order="idaccess"):
        rules = taken.sites.get(row["idsite"])
        if rules is None:
            continue
        try:
            roles.setdefault(row["login"], {})[rules.idsite] = Role.of(row["access"] or "")
        except ValueError:
            own = capabilities.setdefault(row["login"], {})
            own[rules.idsite] = (*own.get(rules.idsite, ()), str(row["access"]))
    return roles, capabilities


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (text or "").split(",") if word.strip())


def _extractions(text: str | None) -> tuple[Extraction, ...]:
    try:
        found: Iterable[Mapping[str, Any]] = json.loads(text or "[]")
        return tuple(Extraction(str(one["dimension"]), str(one["pattern"])) for one in found)
    except (ValueError, KeyError, TypeError):
        return ()


def _is_zone(name: str) -> bool:
    if name.startswith("UTC"):
        return True
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
