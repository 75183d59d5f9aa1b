"""`tidemark serve` as a person, a script and a client see it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess

import pytest

from tests.support.instance import CONSOLE, TOKEN, serving, start

BULK = "application/json"


@pytest.fixture(scope="module")
def instance():
    with serving("--ephemeral") as one:
        yield one


@pytest.fixture
def empty(instance):
    assert instance.reset().status == 200
    return instance


def test_serve_when_it_starts(instance):
    health = instance.get("/health")
    assert (health.status, health.json()["status"]) == (200, "ok")


def test_serve_when_told_to_stop():
    with serving("--ephemeral") as one:
        assert one.stop() == 0
        assert one.error_text() == ""


def test_serve_when_interrupted():
    with serving("--ephemeral") as one:
        assert one.stop(signal.SIGINT) == 0


def test_serve_when_no_token_is_given(tmp_path):
    def first_lines() -> str:
        process = subprocess.Popen([CONSOLE, "serve", "--port", "0", "--data", tmp_path], stdout=subprocess.PIPE)
        lines = []
        for line in process.stdout:
            lines.append(line.decode())
            if line.startswith(b"ready"):
                break
        process.terminate()
        process.wait(120)
        process.stdout.close()
        return "".join(lines)

    shown = first_lines()
    assert re.search(r"login +admin, API token [0-9a-f]{32} ", shown)
    assert "token" not in first_lines()


def test_serve_when_the_port_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = subprocess.run(
            [CONSOLE, "serve", "--port", port, "--ephemeral"], capture_output=True, text=True, check=False, timeout=60
        )
    assert result.returncode == 1
    assert port in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--token", "short"],
        ["--store", "paper"],
        ["--data", "x", "--ephemeral"],
        ["--store", "aws", "--ephemeral"],
    ],
)
def test_serve_when_the_options_are_wrong(arguments, tmp_path):
    result = subprocess.run(
        [CONSOLE, "serve", "--port", "0", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
        env={"PATH": "/usr/bin", "AWS_ENDPOINT_URL": "https://sqs.example.org"},
    )
    assert result.returncode in (1, 2)
    assert "Traceback" not in result.stderr


def test_login_when_another_is_asked_for():
    with serving("--ephemeral", "--login", "superUserLogin") as one:
        assert one.api("UsersManager.getUser", userLogin="superUserLogin")["superuser_access"]


def test_api_when_the_token_is_right(empty):
    assert empty.add_site() == 1
    assert empty.api("SitesManager.getSiteFromId", idSite=1)["main_url"] == "https://shop.example.org"


def test_api_when_csv_is_asked_for(empty):
    answer = empty.get(f"/index.php?module=API&method=API.getMatomoVersion&format=csv&token_auth={TOKEN}")
    assert answer.status == 200
    assert answer.body.decode("utf-16").startswith("value")


def test_root_when_the_api_is_asked_there(empty):
    form = f"module=API&method=API.getMatomoVersion&format=json&token_auth={TOKEN}".encode()
    assert "value" in empty.send("POST", "/", form).json()


def test_root_when_a_person_looks(empty):
    answer = empty.get("/")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")


def test_reset_when_there_was_something(empty):
    empty.add_site()
    assert empty.reset({"Tracker.trust_visitors_cookies": 1}).status == 200
    assert empty.api("SitesManager.getAllSites") in ([], {})
    assert empty.add_site() == 1


def test_tracking_when_the_site_was_just_added(empty):
    assert empty.track(url="https://shop.example.org/").status == 400
    empty.add_site()
    assert empty.track(url="https://shop.example.org/").status == 204


def test_drain_when_hits_were_sent(empty):
    empty.add_site()
    for number in range(20):
        assert empty.track(url=f"https://shop.example.org/{number}").status == 204
    empty.drain()
    assert empty.drain() == {"messages": 0, "spilled": 0, "dead_letters": 0}


def test_report_when_hits_were_drained(empty):
    empty.add_site()
    for path in ("a", "a", "b"):
        empty.track(url=f"https://shop.example.org/{path}", action_name=path.upper(), _id="0123456789abcdef")
    empty.drain()
    summary = empty.api("VisitsSummary.get", idSite=1, period="day", date="today")
    assert (summary["nb_visits"], summary["nb_actions"]) == (1, 3)
    titles = empty.api("Actions.getPageTitles", idSite=1, period="day", date="today")
    assert {row["label"].strip(): row["nb_hits"] for row in titles} == {"A": 2, "B": 1}


def test_now_when_it_is_set(empty):
    empty.add_site()
    assert empty.set_now("2026-01-31T12:00:00Z").status == 200
    empty.track(url="https://shop.example.org/")
    empty.drain()
    assert empty.api("VisitsSummary.getVisits", idSite=1, period="day", date="2026-01-31")["value"] == 1
    assert empty.api("VisitsSummary.getVisits", idSite=1, period="day", date="today")["value"] == 1


def test_address_when_nothing_is_there(empty):
    assert empty.get("/nothing").status == 404


def test_data_when_the_instance_is_started_again(tmp_path):
    arguments = ("--data", str(tmp_path / "data"))
    with serving(*arguments) as first:
        first.add_site()
        first.track(url="https://shop.example.org/")
        assert first.reset().status == 409
        assert first.stop() == 0
    with serving(*arguments) as second:
        assert second.api("SitesManager.getSiteFromId", idSite=1)["idsite"] in (1, "1")
        second.drain()
        assert second.api("VisitsSummary.getVisits", idSite=1, period="day", date="today")["value"] == 1


def test_logs_when_everything_went_well():
    with serving("--ephemeral") as one:
        one.add_site()
        one.track(url="https://shop.example.org/secret-path", uid="secret-user")
        one.drain()
        one.api("VisitsSummary.get", idSite=1, period="day", date="today")
        one.stop()
        text = one.error_text()
    assert "secret" not in text
    assert TOKEN not in text


def test_start_when_it_cannot_be_ready():
    with pytest.raises(AssertionError, match="it ended with"):
        start("--store", "paper")
