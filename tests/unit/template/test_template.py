"""template.yaml is valid, private, encrypted, and gives every function the least it needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.template import translated_template
from tidemark.local.template import find_template, read_template
from tidemark.stores.ports import TTL_ATTRIBUTE

FUNCTIONS = ("Collect", "Script", "Ingest", "Plan", "Build", "Housekeep", "Erase", "Deliver", "Report")


def resources(kind: str) -> dict[str, dict]:
    return {
        name: one.get("Properties", {})
        for name, one in translated_template()["Resources"].items()
        if one["Type"] == kind
    }


def statements(function: str) -> list[dict]:
    policies = resources("AWS::IAM::Role")[f"{function}Role"]["Policies"]
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def as_list(value) -> list:
    return value if isinstance(value, list) else [value]


def test_template_when_linted():
    result = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), "--non-zero-exit-code", "informational", find_template()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_template_when_validated_against_sams_schema():
    from samtranslator.validator.validator import SamTemplateValidator

    document = read_template(find_template())
    assert SamTemplateValidator().get_errors(document) == []


def test_template_when_searched_for_yaml_that_cloudformation_refuses():
    tokens = yaml.scan(find_template().read_text(encoding="utf-8"))
    assert not [token for token in tokens if isinstance(token, yaml.AnchorToken | yaml.AliasToken)]


def test_functions_when_translated():
    functions = resources("AWS::Lambda::Function")
    assert set(functions) == {f"{name}Function" for name in FUNCTIONS}
    for name, function in functions.items():
        assert function["Architectures"] == ["arm64"], name
        assert function["Runtime"] == {"Ref": "PythonRuntime"}, name
        assert "LogGroup" in function["LoggingConfig"], name


def test_functions_when_asked_for_their_code():
    for name, one in read_template(find_template())["Resources"].items():
        if one["Type"] == "AWS::Serverless::Function":
            module = one["Properties"]["Handler"].partition(".")[0]
            path = find_template().parent / one["Properties"]["CodeUri"] / f"{module}.py"
            assert path.is_file(), name


def test_functions_when_built_where_there_is_no_python_of_their_runtime():
    metadata = {name: one.get("Metadata", {}) for name, one in translated_template()["Resources"].items()}
    assert {metadata[f"{name}Function"].get("BuildMethod") for name in FUNCTIONS} == {"makefile"}


def test_collect_when_asked_for_its_layers():
    layers = resources("AWS::Lambda::Function")["CollectFunction"]["Layers"]
    assert len(layers) == 1
    assert json.dumps(layers[0]).startswith('{"Ref": "SharedLayer')


@pytest.mark.parametrize("function", FUNCTIONS)
def test_role_when_searched_for_wildcards(function):
    assert resources("AWS::Lambda::Function")[f"{function}Function"]["Role"] == {
        "Fn::GetAtt": [f"{function}Role", "Arn"]
    }
    for statement in statements(function):
        assert statement["Effect"] == "Allow"
        assert not [action for action in as_list(statement["Action"]) if "*" in action], statement
        for resource in as_list(statement["Resource"]):
            assert isinstance(resource, dict), f"{resource} is not a resource of this template"
            text = resource.get("Fn::Sub", "")
            # Objects are named by prefix: the one place where a wildcard says less than everything.
            assert "*" not in text or (text.startswith("${Bucket.Arn}/") and text.count("/") == 2), statement


@pytest.mark.parametrize("function", FUNCTIONS)
def test_role_when_used(function):
    role = f"{function}Role"
    users = [
        name for name, one in resources("AWS::Lambda::Function").items() if one["Role"] == {"Fn::GetAtt": [role, "Arn"]}
    ]
    assert users == [f"{function}Function"]
    assert "ManagedPolicyArns" not in resources("AWS::IAM::Role")[role]


def test_collect_when_asked_what_it_may_do():
    actions = {action for statement in statements("Collect") for action in as_list(statement["Action"])}
    assert actions == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sqs:SendMessage",
        "s3:ListBucket",
        "s3:GetObject",
        "s3:PutObject",
    }


def test_only_queue_functions_when_asked_who_may_receive():
    receivers = {
        (function, statement["Resource"]["Fn::GetAtt"][0])
        for function in FUNCTIONS
        for statement in statements(function)
        if "sqs:ReceiveMessage" in as_list(statement["Action"])
    }
    assert receivers == {("Ingest", "HitsQueue"), ("Build", "ArchiveQueue"), ("Erase", "HitsDeadQueue")}


def test_queues_when_a_message_fails_again_and_again():
    queues = resources("AWS::SQS::Queue")
    for name in ("HitsQueue", "ArchiveQueue"):
        dead = name.replace("Queue", "DeadQueue")
        assert queues[name]["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": [dead, "Arn"]}
        assert queues[dead]["MessageRetentionPeriod"] == 1_209_600
    assert all(queue["SqsManagedSseEnabled"] for queue in queues.values())


@pytest.mark.parametrize(("queue", "function"), [("HitsQueue", "IngestFunction"), ("ArchiveQueue", "BuildFunction")])
def test_queue_when_its_function_takes_long(queue, function):
    timeout = resources("AWS::Lambda::Function")[function]["Timeout"]
    assert resources("AWS::SQS::Queue")[queue]["VisibilityTimeout"] >= 6 * timeout


def test_event_sources_when_a_part_of_a_batch_fails():
    mappings = resources("AWS::Lambda::EventSourceMapping")
    assert len(mappings) == 2
    assert all(one["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for one in mappings.values())
    assert mappings["IngestFunctionHits"]["BatchSize"] == 10_000


def test_bucket_when_asked_who_may_look():
    bucket = resources("AWS::S3::Bucket")["Bucket"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert resources("AWS::S3::BucketPolicy")


def test_bucket_when_asked_what_expires():
    rules = resources("AWS::S3::Bucket")["Bucket"]["LifecycleConfiguration"]["Rules"]
    assert {rule["Prefix"] for rule in rules if "ExpirationInDays" in rule} == {"rejected/"}


def test_tables_when_declared():
    tables = resources("AWS::DynamoDB::Table")
    assert set(tables) == {"ArchiveNumericTable", "ArchiveStateTable", "RegistryTable"}
    for name, table in tables.items():
        assert table["BillingMode"] == {"Fn::If": ["HasTableUnits", "PROVISIONED", "PAY_PER_REQUEST"]}, name
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], name
        assert table["TimeToLiveSpecification"] == {"AttributeName": TTL_ATTRIBUTE, "Enabled": True}, name


def test_data_when_the_stack_is_deleted():
    kept = {"AWS::S3::Bucket", "AWS::DynamoDB::Table"}
    for name, one in translated_template()["Resources"].items():
        if one["Type"] in kept or name.startswith("Hits"):
            assert one["DeletionPolicy"] == "Retain", name


def test_rest_api_when_a_body_is_not_text():
    body = resources("AWS::ApiGateway::RestApi")["ReportApi"]["Body"]
    assert body["x-amazon-apigateway-binary-media-types"] == ["*/*"]
    assert set(body["paths"]) == {
        *("/", "/index.php", "/health", "/openapi.json"),
        "/api/v1/sites/{id_site}/reports/{plugin}/{method}",
        "/api/v1/methods/{plugin}/{method}",
        "/auth/{action}",
    }
