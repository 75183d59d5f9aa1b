"""The local run calls the report function from many threads at once: each caller gets the answer to the own question."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.unit.functions.conftest import NOON
from tidemark.local.functions import Functions
from tidemark.local.http_events import rest_event
from tidemark.local.message import Request
from tidemark.local.template import find_template, read_wiring

CALLS = 400


def test_callers_at_the_same_time_get_their_own_answers(instance):
    call = Functions(read_wiring(find_template()).functions).call

    def asked(number: int) -> str:
        query = f"module=API&method=No.method{number}&format=json"
        request = Request("GET", "/index.php", query, (("Host", "stats.example"),), b"", "203.0.113.7")
        answer = call("ReportFunction", rest_event(request, "/index.php", "live", NOON, {}))
        return json.loads(answer["body"])["message"]

    asked(0)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(asked, range(CALLS)))
    finally:
        sys.setswitchinterval(before)
    assert [number for number, answer in enumerate(answers) if f"'method{number}'" not in answer] == []
