"""What has to be sent once: reports and alerts by their due times, and who has got them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send something now. `reached` are keyed hashes of those who have got it in an earlier, broken try."""

    what: str
    due: str
    holder: str
    reached: frozenset[str] = frozenset()


class Deliveries(Protocol):
    """Sees to it that what is due is sent by one process, once; asked for as ``context.service(Deliveries)``.

    A process that dies after handing a mail over and before noting it leaves a doubt: the mail is sent again then, under
    the same Message-ID, since a report that comes twice is better than one that never comes.
    """

    def is_open(self, what: str, due: str) -> bool:
        """Whether it was neither sent nor given up."""
        ...

    def claim(self, what: str, due: str) -> Claim | None:
        """The right to send; None if it was sent, given up, or another process is at it."""
        ...

    def has_got(self, claim: Claim, receiver: str) -> bool:
        """Whether a receiver was reached in an earlier try."""
        ...

    def note(self, claim: Claim, receiver: str) -> None:
        """A receiver was reached."""
        ...

    def finish(self, claim: Claim) -> None:
        """Everybody was reached."""
        ...

    def fail(self, claim: Claim, problem: str) -> None:
        """Not everybody was reached: it is tried again later, a few times."""
        ...

    def last_sent(self, what: str) -> int | None:
        """When it was last sent to everybody, unix seconds of the machine's clock."""
        ...
