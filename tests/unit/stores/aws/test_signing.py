from __future__ import annotations

import calendar
from datetime import UTC, datetime
from unittest import mock

import pytest
from botocore import auth as botocore_auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from tidemark.stores.aws.signing import Credentials, Signer
from tidemark.stores.errors import UnavailableError

MOMENT = datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)
NEXT_DAY = datetime(2026, 11, 22, 0, 0, 1, tzinfo=UTC)


def by_botocore(moment, credentials, service, method, path, headers, body):
    """The same request signed by botocore: our oracle."""
    signer = botocore_auth.S3SigV4Auth if service == "s3" else botocore_auth.SigV4Auth
    request = AWSRequest(method=method, url=f"https://{headers['host']}{path}", data=body, headers=headers)
    if service == "s3":
        request.context["payload_signing_enabled"] = True
        request.context["client_config"] = mock.Mock(s3={"payload_signing_enabled": True})
    with mock.patch.object(botocore_auth, "get_current_datetime", return_value=moment):
        oracle = BotocoreCredentials(credentials.access_key, credentials.secret_key, credentials.session_token or None)
        signer(oracle, service, "eu-west-1").add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


@pytest.mark.parametrize("token", ["", "a-session-token"])
@pytest.mark.parametrize(
    ("service", "method", "path", "headers", "body"),
    [
        ("sqs", "POST", "/", {"content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.S"}, b'{"a":1}'),
        ("sqs", "POST", "/", {}, b""),
        ("s3", "PUT", "/bucket/snapshot/tracker.json", {"if-none-match": "*"}, b"\x00\xff" * 1000),
        ("s3", "GET", "/a%20b/%C3%BC%3F%2B~/c", {"range": "bytes=1-2"}, b""),
    ],
)
def test_signature_is_botocores(service, method, path, headers, body, token):
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    headers = {**headers, "host": f"{service}.eu-west-1.amazonaws.com"}
    signer = Signer(credentials, "eu-west-1", service)
    for moment in (MOMENT, MOMENT, NEXT_DAY):
        signed = signer.signed(method, path, headers, body, now=calendar.timegm(moment.timetuple()))
        expected = by_botocore(moment, credentials, service, method, path, headers, body)
        assert signed["authorization"] == expected["authorization"]
        assert signed["x-amz-date"] == expected["x-amz-date"]


def test_credentials_come_from_the_environment():
    environment = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}
    assert Credentials.from_environment(environment) == Credentials("a", "s")
    environment["AWS_SESSION_TOKEN"] = "t"
    assert Credentials.from_environment(environment) == Credentials("a", "s", "t")


def test_missing_credentials_are_named():
    with pytest.raises(UnavailableError, match="AWS_SECRET_ACCESS_KEY"):
        Credentials.from_environment({"AWS_ACCESS_KEY_ID": "a"})
