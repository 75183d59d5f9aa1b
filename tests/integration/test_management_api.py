"""Management calls as clients send them: forms in, JSON and XML out, on the embedded stores."""

import json
from html import unescape
from urllib.parse import urlencode

import pytest

from tidemark.clock import SettableClock
from tidemark.mail.nowhere import NoMailer
from tidemark.model.audit import AuditLog
from tidemark.model.login_attempts import LoginAttempts
from tidemark.model.mail import Mailer
from tidemark.model.registry import Registry
from tidemark.model.sign_in import SecondFactors
from tidemark.model.snapshot import SNAPSHOT_KEY, TrackerSnapshot
from tidemark.plugin import load_plugins
from tidemark.registry.attempts import StoredAttempts
from tidemark.registry.audit import StoredAuditLog
from tidemark.registry.second_factors import StoredSecondFactors
from tidemark.registry.table_registry import TableRegistry
from tidemark.reporting.request import ApiRequest
from tidemark.reporting.service import Api
from tidemark.stores.embedded.instance import open_stores

TOKEN = "0123456789abcdef0123456789abcdef"
MANAGEMENT = (
    "sites_manager",
    "users_manager",
    "privacy_manager",
    "goals_management",
    "custom_dimensions",
    "annotations",
)


class Client:
    """Sends forms to an API; `json` gives status and parsed answer."""

    def __init__(self, stores):
        self.stores = stores
        clock = SettableClock(1_800_000_000)
        self.registry = TableRegistry(stores.registry, stores.objects, clock)
        self.registry.create_superuser("admin", TOKEN)
        services = {
            Registry: self.registry,
            LoginAttempts: StoredAttempts(stores.registry, lambda: "salt"),
            AuditLog: StoredAuditLog(stores.registry),
            SecondFactors: StoredSecondFactors(stores.registry, lambda: "salt"),
            Mailer: NoMailer(),
        }
        self.api = Api(load_plugins(MANAGEMENT), None, self.registry, clock, services)

    def ask(self, method, token=TOKEN, fmt="json", client_ip="203.0.113.9", **params):
        form = [("module", "API"), ("method", method), ("format", fmt), ("token_auth", token)]
        for name, value in params.items():
            form += (
                [(f"{name}[{i}]", one) for i, one in enumerate(value)] if isinstance(value, list) else [(name, value)]
            )
        answer = self.api.handle(ApiRequest(form=urlencode(form), client_ip=client_ip))
        return answer.status, answer.body.decode()

    def json(self, method, token=TOKEN, **params):
        status, text = self.ask(method, token, **params)
        return status, json.loads(text)

    def tracker(self):
        return TrackerSnapshot.from_json(self.stores.objects.get(SNAPSHOT_KEY).data)


@pytest.fixture
def client(tmp_path):
    stores = open_stores(tmp_path, ephemeral=True)
    yield Client(stores)
    stores.close()


def add_site(client, **params):
    return client.json("SitesManager.addSite", **{"siteName": "Shop", "urls": ["http://example.org"], **params})


def test_the_log_importer_gets_what_it_reads(client):
    assert add_site(client) == (200, {"value": 1})
    assert client.json("SitesManager.getSiteFromId", idSite=1)[1]["main_url"] == "http://example.org"
    assert client.json("SitesManager.getSitesIdFromSiteUrl", url="http://example.org/")[1] == [{"idsite": 1}]
    assert client.json("SitesManager.getSitesIdFromSiteUrl", url="http://other.example")[1] == []
    assert list(client.json("SitesManager.getAllSites", filter_limit=-1)[1]) == ["1"]


def test_the_log_importer_logs_in_with_a_password(client):
    client.json("UsersManager.addUser", userLogin="importer", password="correct horse", email="i@example.org")
    login = {"userLogin": "importer", "description": "Log importing", "expireHours": 48}
    status, answer = client.json(
        "UsersManager.createAppSpecificTokenAuth", "", passwordConfirmation="correct horse", **login
    )
    assert (status, client.registry.authenticate(answer["value"]).login) == (200, "importer")
    status, answer = client.json("UsersManager.createAppSpecificTokenAuth", "", passwordConfirmation="wrong", **login)
    assert (status, answer["result"]) == (200, "error")


