"""The functions' environment."""

from __future__ import annotations

from dataclasses import fields

import pytest

from tidemark.config import PREFIX, Config, ConfigError, read_config
from tidemark.local.template import find_template, read_template

GIVEN = {
    "TIDEMARK_BUCKET": "b",
    "TIDEMARK_HITS_QUEUE_URL": "h",
    "TIDEMARK_ARCHIVE_QUEUE_URL": "a",
    "TIDEMARK_ARCHIVE_NUMERIC_TABLE": "n",
    "TIDEMARK_ARCHIVE_STATE_TABLE": "s",
    "TIDEMARK_REGISTRY_TABLE": "r",
}


def test_read_config_when_only_the_resources_are_given():
    assert read_config({**GIVEN, "HOME": "/"}) == Config("b", "h", "a", "n", "s", "r")


def test_read_config_when_a_switch_is_given():
    assert read_config({**GIVEN, "TIDEMARK_ARCHIVE_ON_DEMAND": "0"}).archive_on_demand is False


def test_read_config_when_a_switch_is_wrong():
    with pytest.raises(ConfigError, match="TIDEMARK_ARCHIVE_ON_DEMAND"):
        read_config({**GIVEN, "TIDEMARK_ARCHIVE_ON_DEMAND": "maybe"})


def test_read_config_when_something_is_missing():
    with pytest.raises(ConfigError, match="TIDEMARK_BUCKET, TIDEMARK_REGISTRY_TABLE"):
        read_config({name: value for name, value in GIVEN.items() if name[9:] not in ("BUCKET", "REGISTRY_TABLE")})


def test_template_when_compared_with_the_config():
    variables = read_template(find_template())["Globals"]["Function"]["Environment"]["Variables"]
    given = {name for name in variables if name.startswith(PREFIX)}
    assert given == {PREFIX + field.name.upper() for field in fields(Config)}
