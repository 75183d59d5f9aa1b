"""The nested stacks are valid, get what they ask for and watch what exists.

Moto's CloudFormation knows nearly none of their resource types, so they are not created in the tests.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.support.template import translated_template
from tidemark.local.template import find_template
from tidemark.reporting.dashboard import CONTENT_SECURITY_POLICY
from tidemark.tracking.scripts import SCRIPTS

FOLDER = find_template().parent / "infrastructure"
STACKS = {"Cdn": "cdn.yaml", "Monitoring": "monitoring.yaml", "Lake": "lake.yaml"}
FIREWALL = "firewall.yaml"  # a stack of its own
SEARCHED = re.compile(r"SEARCH\('\{Tidemark,service\} (\w+) ")
LOG_QUERY = re.compile(r"SOURCE '/tidemark/\$\{Environment\}/(\w+)' \| filter message = '([^']+)'")
EMITTED = re.compile(r'add_metric\(f?"([a-z]+)\.')


def read(name: str) -> dict:
    return yaml_parse((FOLDER / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [*STACKS.values(), FIREWALL])
def test_a_stack_is_valid_when_linted(name):
    command = [Path(sys.executable).with_name("cfn-lint"), "--non-zero-exit-code", "informational", FOLDER / name]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("stack", "name"), STACKS.items())
def test_a_stack_gets_the_parameters_that_it_asks_for(stack, name):
    given = translated_template()["Resources"][stack]["Properties"]["Parameters"]
    assert set(given) == set(read(name)["Parameters"])


def test_the_lake_has_the_columns_that_the_code_writes():
    made = subprocess.run([sys.executable, FOLDER / "lake.py"], capture_output=True, text=True, check=True).stdout
    assert made == (FOLDER / "lake.yaml").read_text(encoding="utf-8"), "python infrastructure/lake.py > …/lake.yaml"


def test_what_is_watched_is_emitted():
    functions = "\n".join(file.read_text() for file in (FOLDER.parent / "functions").rglob("*.py"))
    emitted = set(EMITTED.findall(functions))
    resources = read("monitoring.yaml")["Resources"]
    alarms = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    body = json.loads(resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
    shown = [metric for widget in body["widgets"] for metric in widget["properties"].get("metrics", ())]
    own = [alarm["MetricName"] for alarm in alarms if alarm["Namespace"] == "Tidemark"]
    own += [metric[1] for metric in shown if metric[0] == "Tidemark"]
    own += [SEARCHED.search(metric[0]["expression"])[1] for metric in shown if isinstance(metric[0], dict)]
    assert own
    assert {name.partition(".")[0] for name in own} <= emitted
    asked = [widget["properties"]["query"] for widget in body["widgets"] if widget["type"] == "log"]
    assert asked
    for query in asked:
        group, message = LOG_QUERY.search(query).groups()
        assert f'logger.info("{message}"' in (FOLDER.parent / f"functions/archive/{group}.py").read_text()


def test_every_alarm_says_what_to_do_and_they_cost_little_more_than_the_ten_free_ones():
    resources = read("monitoring.yaml")["Resources"]
    alarms = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(alarms) <= 13
    assert all(len(alarm["AlarmDescription"]) > 50 and alarm["AlarmActions"] for alarm in alarms)


def test_every_tracking_path_goes_to_collect_through_the_cdn():
    config = read("cdn.yaml")["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    origins = {one["PathPattern"]: one["TargetOriginId"] for one in config["CacheBehaviors"]}
    assert {path: origins[path] for path in ("/matomo.php", "/piwik.php")} == {
        "/matomo.php": "tracking",
        "/piwik.php": "tracking",
    }
    (tracking,) = [one for one in config["Origins"] if one["Id"] == "tracking"]
    assert [one["HeaderName"] for one in tracking["OriginCustomHeaders"]] == ["x-tidemark-edge"]


def test_the_dashboards_policy_is_the_same_in_the_cdn():
    headers = read("cdn.yaml")["Resources"]["DashboardHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    policy = headers["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert policy == CONTENT_SECURITY_POLICY


def test_the_dashboards_files_come_from_the_script_function_through_the_cdn():
    config = read("cdn.yaml")["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    origins = {one["PathPattern"]: one["TargetOriginId"] for one in config["CacheBehaviors"]}
    assert (origins["/"], origins["/assets/*"]) == ("reporting", "script")


def test_every_script_comes_from_its_function_through_the_cdn():
    config = read("cdn.yaml")["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    origins = {one["PathPattern"]: one["TargetOriginId"] for one in config["CacheBehaviors"]}
    for path in SCRIPTS:
        (pattern,) = [one for one in origins if fnmatch(path, one)]
        assert origins[pattern] == "script", path


def test_the_firewall_keeps_nobody_but_by_their_rate_from_tracking():
    rules = read(FIREWALL)["Resources"]["Firewall"]["Properties"]["Rules"]
    lists = [rule["Statement"]["ManagedRuleGroupStatement"] for rule in rules if "OverrideAction" in rule]
    assert lists
    for one in lists:
        pattern = one["ScopeDownStatement"]["NotStatement"]["Statement"]["RegexMatchStatement"]["RegexString"]
        assert all(re.search(pattern, path) for path in collect_paths())
    (hits,) = [rule["Statement"]["RateBasedStatement"] for rule in rules if rule["Name"] == "hits"]
    pattern = hits["ScopeDownStatement"]["RegexMatchStatement"]["RegexString"]
    assert all(re.search(pattern, path) for path in collect_paths())


def test_the_firewall_is_deployed_under_the_name_that_the_cdn_asks_for():
    assert set(read(FIREWALL)["Outputs"]) == {"WebAclArn"} <= set(read("cdn.yaml")["Parameters"])


def collect_paths() -> list[str]:
    template = yaml_parse(find_template().read_text(encoding="utf-8"))
    return template["Resources"]["CollectFunction"]["Metadata"]["Paths"]