@pytest.mark.parametrize(
    ("method", "params", "part"),
    [
        ("SitesManager.addSite", {}, "siteName"),
        ("SitesManager.addSite", {"siteName": ""}, "siteName"),
        ("SitesManager.addSite", {"siteName": "x", "timezone": "Nowhere/Land"}, "Nowhere/Land"),
        ("SitesManager.addSite", {"siteName": "x", "currency": "XQQ"}, "XQQ"),
        ("SitesManager.getSiteFromId", {"idSite": 99}, "'99'"),
        ("SitesManager.getSiteFromId", {}, "idSite"),
        ("Goals.addGoal", {"idSite": 1, "matchAttribute": "url", "pattern": "x", "patternType": "contains"}, "'name'"),
        ("CustomDimensions.configureNewCustomDimension", {"idSite": 1, "name": "n", "scope": "galaxy", "active": 1}, "galaxy"),
        ("Annotations.get", {"idSite": 1, "idNote": 9}, "no note 9"),
    ],
)  # fmt: skip
def test_a_bad_call_is_told_what_is_wrong(client, method, params, part):
    add_site(client)
    status, answer = client.json(method, **params)
    assert (status, answer["result"]) == (200, "error")
    assert part in answer["message"]
    assert part in unescape(client.ask(method, fmt="xml", **params)[1])


@pytest.mark.parametrize(
    "method",
    ["SitesManager.addSite", "SitesManager.getAllSites", "PrivacyManager.activateDoNotTrack", "UsersManager.getUsers"],
)
@pytest.mark.parametrize("token", ["", "anonymous", "f" * 32])
def test_strangers_are_turned_away(client, method, token):
    status, answer = client.json(method, token, siteName="x")
    assert (status, answer["result"]) == (401, "error")
    assert client.registry.sites() == ()


def test_rights_are_those_of_the_tokens_user_on_each_site(client):
    for _ in range(2):
        add_site(client)
    client.json("UsersManager.addUser", userLogin="eve", password="correct horse", email="e@example.org")
    client.json("UsersManager.setUserAccess", userLogin="eve", access="write", idSites="1")
    token = client.json(
        "UsersManager.createAppSpecificTokenAuth",
        "",
        userLogin="eve",
        passwordConfirmation="correct horse",
        description="x",
    )[1]["value"]
    goal = {"name": "Paid", "matchAttribute": "url", "pattern": "/t", "patternType": "contains"}
    assert client.json("Goals.addGoal", token, idSite=1, **goal) == (200, {"value": 1})
    assert client.json("Goals.addGoal", token, idSite=2, **goal)[0] == 401
    assert client.json("SitesManager.updateSite", token, idSite=1, siteName="Mine")[0] == 401
    assert client.json("SitesManager.getSitesIdFromSiteUrl", token, url="example.org")[1] == [{"idsite": 1}]
    assert client.tracker().may_write(token, 1, 0)
    assert not client.tracker().may_write(token, 2, 0)


def test_a_change_is_in_the_trackers_snapshot_when_the_answer_comes(client):
    add_site(client)
    client.json("SitesManager.updateSite", idSite=1, excludedIps="1.2.3.*", excludeUnknownUrls=1, keepURLFragments=1)
    client.json(
        "PrivacyManager.setAnonymizeIpSettings", anonymizeIPEnable=0, maskLength=2, useAnonymizedIpForVisitEnrichment=0
    )
    client.json("Goals.addGoal", idSite=1, name="Paid", matchAttribute="url", pattern="/t", patternType="contains")
    site = client.tracker().site(1)
    assert (site.excluded_ips, site.site.exclude_unknown_urls, site.keep_url_fragment) == (("1.2.3.*",), True, True)
    assert [goal.name for goal in site.goals] == ["Paid"]
    assert not client.tracker().settings.flag("PrivacyManager.ipAnonymizerEnabled")


