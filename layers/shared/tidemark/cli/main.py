"""The console `tidemark`: thin commands over the local run, the registry and the archiver."""

from __future__ import annotations

import json
import os
import secrets
import string
import threading
import time
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from tidemark.bootstrap import Instance
from tidemark.cli import (
    administration,
    archiving,
    assistants,
    configuration,
    doctor,
    generating,
    import_logs,
    import_matomo,
    notices,
    privacy,
    sites,
    sql,
)
from tidemark.cli.client import Client, ClientError, hit_and_report
from tidemark.cli.instances import AsJson, Data, OfStack, opened_instance, show
from tidemark.cli.receivers import Remote
from tidemark.local import deploy
from tidemark.local.deploy import DeployError
from tidemark.local.emulator import emulated_environment, emulator
from tidemark.local.serve import LocalRun, Options, OptionsError
from tidemark.local.serve import serve as serve_locally
from tidemark.local.template import TemplateError, find_template
from tidemark.model.registry import NotRegisteredError

TOKEN_LENGTH: Final = 32
DAY_SECONDS: Final = 86_400
HIT_TOKEN_SECONDS: Final = 300
DEMO_TOKEN_SECONDS: Final = 3600

app = typer.Typer(no_args_is_help=True, help="Web analytics that speaks Matomo's language.")
token_app = typer.Typer(no_args_is_help=True, help="API tokens of an instance.")
archiving.add_commands(app)
privacy.add_commands(app)
sql.add_commands(app)
assistants.add_commands(app)
doctor.add_commands(app)
generating.add_commands(app)
import_logs.add_commands(app)
import_matomo.add_commands(app)
configuration.add_commands(app)
administration.add_commands(app, token_app)
sites.add_commands(app)
notices.add_commands(app)
app.add_typer(token_app, name="token")

Port = Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.", min=0, max=65_535)]
Token = Annotated[str | None, typer.Option(help="API token of the superuser, 32 hexadecimal characters.")]
Login = Annotated[str, typer.Option(help="Login of the superuser.")]
Ephemeral = Annotated[bool, typer.Option("--ephemeral", help="Keep nothing; the instance can be reset.")]
Store = Annotated[str, typer.Option(help="embedded, or aws (AWS_ENDPOINT_URL or AWS itself).")]
Stack = Annotated[str, typer.Option(help="The deployed stack whose resources to use.")]
Demo = Annotated[bool, typer.Option("--demo", help="Send demo traffic first, if there is no site yet.")]


@app.command()
def serve(
    port: Port = 8080,
    token: Token = None,
    login: Login = "admin",
    data: Data = None,
    ephemeral: Ephemeral = False,
    store: Store = "embedded",
    stack: Stack = "tidemark",
    demo: Demo = False,
) -> None:
    """Serve an instance on this machine until it is told to stop (SIGTERM, Ctrl-C)."""
    is_ephemeral = ephemeral or (data is None and store == "embedded")
    _serve(Options(port, _checked_token(token), login, data, is_ephemeral, store, stack), demo)


@app.command()
def serve_moto(port: Port = 8080, token: Token = None, login: Login = "admin", demo: Demo = False) -> None:
    """Serve on an emulated AWS: start moto, deploy template.yaml to it, use what it declares."""
    options = Options(port, _checked_token(token), login, is_ephemeral=True, store="aws")
    with emulator() as endpoint:
        os.environ.update(emulated_environment(endpoint))
        os.environ.update(deploy.deploy(deploy.session(), find_template()))
        typer.echo(f"emulated AWS at {endpoint}")
        _serve(options, demo)


