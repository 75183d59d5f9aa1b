"""Ways beside mail by which an instance tells somebody something: webhooks, and a topic that the operator chose."""

from __future__ import annotations

from typing import Protocol


class NoticeError(Exception):
    """A notice could not be handed over."""


class Webhooks(Protocol):
    """Posts to addresses that users name; asked for as ``context.service(Webhooks)``."""

    def problem(self, url: str) -> str:
        """Why an address cannot be used; empty if it can."""
        ...

    def post(self, url: str, secret: str, body: bytes) -> None:
        """Post JSON, signed with the secret. Raises: NoticeError."""
        ...


class Topic(Protocol):
    """The topic of the deployment (SNS); asked for as ``context.service(Topic)``."""

    @property
    def is_set_up(self) -> bool:
        """Whether there is one."""
        ...

    def publish(self, subject: str, text: str) -> None:
        """Raises: NoticeError."""
        ...
