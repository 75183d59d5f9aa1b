"""Mails that an instance sends: invitations, links, reports and alerts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class MailError(Exception):
    """A mail could not be handed over; nobody has got it."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that comes with a mail. With a `content_id`, the HTML shows it as `cid:<content_id>`."""

    name: str
    body: bytes
    content_type: str
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address, as plain text and (optionally) as HTML.

    Mails of one `key` to one address have the same Message-ID, so that one which was sent twice in doubt may be shown once.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    key: str = ""


class Mailer(Protocol):
    """Hands mails over; asked for as ``context.service(Mailer)``."""

    @property
    def is_set_up(self) -> bool:
        """Whether this deployment sends mails at all."""
        ...

    def send(self, mail: Mail) -> None:
        """Raises: MailError."""
        ...
