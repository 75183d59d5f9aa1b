"""`tidemark import-logs`."""

from __future__ import annotations

import gzip
import json

import pytest
from typer.testing import CliRunner

from tidemark.cli.main import app

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def line(number: int, host: str = "a.example.org", status: int = 200) -> str:
    when = f"20/Nov/2026:10:{number:02}:00 +0000"
    return f'{host} 203.0.113.{number} - - [{when}] "GET /page{number} HTTP/1.1" {status} 99 "-" "{AGENT}"'


@pytest.fixture
def call(tmp_path):
    def run(*arguments: str):
        return CliRunner().invoke(app, [*arguments, "--data", str(tmp_path / "data")])

    (tmp_path / "data").mkdir()
    run("user", "add", "anna", "anna@example.org")
    run("user", "superuser", "anna")
    run("site", "add", "A", "http://a.example.org")
    return run


def written(tmp_path, *lines: str) -> str:
    path = tmp_path / "access.log.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return str(path)


def summary(call, idsite: int):
    asked = ("VisitsSummary.get", f"idSite={idsite}", "period=day", "date=2026-11-20")
    return json.loads(call("call", *asked).stdout)


def test_import_logs_when_hosts_are_known_and_new(call, tmp_path):
    log = written(tmp_path, line(1), line(2), line(3, "b.example.org"), line(4, status=404), "what")
    said = json.loads(call("import-logs", log, "--dry-run", "--json").stdout)
    assert (said["lines"], said["requests"], said["accepted"]) == (5, 2, 0)
    assert said["ignored"] == {"error": 1, "no site": 1, "not of this format": 1}
    said = json.loads(call("import-logs", log, "--add-sites-new-hosts", "--json").stdout)
    assert (said["requests"], said["accepted"], said["refused"]) == (3, 3, 0)
    assert said["invalid_lines"] == [f"{log}:5"]
    assert summary(call, 1)["nb_visits"] == 2
    assert summary(call, 2)["nb_visits"] == 1


def test_import_logs_when_the_site_is_named(call, tmp_path):
    log = written(tmp_path, line(1, "z.example.org"))
    result = call("import-logs", log, "--idsite", "1")
    assert result.exit_code == 0
    assert "accepted                 1" in result.stdout
    assert call("import-logs", log, "--idsite", "9").exit_code == 1
    assert call("import-logs", log, "--idsite-fallback", "1", "--json").exit_code == 0


@pytest.mark.parametrize(
    "wrong",
    [
        ("--log-format-name", "nonsense"),
        ("--log-format-regex", "("),
        ("--regex-group-to-page-cvar", "x"),
        ("--exclude-path-from", "/nonexistent/file"),
        ("--url", "http://127.0.0.1:1"),
    ],
)
def test_import_logs_when_an_option_is_wrong(call, tmp_path, wrong):
    assert call("import-logs", written(tmp_path, line(1)), *wrong).exit_code == 2


def test_import_logs_when_there_is_no_file_or_no_log(call, tmp_path):
    assert call("import-logs", str(tmp_path / "none"), "--idsite", "1").exit_code == 1
    missed = call("import-logs", written(tmp_path, "Dear Sir"), "--idsite", "1")
    assert missed.exit_code == 1
    assert "--log-format-regex" in missed.output
