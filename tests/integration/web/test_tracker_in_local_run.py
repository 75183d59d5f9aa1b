"""The JavaScript tracker in real Chromium, served by the local run and sending to it: what it does is in the reports."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.instance import serving

WEB = Path(__file__).parents[3] / "web"


def chromium_is_missing() -> bool:
    """Whether the browser tests cannot run here; `make test-web` installs what they need where it can."""
    if shutil.which("node") is None or not (WEB / "node_modules" / "playwright-core").is_dir():
        return True
    code = "import('./tracker/test/browser/world.mjs').then((world) => process.exit(world.findChromium() ? 0 : 1))"
    return subprocess.run(["node", "-e", code], cwd=WEB, capture_output=True, check=False).returncode != 0


@pytest.mark.skipif(chromium_is_missing(), reason="Node, the web packages or Chromium are missing: see make test-web")
def test_a_visit_when_tracked_in_a_browser():
    with serving() as instance:
        site = instance.add_site(url="http://shop.localhost", ecommerce=1)
        visit = ["node", "tracker/test/local_run.mjs", instance.url, str(site)]
        done = subprocess.run(visit, cwd=WEB, capture_output=True, text=True, timeout=180, check=False)
        assert done.returncode == 0, done.stderr
        instance.drain()
        (seen,) = instance.api("Live.getLastVisitsDetails", idSite=site, period="day", date="today")
    actions = {str(one["type"]): one for one in seen["actionDetails"]}
    assert set(actions) == {"action", "download", "event", "ecommerceOrder", "13"}, seen["actionDetails"]
    pages = [one["pageTitle"] for one in seen["actionDetails"] if one["type"] == "action"]
    assert pages == ["Home", "Product"]
    assert actions["download"]["url"] == "http://shop.localhost/manual.pdf"
    assert (actions["event"]["eventCategory"], float(actions["event"]["eventValue"])) == ("Video", 3)
    assert actions["ecommerceOrder"]["orderId"] == "A1"
    assert actions["13"]["contentName"] == "Banner"
    assert seen["browserName"] == "Headless Chrome"
    assert seen["resolution"] == "1280x720"
