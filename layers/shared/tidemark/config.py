"""The functions' environment: settings that start with TIDEMARK_, read and checked once.

Only names of resources and switches of the deployment stand here; what people configure is in the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Final

PREFIX: Final = "TIDEMARK_"
_SWITCHES: Final = {"1": True, "0": False, "true": True, "false": False}


class ConfigError(Exception):
    """A setting of the environment is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Config:
    """What template.yaml gives every function: TIDEMARK_<FIELD> in upper case."""

    bucket: str
    hits_queue_url: str
    archive_queue_url: str
    archive_numeric_table: str
    archive_state_table: str
    registry_table: str
    environment: str = "local"
    archive_on_demand: bool = True
    log_level: str = "INFO"


def read_config(environment: Mapping[str, str]) -> Config:
    """The configuration of the environment's TIDEMARK_ variables.

    Raises: ConfigError, naming the variable.
    """
    given: dict[str, str | bool] = {}
    missing: list[str] = []
    for field in fields(Config):
        name = PREFIX + field.name.upper()
        if name in environment:
            given[field.name] = _switch(name, environment[name]) if field.type == "bool" else environment[name]
        elif field.default is MISSING:
            missing.append(name)
    if missing:
        raise ConfigError(f"The environment lacks {', '.join(missing)}.")
    return Config(**given)  # type: ignore[arg-type]


def _switch(name: str, text: str) -> bool:
    value = _SWITCHES.get(text.lower())
    if value is None:
        raise ConfigError(f"{name} has to be 1 or 0, not {text!r}.")
    return value
