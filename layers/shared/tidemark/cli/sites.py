"""Commands about sites: calls of the API, which checks what they are given."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tidemark.cli.administration import call_api
from tidemark.cli.instances import AsJson, Data, OfStack, opened_instance, show, show_done

site_app = typer.Typer(no_args_is_help=True, help="Sites of an instance.")
Switch = bool | None
Texts = list[str] | None


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the console."""
    app.add_typer(site_app, name="site")


@site_app.command("add")
def site_add(
    name: str,
    url: Annotated[list[str], typer.Argument(help="The site's addresses, the main one first.")],
    timezone: Annotated[
        str | None, typer.Option(help="Time zone that its days follow; if not given, the instance's.")
    ] = None,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Add a site and print its number."""
    given = _given(siteName=name, urls=url, timezone=timezone)
    show({"idsite": call_api(data, stack, "SitesManager.addSite", given)}, as_json)


@site_app.command("change")
def site_change(
    idsite: int,
    name: Annotated[str | None, typer.Option(help="Its name.")] = None,
    url: Annotated[
        Texts, typer.Option(help="An address, in place of all before; repeated, the main one first.")
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="Time zone that its days follow, from now on.")] = None,
    currency: Annotated[str | None, typer.Option(help="Code of its currency: EUR.")] = None,
    group: Annotated[str | None, typer.Option(help="The group of sites that it stands in; '' for none.")] = None,
    shop: Annotated[
        Switch, typer.Option("--shop/--no-shop", help="Whether it sells: reports of orders and carts.")
    ] = None,
    search: Annotated[Switch, typer.Option("--search/--no-search", help="Whether searches on it are tracked.")] = None,
    exclude_ip: Annotated[Texts, typer.Option(help="Address or range whose hits to leave out; '' for none.")] = None,
    exclude_parameter: Annotated[Texts, typer.Option(help="Parameter to cut from addresses; '' for none.")] = None,
    exclude_user_agent: Annotated[Texts, typer.Option(help="Part of a user agent to leave out; '' for none.")] = None,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given of a site, and keep the rest. Options that take several values may be repeated."""
    given = _given(
        siteName=name,
        urls=url,
        timezone=timezone,
        currency=currency,
        group=group,
        ecommerce=None if shop is None else int(shop),
        siteSearch=None if search is None else int(search),
        excludedIps=exclude_ip,
        excludedQueryParameters=exclude_parameter,
        excludedUserAgents=exclude_user_agent,
    )
    if not given:
        raise typer.BadParameter("nothing to change was given; --help lists what can be")
    call_api(data, stack, "SitesManager.updateSite", {"idSite": idsite, **given})
    show_done({"idsite": idsite, "changed": True}, as_json)


@site_app.command("list")
def site_list(data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Print the sites."""
    for site in opened_instance(data, stack).registry().sites():
        show({"idsite": site.idsite, "name": site.name, "main_url": site.main_url}, as_json)


@site_app.command("delete")
def site_delete(idsite: int, data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Forget a site; its hits and archives stay."""
    call_api(data, stack, "SitesManager.deleteSite", {"idSite": idsite})
    show_done({"idsite": idsite, "deleted": True}, as_json)


def _given(**params: Any) -> dict[str, Any]:
    """Without what was not given; typer gives an empty list for an option of several values that was not."""
    return {name: value for name, value in params.items() if value is not None and value != []}
