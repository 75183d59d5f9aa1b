"""Notices to an Amazon SNS topic."""

from __future__ import annotations

import logging
from typing import Any, Final

from tidemark.model.notices import NoticeError

MOST_SUBJECT: Final = 99
NO_TOPIC: Final = "This deployment has no topic for alerts: set AlertTopicArn."

logger = logging.getLogger(__name__)


class SnsTopic:
    """Implements tidemark.model.notices.Topic; without an ARN there is none."""

    __slots__ = ("_arn", "_client")

    def __init__(self, arn: str) -> None:
        self._arn = arn
        self._client: Any = None

    @property
    def is_set_up(self) -> bool:
        """See Topic."""
        return bool(self._arn)

    def publish(self, subject: str, text: str) -> None:
        """See Topic."""
        if not self._arn:
            raise NoticeError(NO_TOPIC)
        import boto3  # noqa: PLC0415  only who publishes waits for it
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        if self._client is None:
            self._client = boto3.client("sns")
        title = " ".join(subject.encode("ascii", "replace").decode().split())[:MOST_SUBJECT]
        try:
            self._client.publish(TopicArn=self._arn, Subject=title, Message=text)
        except (BotoCoreError, ClientError) as error:
            logger.warning("an alert could not be published", extra={"kind": type(error).__name__})
            raise NoticeError("SNS did not take the alert.") from error
