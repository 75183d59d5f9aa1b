"""Mails by Amazon SES (version 2 of its API)."""

from __future__ import annotations

import logging
from typing import Any

from tidemark.mail.message import message_of
from tidemark.model.mail import Mail, MailError

logger = logging.getLogger(__name__)


class SesMailer:
    """Implements tidemark.model.mail.Mailer. The sender has to be verified in SES."""

    __slots__ = ("_client", "_sender")

    def __init__(self, sender: str) -> None:
        self._sender = sender
        self._client: Any = None

    @property
    def is_set_up(self) -> bool:
        """See Mailer."""
        return True

    def send(self, mail: Mail) -> None:
        """See Mailer. Nothing of the mail is logged."""
        import boto3  # noqa: PLC0415  only who sends mails waits for it
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        if self._client is None:
            self._client = boto3.client("sesv2")
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [mail.to]},
                Content={"Raw": {"Data": message_of(mail, self._sender).as_bytes()}},
            )
        except (BotoCoreError, ClientError, ValueError) as error:
            logger.warning("a mail could not be sent", extra={"kind": type(error).__name__})
            raise MailError("SES did not take the mail.") from error
