"""The doctor at a running instance, over HTTP."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from tests.support.instance import TOKEN, serving
from tidemark.cli.main import app


def examined(*options: str):
    result = CliRunner().invoke(app, ["doctor", "--json", *options])
    return result.exit_code, {one["check"]: one for one in map(json.loads, result.stdout.splitlines())}


def test_an_instance_that_is_well_and_one_without_sites():
    with serving() as instance:
        status, found = examined("--url", instance.url)
        assert (status, {one["state"] for one in found.values()}) == (0, {"ok"})
        status, found = examined("--url", instance.url, "--token", TOKEN)
        assert (status, [name for name, one in found.items() if one["mend"]]) == (1, ["token"])
        asked = b"module=API&method=SitesManager.addSite&siteName=Shop&format=json&token_auth=" + TOKEN.encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert instance.send("POST", "/index.php", asked, form).json() == {"value": 1}
        assert examined("--url", instance.url, "--token", TOKEN)[0] == 0
        instance.get("/matomo.php?idsite=9&rec=1&url=https://a.example")
        instance.drain()
        status, found = examined("--url", instance.url, "--token", TOKEN)
        assert status == 1
        assert "idsite" in found["refused requests"]["mend"]
