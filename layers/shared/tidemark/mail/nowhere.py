"""A deployment that sends no mails."""

from __future__ import annotations

from typing import Final

from tidemark.model.mail import Mail, MailError

HOW_TO: Final = "This deployment sends no mails: set TIDEMARK_MAIL_FROM, and TIDEMARK_SMTP_URL unless it is to be SES."


class NoMailer:
    """Implements tidemark.model.mail.Mailer by refusing."""

    __slots__ = ()

    @property
    def is_set_up(self) -> bool:
        """See Mailer."""
        return False

    def send(self, mail: Mail) -> None:  # noqa: ARG002
        """See Mailer."""
        raise MailError(HOW_TO)
