"""The collect function with recorded events, and what it may load."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

from tidemark.local.functions import Functions
from tidemark.local.template import find_template, read_wiring

ROOT = find_template().parent
EVENTS = ROOT / "tests" / "events"


def call(event: dict) -> dict:
    return Functions(read_wiring(find_template()).functions).call("CollectFunction", event)


def recorded(name: str) -> dict:
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def queued(instance) -> list[dict]:
    return [json.loads(message.body) for message in instance.stores().hits.receive(10, 30)]


def test_handler_when_no_image_is_wanted(instance):
    answer = call(recorded("function_url_get"))
    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert len(queued(instance)) == 1


def test_handler_when_a_form_is_posted(instance):
    answer = call(recorded("function_url_post_form"))
    assert answer["statusCode"] == 200
    assert base64.b64decode(answer["body"]).startswith(b"GIF89a")
    assert answer["headers"]["access-control-allow-origin"] == "*"
    assert len(queued(instance)) == 1


def test_handler_when_a_bulk_is_posted(instance):
    answer = call(recorded("function_url_post_bulk"))
    assert json.loads(base64.b64decode(answer["body"])) == {"status": "success", "tracked": 1, "invalid": 0}
    assert len(queued(instance)) == 1


def test_handler_when_a_cookie_is_set(instance):
    instance.registry().set_settings({"Tracker.use_third_party_id_cookie": True})
    event = recorded("function_url_get")
    answer = call({**event, "rawQueryString": event["rawQueryString"] + "&_id=0a1b2c3d4e5f6071"})
    assert len(answer["cookies"]) == 1
    assert "set-cookie" not in answer["headers"]


def test_imports_when_the_function_starts():
    """Its cold start is what a website's visitor feels: nothing heavy may be loaded, neither at start nor by a request."""
    code = f"""
import json, os, sys
os.environ.update(AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x",
    TIDEMARK_HITS_QUEUE_URL="http://127.0.0.1:9/1/hits", TIDEMARK_BUCKET="b")
sys.path.insert(0, {str(ROOT / "functions" / "track")!r})
import collect
answer = collect.handler(json.load(open({str(EVENTS / "function_url_get.json")!r})), None)
assert answer["statusCode"] == 503, answer
heavy = "boto3 botocore pyarrow duckdb aws_lambda_powertools pydantic chalice pynamodb device_detector yaml numpy".split()
print(json.dumps([name for name in heavy if name in sys.modules]))
"""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TIDEMARK_"))}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=clean, cwd=Path(ROOT)
    )
    assert json.loads(result.stdout) == []
