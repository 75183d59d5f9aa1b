"""Commands about users, tokens, goals and segments: calls of the API in the name of whoever may use the machine."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn
from urllib.parse import quote

import typer

from tidemark.cli.instances import AsJson, Data, OfStack, opened_instance, show, show_done
from tidemark.model.access import Identity
from tidemark.model.errors import ApiError
from tidemark.model.goal import Goal
from tidemark.model.links import instance_address, password_link
from tidemark.model.registry import NotRegisteredError
from tidemark.model.user import User

CONSOLE: Final = Identity("console", is_superuser=True)
LINK_SECONDS: Final = 7 * 86_400
SHOWN_HASH: Final = 12

user_app = typer.Typer(no_args_is_help=True, help="Users of an instance, and what they may do.")
goal_app = typer.Typer(no_args_is_help=True, help="Goals of sites.")
segment_app = typer.Typer(no_args_is_help=True, help="Saved segments.")
Site = Annotated[int, typer.Option("--site", help="Number of the site.")]


def add_commands(app: typer.Typer, token_app: typer.Typer) -> None:
    """Add these commands to the console."""
    app.add_typer(user_app, name="user")
    app.add_typer(goal_app, name="goal")
    app.add_typer(segment_app, name="segment")
    app.command("call")(call_method)
    app.command()(audit)
    token_app.command("list")(token_list)
    token_app.command("delete")(token_delete)


def call_method(
    method: Annotated[str, typer.Argument(help="As in the API: SitesManager.getAllSites.")],
    params: Annotated[list[str] | None, typer.Argument(help="NAME=VALUE, lists as NAME[0]=VALUE.")] = None,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Call any method of the API as a superuser and print the answer as JSON (with --json in one line)."""
    given = dict(_pair(one) for one in params or [])
    instance = opened_instance(data, stack)
    calls = instance.reporter().call("API.getBulkRequest", {"urls": [_query(method, given)]}, CONSOLE)
    typer.echo(json.dumps(calls[0], indent=None if as_json else 1, ensure_ascii=False))
    if isinstance(calls[0], dict) and calls[0].get("result") == "error":
        raise typer.Exit(1)


