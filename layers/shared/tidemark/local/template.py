"""What the local run has to know of template.yaml: the functions, and the URLs, queues and schedules that start them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

TEMPLATE_NAME: Final = "template.yaml"
_SECONDS: Final = {"minute": 60, "hour": 3600, "day": 86400}


class TemplateError(Exception):
    """The template cannot be found, or declares something that the local run does not know."""


@dataclass(frozen=True, slots=True)
class UrlRoute:
    """URL paths that reach a function through its function URL (payload format 2.0), with any method."""

    function: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RestRoute:
    """One path of a REST API (payload format 1.0); `method` is upper case, or ANY."""

    function: str
    path: str
    method: str
    stage: str


@dataclass(frozen=True, slots=True)
class QueueTrigger:
    """A queue whose messages a function takes in batches; `queue` is its logical id."""

    function: str
    queue: str
    batch_size: int
    window_seconds: float
    visibility_seconds: int
    reports_failures: bool


@dataclass(frozen=True, slots=True)
class ScheduleTrigger:
    """A rate at which a function is called; `rule` is the name of the event's rule."""

    function: str
    rule: str
    every_seconds: int


Trigger = UrlRoute | RestRoute | QueueTrigger | ScheduleTrigger


@dataclass(frozen=True, slots=True)
class Function:
    """One function: the folder of its code and `module.attribute` of its handler."""

    name: str
    code: Path
    handler: str


@dataclass(frozen=True, slots=True)
class Wiring:
    """All functions by logical id, and all that starts them, in the template's order.

    `references` says which environment variable of all functions names which resource (a logical id).
    """

    functions: Mapping[str, Function]
    triggers: tuple[Trigger, ...]
    references: Mapping[str, str]


def find_template() -> Path:
    """The template of the source tree that this package stands in, else of the current folder or one above it."""
    for folder in (*Path(__file__).resolve().parents, Path.cwd(), *Path.cwd().parents):
        if (folder / TEMPLATE_NAME).is_file():
            return folder / TEMPLATE_NAME
    raise TemplateError(f"{TEMPLATE_NAME} was not found; the local run needs Tidemark's source tree.")


def read_template(path: Path) -> dict[str, Any]:
    """The template as a document; short intrinsics (!Ref, !GetAtt ...) become their long form."""
    with path.open(encoding="utf-8") as stream:
        document: dict[str, Any] = yaml.load(stream, _Loader)  # noqa: S506 - the loader is a safe one
    return document


def read_wiring(path: Path) -> Wiring:
    """The functions and triggers that the template at `path` declares."""
    document = read_template(path)
    resources = document["Resources"]
    defaults = {name: one.get("Default") for name, one in document.get("Parameters", {}).items()}
    functions = {
        name: one["Properties"] for name, one in resources.items() if one["Type"] == "AWS::Serverless::Function"
    }
    variables = document.get("Globals", {}).get("Function", {}).get("Environment", {}).get("Variables", {})
    triggers: list[Trigger] = []
    for name, properties in functions.items():
        if "FunctionUrlConfig" in properties:
            triggers.append(UrlRoute(name, tuple(resources[name]["Metadata"]["Paths"])))
        for event_name, event in properties.get("Events", {}).items():
            settings = _resolve(event["Properties"], defaults)
            triggers.append(_trigger(name, event_name, event["Type"], settings, resources))
    return Wiring(
        {
            name: Function(name, path.parent / properties["CodeUri"], properties["Handler"])
            for name, properties in functions.items()
        },
        tuple(triggers),
        {name: value["Ref"] for name, value in variables.items() if _is_reference(value, resources)},
    )


def _trigger(function: str, name: str, kind: str, settings: Mapping[str, Any], resources: Mapping[str, Any]) -> Trigger:
    if kind == "Api":
        stage = resources[settings["RestApiId"]["Ref"]]["Properties"]["StageName"]
        return RestRoute(function, settings["Path"], settings["Method"].upper(), stage)
    if kind == "SQS":
        queue = settings["Queue"]["Fn::GetAtt"][0]
        return QueueTrigger(
            function=function,
            queue=queue,
            batch_size=int(settings.get("BatchSize", 10)),
            window_seconds=float(settings.get("MaximumBatchingWindowInSeconds", 0)),
            visibility_seconds=int(resources[queue]["Properties"].get("VisibilityTimeout", 30)),
            reports_failures="ReportBatchItemFailures" in settings.get("FunctionResponseTypes", ()),
        )
    if kind == "Schedule":
        return ScheduleTrigger(function, function + name, _rate_seconds(settings["Schedule"]))
    raise TemplateError(f"Event {name} of {function} has the type {kind}, which the local run does not know.")


def _is_reference(value: Any, resources: Mapping[str, Any]) -> bool:
    return isinstance(value, dict) and value.get("Ref") in resources


def _rate_seconds(expression: str) -> int:
    match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    if match is None:
        raise TemplateError(f"The local run knows schedules of the form rate(n minutes), not {expression!r}.")
    return int(match[1]) * _SECONDS[match[2]]


def _resolve(value: Any, parameters: Mapping[str, Any]) -> Any:
    """The value with references to parameters replaced by their defaults; other references stay."""
    if isinstance(value, dict):
        if set(value) == {"Ref"} and value["Ref"] in parameters:
            return parameters[value["Ref"]]
        return {key: _resolve(one, parameters) for key, one in value.items()}
    if isinstance(value, list):
        return [_resolve(one, parameters) for one in value]
    return value


class _Loader(yaml.SafeLoader):
    """Safe YAML that knows CloudFormation's short intrinsics."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_scalar(node)  # type: ignore[arg-type]
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)