@app.command()
def hit(
    url: Annotated[str, typer.Option(help="Address of a running instance.")] = "http://127.0.0.1:8080",
    token: Token = None,
    data: Data = None,
    title: Annotated[str, typer.Option(help="Title of the page.")] = "Hello from the command line",
    as_json: AsJson = False,
) -> None:
    """Send one page view to a running instance and print its report."""
    if token is None and data is None:
        raise typer.BadParameter("give --token, or --data of an instance on this machine")
    try:
        told = hit_and_report(Client(url, token or _passing_token(data)), title)
    except ClientError as error:
        _fail(str(error))
    if as_json:
        typer.echo(json.dumps(told))
        return
    typer.echo(f"sent       a view of {told['url']} to site {told['idsite']}")
    typer.echo(f"today      {told['visits']} visits, {told['actions']} actions")
    for label, hits in told["titles"].items():
        typer.echo(f"{hits:>10} x {label}")


@token_app.command("add")
def token_add(
    login: str,
    description: Annotated[str, typer.Option(help="What it is for.")] = "made by the console",
    days: Annotated[int | None, typer.Option(help="It ends after so many days.", min=1)] = None,
    post_only: Annotated[bool, typer.Option("--post-only", help="Refuse it in addresses.")] = False,
    read_only: Annotated[bool, typer.Option("--read-only", help="Let it change nothing.")] = False,
    only_site: Annotated[
        list[int] | None, typer.Option(help="Let it speak for this site alone; may be repeated.")
    ] = None,
    data: Data = None,
    stack: OfStack = None,
    as_json: AsJson = False,
) -> None:
    """Make an API token for a user and print it, this once."""
    token, ends = secrets.token_hex(TOKEN_LENGTH // 2), None if days is None else int(time.time()) + days * DAY_SECONDS
    instance, limits = opened_instance(data, stack), {"post_only": post_only, "read_only": read_only}
    try:
        instance.registry().add_token(login, token, description, ends, sites=only_site or (), **limits)
    except NotRegisteredError:
        _fail(f"there is no user {login!r}")
    instance.audit_log().note(
        administration.CONSOLE.login, "token add", {"userLogin": login, "description": description}
    )
    show({"token": token}, as_json)


@app.command("replay")
@app.command(hidden=True)
def requeue(data: Data = None, stack: OfStack = None, as_json: AsJson = False) -> None:
    """Give dead letters, and what collect had to put aside, another chance; prints how many."""
    instance = opened_instance(data, stack)
    show({"spilled": instance.replay_spill(), "dead_letters": instance.requeue_dead_letters()}, as_json)


def main() -> None:
    """Entry point of the console."""
    app()


def _serve(options: Options, has_demo: bool) -> None:
    def begin(run: LocalRun, address: str) -> None:
        if has_demo:
            token = _token_for(run.instance, options.login, "demo traffic", DEMO_TOKEN_SECONDS)
            receiver = Remote(Client(address, token))
            threading.Thread(target=generating.load_demo, args=(receiver, _say), daemon=True).start()

    try:
        serve_locally(options, _say, begin)
    except (OptionsError, TemplateError, DeployError) as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"127.0.0.1:{options.port} cannot be served: {error.strerror or error}")


def _passing_token(data: Path | None) -> str:
    """A superuser's token for the next minutes."""
    instance = opened_instance(data, None)
    login = next((user.login for user in instance.registry().users() if user.superuser_access), None)
    if login is None:
        _fail(f"there is no superuser in {data}: start the instance first")
    return _token_for(instance, login, "tidemark hit", HIT_TOKEN_SECONDS)


def _token_for(instance: Instance, login: str, description: str, seconds: int) -> str:
    token = secrets.token_hex(TOKEN_LENGTH // 2)
    instance.registry().add_token(login, token, description, int(time.time()) + seconds)
    return token


def _checked_token(token: str | None) -> str | None:
    if token is not None and (len(token) != TOKEN_LENGTH or not set(token) <= set(string.hexdigits)):
        raise typer.BadParameter(f"a token has {TOKEN_LENGTH} hexadecimal characters", param_hint="--token")
    return token


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - scripts wait for the line


def _fail(message: str) -> NoReturn:
    typer.echo(f"tidemark: {message}", err=True)
    raise typer.Exit(1)
