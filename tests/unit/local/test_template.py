"""What the local run reads from template.yaml."""

from __future__ import annotations

import textwrap

import pytest

from tidemark.local.template import (
    Function,
    QueueTrigger,
    RestRoute,
    ScheduleTrigger,
    TemplateError,
    UrlRoute,
    find_template,
    read_template,
    read_wiring,
)
from tidemark.tracking.scripts import SCRIPTS

TEMPLATE = """
Parameters:
  Window: {Type: Number, Default: 7}
Globals:
  Function:
    Environment:
      Variables:
        TIDEMARK_HITS_QUEUE_URL: !Ref Hits
        TIDEMARK_ENVIRONMENT: !Ref Window
Resources:
  Hits:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 99}
  Web:
    Type: AWS::Serverless::Api
    Properties: {StageName: live}
  One:
    Type: AWS::Serverless::Function
    Metadata: {Paths: [/a, /b]}
    Properties: {CodeUri: code, Handler: one.handler, FunctionUrlConfig: {AuthType: NONE}}
  Two:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code
      Handler: two.handler
      Events:
        Queue:
          Type: SQS
          Properties:
            Queue: !GetAtt Hits.Arn
            BatchSize: 500
            MaximumBatchingWindowInSeconds: !Ref Window
            FunctionResponseTypes: [ReportBatchItemFailures]
        Hourly: {Type: Schedule, Properties: {Schedule: rate(2 hours)}}
        Index: {Type: Api, Properties: {RestApiId: !Ref Web, Path: /x, Method: get}}
"""


def written(tmp_path, text: str):
    path = tmp_path / "template.yaml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def test_read_wiring_when_every_kind_of_trigger_is_declared(tmp_path):
    wiring = read_wiring(written(tmp_path, TEMPLATE))
    assert wiring.functions["One"] == Function("One", tmp_path / "code", "one.handler")
    assert wiring.triggers == (
        UrlRoute("One", ("/a", "/b")),
        QueueTrigger("Two", "Hits", 500, 7.0, 99, reports_failures=True),
        ScheduleTrigger("Two", "TwoHourly", 7200),
        RestRoute("Two", "/x", "GET", "live"),
    )
    assert wiring.references == {"TIDEMARK_HITS_QUEUE_URL": "Hits"}


@pytest.mark.parametrize(
    "event", ['{Type: Schedule, Properties: {Schedule: "cron(0 * * * ? *)"}}', "{Type: S3, Properties: {}}"]
)
def test_read_wiring_when_an_event_is_unknown(tmp_path, event):
    path = written(
        tmp_path,
        f"""
        Resources:
          One:
            Type: AWS::Serverless::Function
            Properties: {{CodeUri: code, Handler: one.handler, Events: {{E: {event}}}}}
        """,
    )
    with pytest.raises(TemplateError):
        read_wiring(path)


def test_read_template_when_it_uses_intrinsics(tmp_path):
    path = written(tmp_path, "a: !Sub '${X}'\nb: !Join ['', [x, !Ref Y]]\nc: !GetAtt A.B.C\nd: !If [C, 1, 2]")
    assert read_template(path) == {
        "a": {"Fn::Sub": "${X}"},
        "b": {"Fn::Join": ["", ["x", {"Ref": "Y"}]]},
        "c": {"Fn::GetAtt": ["A", "B.C"]},
        "d": {"Fn::If": ["C", 1, 2]},
    }


def test_read_wiring_of_the_real_template():
    wiring = read_wiring(find_template())
    for function in wiring.functions.values():
        module = function.handler.partition(".")[0]
        assert function.code.is_dir(), module
    kinds = {type(trigger) for trigger in wiring.triggers}
    assert kinds == {UrlRoute, QueueTrigger, ScheduleTrigger, RestRoute}
    paths = {path for trigger in wiring.triggers if isinstance(trigger, UrlRoute) for path in trigger.paths}
    assert paths == {"/matomo.php", "/piwik.php", "/assets/*", *SCRIPTS}
