"""The console's commands about users, tokens, goals and segments, and what the doctor says."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tidemark.cli.main import app


@pytest.fixture
def call(tmp_path):
    def run(*arguments: str):
        return CliRunner().invoke(app, [*arguments, "--data", str(tmp_path)])

    run("site", "add", "Shop", "https://shop.example.org")
    return run


def goals(call):
    return json.loads(call("call", "Goals.getGoals", "idSite=1").output)


def lines(result):
    return [json.loads(line) for line in result.output.splitlines()]


def test_a_second_user_when_made_by_the_console_alone(call):
    link = json.loads(call("user", "add", "anna", "anna@example.org", "--site", "1", "--json").output)["link"]
    token = link.rpartition("=")[2]
    accepted = call("call", "UsersManager.acceptInvitation", f"inviteToken={token}", "password=correct horse")
    assert json.loads(accepted.output) == {"value": "anna"}
    assert call("token", "add", "anna", "--json").exit_code == 0
    (anna,) = [user for user in lines(call("user", "list", "--json")) if user["login"] == "anna"]
    assert anna == {
        "login": "anna",
        "email": "anna@example.org",
        "roles": "1:view",
        "status": "active",
        "tokens": 1,
    }


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("call", "SitesManager.getSiteFromId", "idSite=99"), "99"),
        (("call", "Nonsense.method"), "Nonsense"),
        (("goal", "delete", "7", "--site", "1"), "no goal 7"),
        (("goal", "delete", "7", "--site", "9"), "9"),
    ],
)
def test_what_the_instance_refuses_ends_with_a_status(call, arguments, told):
    result = call(*arguments)
    assert (result.exit_code, told in result.output) == (1, True)


def test_a_stack_that_cannot_be_looked_up_is_told_in_words(monkeypatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_CONFIG_FILE", "TIDEMARK_BUCKET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    result = CliRunner().invoke(app, ["user", "list", "--stack", "nowhere"])
    assert result.exit_code == 2
    assert "nowhere" in result.output
    assert "AWS_REGION" in result.output


def test_roles_when_changed(call):
    call("user", "add", "anna", "anna@example.org")
    assert call("user", "access", "anna", "admin", "--site", "1").exit_code == 0
    assert "1:admin" in call("user", "list").output
    assert call("user", "access", "anna", "king", "--site", "1").exit_code == 1
    call("user", "superuser", "anna")
    assert "superuser" in call("user", "list").output
    call("user", "add", "ben", "ben@example.org")
    assert call("user", "delete", "ben").exit_code == 0
    assert "ben" not in call("user", "list").output


def test_a_token_with_limits_stands_in_the_audit_log(call):
    call("user", "add", "anna", "anna@example.org", "--site", "1")
    limits = ("--read-only", "--post-only", "--days", "2", "--only-site", "1")
    assert call("token", "add", "anna", *limits).exit_code == 0
    given = ("userLogin=anna", "format=json")
    (token,) = json.loads(call("call", "UsersManager.getAppSpecificTokens", *given).output)
    assert (token["read_only"], token["secure_only"], token["only_sites"]) == (1, 1, [1])
    assert token["date_expired"] is not None
    acts = [line["act"] for line in lines(call("audit", "--json"))]
    assert {"SitesManager.addSite", "token add", "UsersManager.inviteUser"} <= set(acts)


def test_tokens_when_listed_and_deleted(call):
    call("user", "add", "anna", "anna@example.org")
    call("token", "add", "anna", "--description", "for tests")
    (token,) = lines(call("token", "list", "anna", "--json"))
    assert (token["description"], token["ends"]) == ("for tests", "never")
    assert call("token", "delete", "anna", "nonsense").exit_code == 1
    assert call("token", "delete", "anna", token["hash"]).exit_code == 0
    assert call("token", "list", "anna").output == ""


def test_goals_and_segments_when_added_and_deleted(call):
    assert json.loads(call("goal", "add", "Thanks", "/thanks", "--site", "1", "--json").output) == {"idgoal": 1}
    assert call("goal", "list", "--site", "1").output == "1\tThanks\turl\t/thanks\n"
    call("goal", "delete", "1", "--site", "1")
    assert call("goal", "list", "--site", "1").output == ""
    assert json.loads(call("segment", "add", "Fox", "browserCode==FF", "--json").output) == {"idsegment": 1}
    assert call("segment", "list").output == "1\tFox\tall\tbrowserCode==FF\n"
    assert call("segment", "add", "Bad", "nonsense==1").exit_code == 1
    call("segment", "delete", "1")
    assert call("segment", "list").output == ""


def test_a_goal_when_one_thing_is_changed(call):
    call(
        "goal", "add", "Thanks+", "/thanks/[0-9]+", "--site", "1", "--match", "regex", "--revenue", "2.5", "--multiple"
    )
    (before,) = goals(call)
    assert (before["name"], before["pattern"]) == ("Thanks+", "/thanks/[0-9]+"), "as it was typed"
    assert call("goal", "change", "1", "--site", "1", "--revenue", "3").exit_code == 0
    assert goals(call) == [{**before, "revenue": 3}]
    assert call("goal", "change", "1", "--site", "1", "--once", "--name", "Paid").exit_code == 0
    assert goals(call) == [{**before, "revenue": 3, "name": "Paid", "allow_multiple": 0}]
    call("goal", "change", "1", "--site", "1", "--attribute", "title", "--match", "exact", "--pattern", "Thank you")
    (now,) = goals(call)
    assert (now["match_attribute"], now["pattern_type"], now["pattern"]) == ("title", "exact", "Thank you")


def test_a_goal_when_only_others_can_change_the_rest(call):
    given = ("idSite=1", "name=Buy", "matchAttribute=event_action", "pattern=Buy", "patternType=exact")
    further = ("caseSensitive=1", "useEventValueAsRevenue=1", "description=What is 100%25 sold")
    call("call", "Goals.addGoal", *given, *further)
    (before,) = goals(call)
    call("goal", "change", "1", "--site", "1", "--name", "Sold")
    assert goals(call) == [{**before, "name": "Sold"}]
    assert (before["description"], before["case_sensitive"]) == ("What is 100% sold", 1)


@pytest.mark.parametrize(
    ("options", "status"),
    [(("--match", "regex", "--pattern", "("), 1), (("--attribute", "weather"), 1), ((), 2)],
)
def test_a_goal_when_it_cannot_be_so(call, options, status):
    call("goal", "add", "Thanks", "/thanks", "--site", "1")
    before = goals(call)
    assert call("goal", "change", "1", "--site", "1", *options).exit_code == status
    assert goals(call) == before
    assert call("goal", "change", "7", "--site", "1", "--name", "Sold").exit_code == 1


def test_the_audit_log_when_the_console_administers(call):
    call("user", "add", "anna", "anna@example.org")
    acts = [entry["act"] for entry in lines(call("audit", "--json"))]
    assert acts == ["UsersManager.generateInviteLink", "UsersManager.inviteUser", "SitesManager.addSite"]
    assert call("audit", "--login", "nobody").output == ""


def test_the_doctor_when_nobody_can_log_in(call):
    result = call("doctor", "--json")
    found = {finding["check"]: finding for finding in lines(result)}
    assert result.exit_code == 1
    assert "tidemark serve" in found["superuser"]["mend"]
    assert found["sites"]["state"] == "ok"
    assert [check for check, finding in found.items() if finding["state"] == "wrong"] == ["superuser"]


def test_the_doctor_when_all_is_well(call):
    call("user", "add", "anna", "anna@example.org")
    call("user", "superuser", "anna")
    call("token", "add", "anna")
    result = call("doctor")
    assert (result.exit_code, "wrong" in result.output) == (0, False)
