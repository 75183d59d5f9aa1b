"""Mails by SMTP: the local run, and deployments with a mail server of their own."""

from __future__ import annotations

import logging
import smtplib
import ssl
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from tidemark.mail.message import message_of
from tidemark.model.mail import Mail, MailError

PORTS: Final = {"smtp": 25, "smtps": 465}
TIMEOUT_SECONDS: Final = 30

logger = logging.getLogger(__name__)


class SmtpMailer:
    """Implements tidemark.model.mail.Mailer with a connection per mail. TLS is used wherever the server offers it."""

    __slots__ = ("_sender", "_server")

    def __init__(self, url: str, sender: str) -> None:
        """`url`: smtp://host, smtp://user:password@host:587, smtps://… Raises: ValueError."""
        self._server = urlsplit(url)
        if self._server.scheme not in PORTS or not self._server.hostname:
            raise ValueError("TIDEMARK_SMTP_URL has to look like smtp://host:port or smtps://user:password@host.")
        self._sender = sender or f"tidemark@{self._server.hostname}"

    @property
    def is_set_up(self) -> bool:
        """See Mailer."""
        return True

    def send(self, mail: Mail) -> None:
        """See Mailer. Nothing of the mail is logged."""
        try:
            with _connected(self._server) as connection:
                connection.send_message(message_of(mail, self._sender))
        except (OSError, ValueError, smtplib.SMTPException) as error:
            logger.warning("a mail could not be sent", extra={"kind": type(error).__name__})
            raise MailError("The mail server did not take the mail.") from error


def _connected(server: SplitResult) -> smtplib.SMTP:
    host, port = server.hostname or "", server.port or PORTS[server.scheme]
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    else:
        connection = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        connection.ehlo()
        if connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
    if server.username:
        connection.login(unquote(server.username), unquote(server.password or ""))
    return connection
