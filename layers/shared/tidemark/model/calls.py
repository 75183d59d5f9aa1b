"""What lets a method answer with the answers of other methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from tidemark.model.period import Period
    from tidemark.model.table import DataTable


class Calls(Protocol):
    """Calls inside one process, for the same caller; asked for as ``context.service(Calls)``."""

    def processed(self, method: str, params: Mapping[str, Any]) -> Any:
        """A method's answer after all processing but rendering.

        There is no default limit, and metrics stay numbers, unless ``params`` ask for it; the language is that of the
        caller's own call, unless they name one.

        Raises:
            ApiError: as the method does.

        """
        ...

    def answer(self, params: Mapping[str, Any]) -> Any:
        """The answer of a whole call (``method`` among the parameters) as JSON value; errors stay inside.

        Parameters that a client's call would get by default (limit, formatting) are set.
        """
        ...

    def parameters(self, query: str) -> dict[str, Any]:
        """The parameters of a URL-encoded query string, brackets read as lists and maps."""
        ...

    def knows(self, method: str) -> bool:
        """Whether there is such a method."""
        ...

    def series_names(self, method: str, params: Mapping[str, Any]) -> Sequence[str]:
        """What the series are called that such a call compares, in their order; the first one is the call's own.

        Raises:
            ApiError: as the call does for its segments and dates.

        """
        ...

    @property
    def client_ip(self) -> str:
        """Address of the caller, "" if unknown."""
        ...

    def pretty_date(self, id_site: int, period: str, date: str) -> str:
        """The period or periods of a call in words: Saturday, March 6, 2010.

        Raises:
            ApiError: as a report does for such a site, period or date.

        """
        ...

    def pretty_period(self, period: Period) -> str:
        """A period in words."""
        ...

    def short_period(self, period: Period) -> str:
        """A period in few words: Sat, Mar 6."""
        ...

    def currency_symbol(self, id_site: int) -> str:
        """What stands before amounts of a site."""
        ...

    def pretty_value(self, column: str, value: Any, table: DataTable) -> Any:
        """A number as people read it, by the column's name: durations, money of the table's site, rates."""
        ...
