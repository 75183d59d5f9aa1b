"""The script function with a recorded event, and what it may load."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import sys
from pathlib import Path

from tidemark.local.functions import Functions
from tidemark.local.template import find_template, read_wiring

ROOT = find_template().parent


def event(path: str) -> dict:
    recorded = json.loads((ROOT / "tests/events/function_url_get.json").read_text(encoding="utf-8"))
    recorded["rawPath"] = path
    recorded["headers"]["accept-encoding"] = "gzip"
    return recorded


def test_handler_when_the_script_is_asked_for():
    answer = Functions(read_wiring(find_template()).functions).call("ScriptFunction", event("/matomo.js"))
    assert answer["statusCode"] == 200
    assert b"_paq" in gzip.decompress(base64.b64decode(answer["body"]))


def test_every_script_when_looked_up_in_the_template():
    from tidemark.tracking.scripts import SCRIPTS

    routes = {
        path: route.function
        for route in read_wiring(find_template()).triggers
        if hasattr(route, "paths")
        for path in route.paths
    }
    assert {path for path, function in routes.items() if function == "ScriptFunction"} == {*SCRIPTS, "/assets/*"}


def test_script_when_asked_what_it_loads():
    code = "import script, sys; print(sorted({'boto3', 'orjson', 'tidemark.bootstrap', 'tidemark.config'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(ROOT / "functions/track"), capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
