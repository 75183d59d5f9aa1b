"""Who comes: a visitor is a function of seed and number, so that returning ones are the same person."""

from __future__ import annotations

import hashlib
import random  # noqa: TID251 - seeded: the same seed gives the same traffic
from dataclasses import dataclass
from typing import Any

from tidemark.generating.world import world

KNOWN_USERS = 0.12
PREMIUM = 0.2


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a browser."""

    id: str
    user_id: str
    user_agent: str
    screen: str
    language: str
    hours_east: int
    ip: str
    kind: str
    """guest, member or premium: what the shop knows of them."""

    def params(self, seconds: int) -> dict[str, Any]:
        """What each of their hits tells; `seconds` of the UTC day give their local time."""
        local = (seconds + 3600 * self.hours_east) % 86_400
        told = {
            "_id": self.id,
            "ua": self.user_agent,
            "lang": self.language,
            "res": self.screen,
            "cip": self.ip,
            "cookie": 1,
            "pdf": 1,
            "h": local // 3600,
            "m": local % 3600 // 60,
            "s": local % 60,
        }
        return told | ({"uid": self.user_id} if self.user_id else {})


def visitor_of(seed: str, number: int) -> Visitor:
    """The visitor with this number."""
    dice = random.Random(f"{seed}/visitor/{number}")  # noqa: S311 - nothing here is secret
    _, language, hours_east, blocks = world().places.pick(dice)
    user_agent, screens = world().devices.pick(dice)
    is_user = dice.random() < KNOWN_USERS
    return Visitor(
        id=hashlib.sha256(f"{seed}/visitor/{number}".encode()).hexdigest()[:16],
        user_id=f"customer-{number}" if is_user else "",
        user_agent=user_agent,
        screen=dice.choice(screens),
        language=f"{language},{language[:2]};q=0.8,en;q=0.5",
        hours_east=hours_east,
        ip=f"{dice.choice(blocks)}.{dice.randrange(256)}.{dice.randrange(1, 255)}",
        kind=("premium" if dice.random() < PREMIUM else "member") if is_user else "guest",
    )
