"""Deploys template.yaml to an emulated AWS and finds the resources of a deployed stack; needs the development packages.

moto's CloudFormation does not know serverless resources, so the template is translated here, as AWS does it there.
"""

from __future__ import annotations

import io
import json
import logging
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tidemark.config import PREFIX
from tidemark.local.emulator import REGION

if TYPE_CHECKING:
    import boto3

STACK_NAME: Final = "tidemark"
CODE_BUCKET: Final = "tidemark-code"
CODE_KEY: Final = "code.zip"
UNKNOWN_TO_EMULATOR: Final = frozenset(
    {
        "AWS::Lambda::Url",
        "AWS::S3::BucketPolicy",
        # It creates a REST API without the methods in its body, and refuses to deploy one without methods.
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::Stage",
        # The nested stacks, each only made if it is asked for; the tests deploy them one by one.
        "AWS::CloudFormation::Stack",
    }
)


class DeployError(Exception):
    """The stack could not be created or found."""


def session() -> boto3.Session:
    """A session for the AWS that the environment names."""
    import boto3  # noqa: PLC0415

    return boto3.Session()


def translated(
    template_path: Path, parameters: Mapping[str, str], key_of: Callable[[str], str] = lambda _folder: CODE_KEY
) -> dict[str, Any]:
    """The template in plain CloudFormation; parameters resolved where SAM needs them.

    The code of a folder is the object in `CODE_BUCKET` whose key `key_of` gives.
    """
    import boto3  # noqa: PLC0415
    from samtranslator.parser.parser import Parser  # noqa: PLC0415
    from samtranslator.translator.translator import Translator  # noqa: PLC0415
    from samtranslator.yaml_helper import yaml_parse  # noqa: PLC0415

    document = yaml_parse(template_path.read_text(encoding="utf-8"))
    for resource in document["Resources"].values():
        for name in ("CodeUri", "ContentUri"):
            if name in resource.get("Properties", {}):
                resource["Properties"][name] = f"s3://{CODE_BUCKET}/{key_of(resource['Properties'][name])}"
    # The translator warns about feature switches that only AWS has.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION))
    result: dict[str, Any] = translator.translate(document, dict(parameters))
    return result


def deploy(
    session: boto3.Session,
    template_path: Path,
    stack_name: str = STACK_NAME,
    parameters: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Create the stack at the session's endpoint and give its environment (see `stack_environment`).

    Raises: DeployError.
    """
    given = dict(parameters or {})
    document = _known_to_emulator(translated(template_path, given))
    _upload_code(session)
    cloudformation = session.client("cloudformation")
    cloudformation.create_stack(
        StackName=stack_name,
        TemplateBody=json.dumps(document, default=str),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    status = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]["StackStatus"]
    if status != "CREATE_COMPLETE":
        raise DeployError(f"The stack {stack_name} is {status}.")
    _stop_deliveries(session)
    return stack_environment(session, stack_name)


def stack_environment(session: boto3.Session, stack_name: str = STACK_NAME) -> dict[str, str]:
    """The names of a deployed stack's resources as TIDEMARK_ variables, from its outputs.

    Raises: DeployError.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        stacks = session.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"]
    except ClientError as error:
        raise DeployError(f"There is no stack {stack_name}: {error}") from error
    except BotoCoreError as error:  # no region, no credentials, no network
        raise DeployError(f"The stack {stack_name} cannot be looked up: {error}") from error
    outputs = stacks[0].get("Outputs", [])
    return {variable_name(output["OutputKey"]): output["OutputValue"] for output in outputs}


def variable_name(output: str) -> str:
    """HitsQueueUrl -> TIDEMARK_HITS_QUEUE_URL."""
    return PREFIX + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", output).upper()


def _known_to_emulator(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without the resources that moto's CloudFormation cannot create, and the outputs that name them."""
    resources = {name: one for name, one in document["Resources"].items() if one["Type"] not in UNKNOWN_TO_EMULATOR}
    outputs = {
        name: one
        for name, one in document.get("Outputs", {}).items()
        if one["Value"].get("Fn::GetAtt", [""])[0] in {"", *resources}
    }
    return {**document, "Resources": resources, "Outputs": outputs}


def _stop_deliveries(session: boto3.Session) -> None:
    """Moto would run the functions in Docker and take their messages away; the local run delivers them itself."""
    client = session.client("lambda")
    for mapping in client.list_event_source_mappings()["EventSourceMappings"]:
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


def _upload_code(session: boto3.Session) -> None:
    """An emulator wants to see some code, though it never runs it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("README", "The local run calls the functions itself.")
    s3 = session.client("s3")
    s3.create_bucket(Bucket=CODE_BUCKET)
    s3.put_object(Bucket=CODE_BUCKET, Key=CODE_KEY, Body=archive.getvalue())