def test_names_with_markup_come_back_as_they_were_sent(client):
    add_site(client, siteName="Shop & <Blog>")
    assert client.json("SitesManager.getSiteFromId", idSite=1)[1]["name"] == "Shop & <Blog>"
    assert "<name>Shop &amp; &lt;Blog&gt;</name>" in client.ask("SitesManager.getSiteFromId", fmt="xml", idSite=1)[1]


def test_methods_that_return_nothing_say_ok(client):
    add_site(client)
    assert client.json("SitesManager.updateSite", idSite=1, siteName="New") == (
        200,
        {"result": "success", "message": "ok"},
    )
    assert '<success message="ok" />' in client.ask("SitesManager.updateSite", fmt="xml", idSite=1, siteName="New")[1]


def test_an_address_that_guesses_tokens_is_refused_and_others_are_not(client):
    for number in range(20):
        assert client.json("API.getMatomoVersion", f"{number:032x}")[1]["result"] == "error"
    assert client.json("UsersManager.getUsersLogin")[0] == 429
    assert client.json("UsersManager.getUsersLogin", client_ip="203.0.113.10")[0] == 200
    client.json("Login.unblockBruteForceIPs", client_ip="203.0.113.10")
    assert client.json("UsersManager.getUsersLogin")[0] == 200


def test_an_account_whose_password_is_guessed_is_refused_from_everywhere(client):
    client.json("UsersManager.addUser", userLogin="anna", password="correct horse", email="a@example.org")
    login = {"userLogin": "anna", "description": "x", "token": ""}
    make = "UsersManager.createAppSpecificTokenAuth"
    for number in range(20):
        client.json(make, passwordConfirmation=f"guess {number}", client_ip=f"203.0.113.{number + 50}", **login)
    status, answer = client.json(make, passwordConfirmation="correct horse", client_ip="198.51.100.1", **login)
    assert (status, answer["result"]) == (429, "error")


def test_administrative_acts_are_kept_without_secrets(client):
    add_site(client)
    client.json("UsersManager.addUser", userLogin="anna", password="correct horse", email="a@example.org")
    client.json("SitesManager.getSiteFromId", idSite=1)
    client.json("UsersManager.deleteUser", userLogin="nobody")
    acts = client.json("UsersManager.getAuditLog")[1]
    assert [(act["login"], act["act"]) for act in acts] == [
        ("admin", "UsersManager.addUser"),
        ("admin", "SitesManager.addSite"),
    ]
    assert acts[0]["facts"]["userLogin"] == "anna"
    assert "correct horse" not in json.dumps(acts)
    assert client.json("UsersManager.getAuditLog", limit=1)[1] == acts[:1]
    assert client.json("UsersManager.getAuditLog", token="")[1]["result"] == "error"


def test_an_invited_user_chooses_a_password_by_a_link_once(client):
    add_site(client)
    client.json("UsersManager.inviteUser", userLogin="anna", email="a@example.org", initialIdSite=1)
    (pending,) = client.json("UsersManager.getUsersPlusRole", idSite=1, filter_status="pending")[1]
    assert (pending["login"], pending["role"], pending["invite_status"]) == ("anna", "view", "pending")
    old = client.json("UsersManager.generateInviteLink", userLogin="anna")[1]["value"].rpartition("=")[2]
    new = client.json("UsersManager.generateInviteLink", userLogin="anna")[1]["value"].rpartition("=")[2]
    accept = {"password": "correct horse", "token": ""}
    assert client.json("UsersManager.acceptInvitation", inviteToken=old, **accept)[1]["result"] == "error"
    assert client.json("UsersManager.acceptInvitation", inviteToken=new, **accept)[1] == {"value": "anna"}
    assert client.json("UsersManager.acceptInvitation", inviteToken=new, **accept)[1]["result"] == "error"
    assert client.json("UsersManager.generateInviteLink", userLogin="anna")[1]["result"] == "error"
    login = {"userLogin": "anna", "description": "x", "passwordConfirmation": "correct horse", "token": ""}
    token = client.json("UsersManager.createAppSpecificTokenAuth", **login)[1]["value"]
    assert client.json("SitesManager.getSitesIdWithViewAccess", token=token)[1] == [1]
