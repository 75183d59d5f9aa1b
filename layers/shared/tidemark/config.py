"""The functions' environment: settings that start with TIDEMARK_, read and checked once.

Only switches of the deployment stand here. The names of its resources are the AWS driver's (tidemark.stores.aws.names);
what people configure is in the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

PREFIX: Final = "TIDEMARK_"
_SWITCHES: Final = {"1": True, "0": False}


class ConfigError(Exception):
    """A setting of the environment is missing or wrong."""


class Config(NamedTuple):
    """What template.yaml tells every function: TIDEMARK_<FIELD> in upper case.

    `erase_on_call`: whether a call that erases data subjects waits until it is done; else a schedule does it.
    `archive_memory_mb` bounds what work on the hits of one day takes: a day with more hits than fit is made in parts.
    What the parts found (a row per different page, referrer and the like) stands beside that until it is merged.
    `snapshot_age_seconds` is how old the tracker settings may be that a function goes by. `edge_secret` is what the CDN
    sends along with tracking requests; empty without a CDN. `mail_from` is the sender of mails; without one, none are sent.
    They go to the SMTP server of `smtp_url` (smtp://user:password@host:port, smtps:// for TLS from the start), else to SES.
    `alert_topic` is the ARN of the SNS topic that alerts may go to. `archive_mapping` is the id of what triggers archive
    jobs, which is off while there are none; empty where it is always on. `pauses_readers`: whether readers of busy sites see
    the state of a little while ago (archiving/pausing.py): where one process does everything.
    """

    environment: str = "local"
    archive_on_demand: bool = True
    erase_on_call: bool = True
    snapshot_age_seconds: int = 30
    archive_memory_mb: int = 2500
    edge_secret: str = ""
    mail_from: str = ""
    smtp_url: str = ""
    alert_topic: str = ""
    archive_mapping: str = ""
    pauses_readers: bool = False


def read_config(environment: Mapping[str, str]) -> Config:
    """The configuration of the environment's TIDEMARK_ variables.

    Raises: ConfigError, naming the variable.
    """
    default = Config()
    return Config(
        environment=environment.get(PREFIX + "ENVIRONMENT", default.environment),
        archive_on_demand=_switch(environment, PREFIX + "ARCHIVE_ON_DEMAND", default.archive_on_demand),
        erase_on_call=_switch(environment, PREFIX + "ERASE_ON_CALL", default.erase_on_call),
        archive_memory_mb=_number(environment, PREFIX + "ARCHIVE_MEMORY_MB", default.archive_memory_mb),
        snapshot_age_seconds=_number(environment, PREFIX + "SNAPSHOT_AGE_SECONDS", default.snapshot_age_seconds),
        edge_secret=environment.get(PREFIX + "EDGE_SECRET", default.edge_secret),
        mail_from=environment.get(PREFIX + "MAIL_FROM", default.mail_from),
        alert_topic=environment.get(PREFIX + "ALERT_TOPIC", default.alert_topic),
        archive_mapping=environment.get(PREFIX + "ARCHIVE_MAPPING", default.archive_mapping),
        smtp_url=environment.get(PREFIX + "SMTP_URL", default.smtp_url),
        pauses_readers=_switch(environment, PREFIX + "PAUSES_READERS", default.pauses_readers),
    )


def _switch(environment: Mapping[str, str], name: str, default: bool) -> bool:
    text = environment.get(name)
    if text is None:
        return default
    if text not in _SWITCHES:
        raise ConfigError(f"{name} has to be 1 or 0, not {text!r}.")
    return _SWITCHES[text]


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()):
        raise ConfigError(f"{name} has to be a whole number, not {text!r}.")
    return int(text)
