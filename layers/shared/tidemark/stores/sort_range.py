"""Which sort keys a query is about. Both drivers use this."""

from __future__ import annotations

from dataclasses import dataclass

from tidemark.stores.errors import InvalidValueError
from tidemark.stores.keys import check_text, prefix_end
from tidemark.stores.limits import MAX_SK_BYTES


@dataclass(frozen=True, slots=True)
class SortRange:
    """The sort keys that a query is about: from `lower` (included) to `upper` (included or not); None is no bound."""

    lower: str | None = None
    upper: str | None = None
    includes_upper: bool = False

    @classmethod
    def of(cls, sk_prefix: str | None, sk_between: tuple[str, str] | None) -> SortRange:
        """The range that the arguments of a query mean.

        Raises: InvalidValueError, TooLargeError.
        """
        if sk_prefix and sk_between is not None:
            raise InvalidValueError("a query is narrowed by sk_prefix or by sk_between, not by both")
        if sk_between is not None:
            for bound in sk_between:
                check_text("a bound of sk", bound, MAX_SK_BYTES)
            return cls(*sk_between, includes_upper=True)
        if sk_prefix:
            check_text("a prefix of sk", sk_prefix, MAX_SK_BYTES)
            return cls(sk_prefix, prefix_end(sk_prefix))
        return cls()

    @property
    def is_empty(self) -> bool:
        """Whether no key can be inside."""
        return self.lower is not None and self.upper is not None and self.lower > self.upper

    def contains(self, sk: str) -> bool:
        """Whether the key is inside."""
        return not self._is_below(sk) and not self._is_above(sk)

    def is_past(self, sk: str, *, is_reverse: bool) -> bool:
        """Whether nothing of the range comes after the key, in the query's direction."""
        return self._is_below(sk) if is_reverse else self._is_above(sk)

    def _is_below(self, sk: str) -> bool:
        return self.lower is not None and sk < self.lower

    def _is_above(self, sk: str) -> bool:
        if self.upper is None:
            return False
        return sk > self.upper if self.includes_upper else sk >= self.upper
