"""The functions' environment."""

from __future__ import annotations

import pytest

from tidemark.config import PREFIX, Config, ConfigError, read_config
from tidemark.local.template import find_template, read_template
from tidemark.stores.aws.names import Names


def test_read_config_when_nothing_is_given():
    assert read_config({"HOME": "/"}) == Config()


def test_read_config_when_everything_is_given():
    given = {
        "TIDEMARK_ENVIRONMENT": "staging",
        "TIDEMARK_ARCHIVE_ON_DEMAND": "0",
        "TIDEMARK_SNAPSHOT_AGE_SECONDS": "5",
        "TIDEMARK_EDGE_SECRET": "secret",
    }
    expected = Config("staging", archive_on_demand=False, snapshot_age_seconds=5, edge_secret="secret")
    assert read_config(given) == expected


@pytest.mark.parametrize(
    ("name", "value"), [("TIDEMARK_ARCHIVE_ON_DEMAND", "maybe"), ("TIDEMARK_SNAPSHOT_AGE_SECONDS", "-1")]
)
def test_read_config_when_a_value_is_wrong(name, value):
    with pytest.raises(ConfigError, match=name):
        read_config({name: value})


def test_template_when_compared_with_what_the_code_reads():
    template = read_template(find_template())
    places = [template["Globals"]["Function"], *(one.get("Properties", {}) for one in template["Resources"].values())]
    variables = [place.get("Environment", {}).get("Variables", {}) for place in places]
    given = {name for found in variables for name in found if name.startswith(PREFIX)}
    known = {PREFIX + field.upper() for field in (*Config._fields, *Names._fields)}
    assert given <= known
    of_no_function = {"TIDEMARK_ARCHIVE_DEAD_QUEUE_URL"}
    of_the_local_run = {"TIDEMARK_SMTP_URL", "TIDEMARK_PAUSES_READERS"}
    assert known - given == of_no_function | of_the_local_run
