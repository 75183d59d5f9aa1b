"""Second factors on the registry table: partition `second_factor`, one item per user; recovery codes as keyed hashes.

The secret itself has to be kept, for codes are computed from it; it never leaves the table after it was confirmed.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from tidemark.model.sign_in import Enrolment
from tidemark.model.snapshot import hash_token
from tidemark.stores.ports import AllOf, ConditionFailedError, Equals, Exists, LessThan, Table

if TYPE_CHECKING:
    from pyotp import TOTP

PARTITION: Final = "second_factor"
ISSUER: Final = "Tidemark"
STEP_SECONDS: Final = 30
STEPS_AROUND: Final = 1
"""A clock may be wrong by one step either way."""
RECOVERY_CODES: Final = 10
_RECOVERY_BYTES: Final = 8
_FORMAT: Final = 1


class StoredSecondFactors:
    """Implements tidemark.model.sign_in.SecondFactors."""

    __slots__ = ("_now", "_salt", "_table")

    def __init__(self, table: Table, salt: Callable[[], str], real_now: Callable[[], float] = time.time) -> None:
        self._table = table
        self._salt = salt
        self._now = real_now

    def is_on(self, login: str) -> bool:
        """See SecondFactors."""
        item = self._table.get(PARTITION, login)
        return item is not None and "secret" in item

    def begin(self, login: str) -> Enrolment:
        """See SecondFactors."""
        from pyotp import random_base32  # noqa: PLC0415  only who enrols waits for it

        secret = random_base32()
        self._table.update(PARTITION, login, assign={"pending": secret}, initial={"format": _FORMAT, "step": 0})
        return Enrolment(secret, _codes(secret).provisioning_uri(name=login, issuer_name=ISSUER))

    def confirm(self, login: str, code: str) -> Sequence[str] | None:
        """See SecondFactors."""
        item = self._table.get(PARTITION, login) or {}
        step = self._step_of(item.get("pending", ""), code)
        if step is None:
            return None
        recovery = _new_recovery()
        try:
            self._table.update(
                PARTITION,
                login,
                assign={"secret": item["pending"], "step": step, "recovery": self._hashed(login, recovery)},
                remove=("pending",),
                condition=Equals("pending", item["pending"]),
            )
        except ConditionFailedError:
            return None
        return recovery

    def accept(self, login: str, code: str) -> bool:
        """See SecondFactors. The step of the last code only grows: a code that was used, or an older one, is refused."""
        item = self._table.get(PARTITION, login) or {}
        if "secret" not in item:
            return False
        step = self._step_of(item["secret"], code)
        if step is not None:
            newer = AllOf((LessThan("step", step), Equals("secret", item["secret"])))
            return self._changed(login, {"step": step}, newer)
        hashed = self._hashed(login, [code])[0]
        if hashed not in item["recovery"]:
            return False
        left = [one for one in item["recovery"] if one != hashed]
        return self._changed(login, {"recovery": left}, Equals("recovery", item["recovery"]))

    def renew_recovery(self, login: str) -> Sequence[str]:
        """See SecondFactors."""
        recovery = _new_recovery()
        self._changed(login, {"recovery": self._hashed(login, recovery)}, Exists("secret"))
        return recovery

    def off(self, login: str) -> bool:
        """See SecondFactors."""
        was_on = self.is_on(login)
        self._table.delete(PARTITION, login)
        return was_on

    def _changed(self, login: str, changes: dict[str, object], condition: Equals | Exists | AllOf) -> bool:
        try:
            self._table.update(PARTITION, login, assign=changes, condition=condition)
        except ConditionFailedError:
            return False
        return True

    def _step_of(self, secret: str, code: str) -> int | None:
        """The time step that a code belongs to, None if it is none of now."""
        digits = code.replace(" ", "")
        if not secret or not digits.isascii() or not digits.isdigit():
            return None
        now, codes = int(self._now()) // STEP_SECONDS, _codes(secret)
        steps = range(now - STEPS_AROUND, now + STEPS_AROUND + 1)
        return next((step for step in steps if hmac.compare_digest(codes.generate_otp(step), digits)), None)

    def _hashed(self, login: str, codes: Sequence[str]) -> list[str]:
        return [hash_token(f"{login} {code.strip().lower()}", self._salt()) for code in codes]


def _codes(secret: str) -> TOTP:
    from pyotp import TOTP  # noqa: PLC0415  only who has a second factor waits for it

    return TOTP(secret, interval=STEP_SECONDS)


def _new_recovery() -> list[str]:
    return [secrets.token_hex(_RECOVERY_BYTES) for _ in range(RECOVERY_CODES)]
