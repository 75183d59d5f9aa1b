"""The template's resources are created in moto over HTTP, as declared."""

from __future__ import annotations

import pytest

from tests.support.template import deployed, translated_template
from tidemark.local.deploy import UNKNOWN_TO_EMULATOR, DeployError, stack_environment, variable_name
from tidemark.stores.aws.names import Names
from tidemark.stores.aws.trigger import IDLE_SECONDS, QueueTrigger


@pytest.fixture(scope="module")
def deployment():
    with deployed() as stack:
        yield stack


def test_deploy_when_every_resource_is_looked_for(deployment):
    pages = deployment.session.client("cloudformation").get_paginator("list_stack_resources")
    created = {
        one["LogicalResourceId"]
        for page in pages.paginate(StackName="tidemark")
        for one in page["StackResourceSummaries"]
        if one["LogicalResourceId"]  # the emulator lists what a condition leaves out without a name
    }
    declared = {
        name: one["Type"]
        for name, one in translated_template()["Resources"].items()
        if one["Type"] not in UNKNOWN_TO_EMULATOR and "Condition" not in one
    }
    assert created == set(declared)


def test_deploy_when_the_names_are_read_from_the_stack(deployment):
    names = Names.from_environment(deployment.names)._asdict()
    assert {name for name, value in names.items() if not value} == {"lake_database", "lake_workgroup"}


def test_queues_when_asked_of_aws(deployment):
    sqs = deployment.session.client("sqs")
    attributes = sqs.get_queue_attributes(QueueUrl=deployment.names["TIDEMARK_HITS_QUEUE_URL"], AttributeNames=["All"])[
        "Attributes"
    ]
    assert attributes["VisibilityTimeout"] == "720"
    assert '"maxReceiveCount": 5' in attributes["RedrivePolicy"]


def test_tables_when_asked_of_aws(deployment):
    dynamodb = deployment.session.client("dynamodb")
    for name in ("ARCHIVE_NUMERIC", "ARCHIVE_STATE", "REGISTRY"):
        table = dynamodb.describe_table(TableName=deployment.names[f"TIDEMARK_{name}_TABLE"])["Table"]
        assert {key["AttributeName"]: key["KeyType"] for key in table["KeySchema"]} == {"pk": "HASH", "sk": "RANGE"}
        assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_tables_when_they_are_given_what_is_free_for_ever():
    with deployed({"TableUnits": "8"}) as stack:
        dynamodb = stack.session.client("dynamodb")
        for name in ("ARCHIVE_NUMERIC", "ARCHIVE_STATE", "REGISTRY"):
            table = dynamodb.describe_table(TableName=stack.names[f"TIDEMARK_{name}_TABLE"])["Table"]
            units = table["ProvisionedThroughput"]
            assert (units["ReadCapacityUnits"], units["WriteCapacityUnits"]) == (8, 8)
            assert table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED") == "PROVISIONED"


def test_functions_when_asked_of_aws(deployment):
    functions = deployment.session.client("lambda").list_functions()["Functions"]
    declared = [one for one in translated_template()["Resources"].values() if one["Type"] == "AWS::Lambda::Function"]
    assert len(functions) == len(declared)
    variables = functions[0]["Environment"]["Variables"]
    assert variables["TIDEMARK_BUCKET"] == deployment.names["TIDEMARK_BUCKET"]
    assert variables["TIDEMARK_HITS_QUEUE_URL"] == deployment.names["TIDEMARK_HITS_QUEUE_URL"]


def test_stack_environment_when_there_is_no_such_stack(deployment):
    with pytest.raises(DeployError, match="nowhere"):
        stack_environment(deployment.session, "nowhere")


def test_variable_name_when_an_output_has_several_words():
    assert variable_name("HitsDeadQueueUrl") == "TIDEMARK_HITS_DEAD_QUEUE_URL"


def test_the_trigger_of_the_archive_queue_can_be_switched_by_plan(deployment):
    client = deployment.session.client("lambda")
    plan = next(one for one in client.list_functions()["Functions"] if one["Handler"] == "plan.handler")
    mapping = plan["Environment"]["Variables"]["TIDEMARK_ARCHIVE_MAPPING"]
    now = [0.0]
    trigger = QueueTrigger(client, mapping, lambda: 0, lambda: now[0])
    assert client.get_event_source_mapping(UUID=mapping)["EventSourceArn"].endswith(
        deployment.names["TIDEMARK_ARCHIVE_QUEUE_URL"].rpartition("/")[2]
    )
    now[0] = IDLE_SECONDS
    trigger.follow(0)
    assert client.get_event_source_mapping(UUID=mapping)["State"] == "Disabled"
    trigger.follow(1)
    assert client.get_event_source_mapping(UUID=mapping)["State"] == "Enabled"