def audit(
    limit: Annotated[int, typer.Option(help="So many of the latest acts.", min=1)] = 100,
    login: Annotated[str, typer.Option(help="Only those of this user.")] = "",
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Print who administered what, and when."""
    for entry in opened_instance(data, stack).audit_log().entries(limit, login):
        facts = dict(entry.facts) if as_json else " ".join(f"{name}={value}" for name, value in entry.facts.items())
        show({"at": _moment(entry.at), "login": entry.login, "act": entry.act, "facts": facts}, as_json)


# ---- users


@user_app.command("add")
def user_add(
    login: str,
    email: str,
    site: Annotated[int | None, typer.Option(help="A site that the user may see.")] = None,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Invite a user, and print the link by which they choose a password, once, within seven days."""
    given: dict[str, Any] = {"userLogin": login, "email": email}
    if site is not None:
        given["initialIdSite"] = site
    call_api(data, stack, "UsersManager.inviteUser", given)
    show({"link": call_api(data, stack, "UsersManager.generateInviteLink", {"userLogin": login})}, as_json)


@user_app.command("list")
def user_list(data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Print the users."""
    for user in opened_instance(data, stack).registry().users():
        show(_facts(user), as_json)


@user_app.command("access")
def user_access(
    login: str,
    access: Annotated[str, typer.Argument(help="view, write, admin or noaccess.")],
    site: Annotated[list[int], typer.Option(help="Number of a site; may be repeated.")],
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Give a user a role on sites, or take it away."""
    given = {"userLogin": login, "access": access, "idSites": ",".join(map(str, site))}
    call_api(data, stack, "UsersManager.setUserAccess", given)
    show_done({"login": login, "access": access, "sites": site}, as_json)


@user_app.command("superuser")
def user_superuser(
    login: str,
    is_one: Annotated[bool, typer.Option("--yes/--no", help="Make them one, or no longer.")] = True,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Make a user a superuser, or no longer one."""
    given = {"userLogin": login, "hasSuperUserAccess": int(is_one)}
    call_api(data, stack, "UsersManager.setSuperUserAccess", given)
    show_done({"login": login, "superuser": is_one}, as_json)


@user_app.command("reset-password")
def user_reset_password(login: str, data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Print a token, and the link with it, by which a user chooses another password, once, within seven days."""
    instance, token = opened_instance(data, stack), secrets.token_hex(32)
    try:
        instance.registry().set_link(login, token, int(time.time()) + LINK_SECONDS)
    except NotRegisteredError:
        _fail(f"there is no user {login!r}")
    instance.audit_log().note(CONSOLE.login, "user reset-password", {"userLogin": login})
    link = password_link(instance_address(instance.registry().settings()), token)
    show({"token": token, "link": link}, as_json)


@user_app.command("reset-second-factor")
def user_reset_second_factor(login: str, data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Let a user who lost their second factor sign in by password alone."""
    call_api(data, stack, "TwoFactorAuth.resetTwoFactorAuth", {"userLogin": login})
    show_done({"login": login, "second_factor": False}, as_json)


@user_app.command("delete")
def user_delete(login: str, data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Delete a user with their roles and tokens."""
    call_api(data, stack, "UsersManager.deleteUser", {"userLogin": login})
    show_done({"login": login, "deleted": True}, as_json)


# ---- tokens


def token_list(login: str, data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Print a user's tokens: the beginning of their hashes, for tokens themselves are not stored."""
    for token in _user(data, stack, login).tokens:
        ends = _moment(token.expires_at) if token.expires_at is not None else "never"
        facts = {"hash": token.hash[:SHOWN_HASH], "description": token.description, "made": _moment(token.created_at)}
        show({**facts, "ends": ends}, as_json)


def token_delete(
    login: str,
    hash_begin: Annotated[str, typer.Argument(help="As `token list` prints it.")],
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Delete a token of a user."""
    kept = [token for token in _user(data, stack, login).tokens if not token.hash.startswith(hash_begin)]
    if not hash_begin or len(kept) == len(_user(data, stack, login).tokens):
        _fail(f"{login!r} has no such token")
    instance = opened_instance(data, stack)
    instance.registry().change_user(login, lambda user: replace(user, tokens=tuple(kept)))
    instance.audit_log().note(CONSOLE.login, "token delete", {"userLogin": login})
    show_done({"login": login, "deleted": True}, as_json)


# ---- goals and segments


@goal_app.command("add")
def goal_add(
    name: str,
    pattern: str,
    site: Site,
    attribute: Annotated[str, typer.Option(help="url, title, file, external_website, event_… or manually.")] = "url",
    match: Annotated[str, typer.Option(help="contains, exact or regex.")] = "contains",
    revenue: Annotated[float, typer.Option(help="What a conversion is worth.")] = 0.0,
    multiple: Annotated[bool, typer.Option("--multiple", help="Count several conversions per visit.")] = False,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Add a goal to a site and print its number."""
    goal = Goal(site, 0, name, attribute, pattern, match, revenue=revenue, allow_multiple=multiple)
    show({"idgoal": call_api(data, stack, "Goals.addGoal", _definition(goal))}, as_json)


@goal_app.command("change")
def goal_change(
    idgoal: int,
    site: Site,
    name: Annotated[str | None, typer.Option(help="Its name.")] = None,
    pattern: Annotated[str | None, typer.Option(help="What has to match.")] = None,
    attribute: Annotated[
        str | None, typer.Option(help="url, title, file, external_website, event_… or manually.")
    ] = None,
    match: Annotated[str | None, typer.Option(help="contains, exact or regex.")] = None,
    revenue: Annotated[float | None, typer.Option(help="What a conversion is worth.")] = None,
    multiple: Annotated[bool | None, typer.Option("--multiple/--once", help="Conversions that a visit counts.")] = None,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given of a goal, for visits from now on, and keep the rest."""
    given: dict[str, Any] = {
        "name": name,
        "match_attribute": attribute,
        "pattern": pattern,
        "pattern_type": match,
        "revenue": revenue,
        "allow_multiple": multiple,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise typer.BadParameter("nothing to change was given; --help lists what can be")
    goal = replace(_goal(data, stack, site, idgoal), **changes)
    call_api(data, stack, "Goals.updateGoal", _definition(goal))
    show_done({"idsite": site, "idgoal": idgoal, "changed": True}, as_json)


@goal_app.command("list")
def goal_list(site: Site, data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Print the goals of a site."""
    for goal in opened_instance(data, stack).registry().goals(site):
        facts = {"idgoal": goal.idgoal, "name": goal.name, "attribute": goal.match_attribute, "pattern": goal.pattern}
        show(facts, as_json)


@goal_app.command("delete")
def goal_delete(idgoal: int, site: Site, data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Delete a goal of a site."""
    _goal(data, stack, site, idgoal)
    call_api(data, stack, "Goals.deleteGoal", {"idSite": site, "idGoal": idgoal})
    show_done({"idsite": site, "idgoal": idgoal, "deleted": True}, as_json)


@segment_app.command("add")
def segment_add(
    name: str,
    definition: Annotated[str, typer.Argument(help="As in reports: browserCode==FF;visitCount>1.")],
    site: Annotated[int | None, typer.Option(help="Only for this site.")] = None,
    archived: Annotated[bool, typer.Option("--archived", help="Archive it in advance.")] = False,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Save a segment for all users and print its number."""
    given: dict[str, Any] = {"name": name, "definition": definition, "autoArchive": int(archived), "enabledAllUsers": 1}
    if site is not None:
        given["idSite"] = site
    show({"idsegment": call_api(data, stack, "SegmentEditor.add", given)}, as_json)


@segment_app.command("list")
def segment_list(data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Print the saved segments."""
    for one in opened_instance(data, stack).registry().segments():
        if not one.deleted:
            site = one.enable_only_idsite or "all"
            show({"idsegment": one.idsegment, "name": one.name, "site": site, "definition": one.definition}, as_json)


@segment_app.command("delete")
def segment_delete(idsegment: int, data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Delete a saved segment."""
    call_api(data, stack, "SegmentEditor.delete", {"idSegment": idsegment})
    show_done({"idsegment": idsegment, "deleted": True}, as_json)


def call_api(data: Path | None, stack: str | None, method: str, params: Mapping[str, Any]) -> Any:
    """The answer of a method; what it refuses ends the command."""
    try:
        return opened_instance(data, stack).reporter().call(method, params, CONSOLE)
    except ApiError as error:
        _fail(error.message)


def _user(data: Path | None, stack: str | None, login: str) -> User:
    user = opened_instance(data, stack).registry().user(login)
    if user is None:
        _fail(f"there is no user {login!r}")
    return user


def _goal(data: Path | None, stack: str | None, site: int, idgoal: int) -> Goal:
    goals = opened_instance(data, stack).registry().goals(site)
    found = next((goal for goal in goals if goal.idgoal == idgoal), None)
    if found is None:
        _fail(f"site {site} has no goal {idgoal}")
    return found


def _definition(goal: Goal) -> dict[str, Any]:
    """The parameters that define the goal; the API decodes its texts."""
    return {
        "idSite": goal.idsite,
        "idGoal": goal.idgoal,
        "name": quote(goal.name),
        "matchAttribute": goal.match_attribute,
        "pattern": quote(goal.pattern),
        "patternType": goal.pattern_type,
        "caseSensitive": int(goal.case_sensitive),
        "revenue": goal.revenue,
        "allowMultipleConversionsPerVisit": int(goal.allow_multiple),
        "description": quote(goal.description),
        "useEventValueAsRevenue": int(goal.event_value_as_revenue),
    }


def _facts(user: User) -> dict[str, Any]:
    roles = "superuser" if user.superuser_access else " ".join(f"{site}:{role.id}" for site, role in user.roles.items())
    status = user.status(time.time())
    return {"login": user.login, "email": user.email, "roles": roles, "status": status, "tokens": len(user.tokens)}


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"'{text}' is not NAME=VALUE")
    return name, value


def _query(method: str, given: Mapping[str, Any]) -> str:
    from urllib.parse import urlencode  # noqa: PLC0415

    return urlencode({"method": method, "format": "json", **given})


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _fail(message: str) -> NoReturn:
    typer.echo(f"tidemark: {message}", err=True)
    raise typer.Exit(1)
