"""docs/second-user.md, run as it stands there: by the console alone, and by the API alone."""

from __future__ import annotations

import os
import re
import subprocess
import textwrap
from pathlib import Path

from tests.support.instance import CONSOLE, TOKEN, serving

PAGE = Path(__file__).parents[3] / "docs" / "second-user.md"


def script(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return textwrap.dedent(found[1])


def run(lines: str, folder: Path, **environment: str) -> dict[str, str]:
    """Run a script in a folder; its variables afterwards."""
    path = f"{Path(CONSOLE).parent}:{os.environ['PATH']}"
    shell = ["bash", "-euo", "pipefail", "-c", f"{lines}\necho; declare -p SITE ANNA LINK 2>/dev/null || true"]
    done = subprocess.run(
        shell, cwd=folder, env={**os.environ, "PATH": path, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(re.findall(r'^declare -- (\w+)="(.*)"$', done.stdout, re.MULTILINE))


def may_see(instance, token: str, idsite: int) -> bool:
    asked = {"idSite": idsite, "period": "day", "date": "today", "token_auth": token}
    return "nb_visits" in instance.api("VisitsSummary.get", **asked)


def test_a_second_user_by_the_console_alone(tmp_path):
    made = run(script("console"), tmp_path)
    with serving("--data", str(tmp_path / "data")) as instance:
        other = instance.add_site("Other")
        assert may_see(instance, made["ANNA"], 1)
        assert not may_see(instance, made["ANNA"], other)


def test_a_second_user_by_the_api_alone(tmp_path):
    with serving("--ephemeral") as instance:
        made = run(script("api"), tmp_path, URL=instance.url, TOKEN=TOKEN)
        other = instance.add_site("Other")
        assert may_see(instance, made["ANNA"], int(made["SITE"]))
        assert not may_see(instance, made["ANNA"], other)
