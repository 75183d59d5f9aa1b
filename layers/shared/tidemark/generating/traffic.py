"""A plan of visits over sites and days, and its hits."""

from __future__ import annotations

import random  # noqa: TID251 - seeded: the same seed gives the same traffic
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from tidemark.generating.visitors import visitor_of
from tidemark.generating.visits import Walk

WEEKDAYS: Final = (1.05, 1.1, 1.08, 1.04, 0.98, 0.8, 0.95)
HOURS: Final = (2, 1, 1, 1, 1, 2, 4, 6, 9, 11, 12, 12, 13, 13, 13, 13, 12, 12, 13, 14, 14, 11, 7, 4)
GROWTH_A_DAY: Final = 0.004
VISITS_PER_VISITOR: Final = 1.8
FAITHFULNESS: Final = 1.6
"""The larger, the more visits are those of a few."""


@dataclass(frozen=True, slots=True)
class Target:
    """A site that is visited."""

    idsite: int
    url: str


@dataclass(frozen=True, slots=True)
class Plan:
    """So many visits in all, over sites and the days that end with `last`."""

    targets: Sequence[Target]
    visits: int
    days: int
    last: date
    seed: str = "1"

    def counts(self) -> dict[tuple[int, date], int]:
        """Visits of each site (by its place in `targets`) and day; they add up to `visits`."""
        shares: dict[tuple[int, date], float] = {}
        for number in range(len(self.targets)):
            for offset in range(self.days):
                day = self.last - timedelta(self.days - 1 - offset)
                dice = random.Random(f"{self.seed}/{number}/{day}")  # noqa: S311 - nothing here is secret
                weight = WEEKDAYS[day.weekday()] * (1 + GROWTH_A_DAY * offset) * dice.uniform(0.85, 1.15)
                shares[number, day] = weight / (1 + 0.6 * number)
        return _apportioned(shares, self.visits)


def hits_of(plan: Plan, now: datetime) -> Iterator[list[dict[str, Any]]]:
    """The hits of one visit after the other, as parameters of bulk requests; none after `now`."""
    population = max(1, int(plan.visits / VISITS_PER_VISITOR / max(1, len(plan.targets))))
    for (number, day), count in sorted(plan.counts().items(), key=lambda one: (one[0][1], one[0][0])):
        target = plan.targets[number]
        for visit in range(count):
            yield _visit(f"{plan.seed}/{number}", target, day, visit, population, now)


def _visit(seed: str, target: Target, day: date, number: int, population: int, now: datetime) -> list[dict[str, Any]]:
    dice = random.Random(f"{seed}/{day}/{number}")  # noqa: S311 - nothing here is secret
    visitor = visitor_of(seed, int(population * dice.random() ** FAITHFULNESS))
    seconds = dice.choices(range(24), HOURS)[0] * 3600 + dice.randrange(3600)
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds)
    order_id = f"{day:%y%m%d}-{dice.getrandbits(32):08x}"
    made = []
    for offset, params in Walk(dice, visitor, target.url, order_id).hits():
        moment = begin + timedelta(seconds=offset)
        if moment > now:
            break
        when = moment.strftime("%Y-%m-%d %H:%M:%S")
        made.append({"rec": 1, "idsite": target.idsite, **visitor.params(seconds + offset), **params, "cdt": when})
    return made


def _apportioned(shares: dict[tuple[int, date], float], total: int) -> dict[tuple[int, date], int]:
    """Whole numbers in proportion to the shares that add up to the total: by largest remainders."""
    whole = sum(shares.values())
    exact = {key: total * share / whole for key, share in shares.items()}
    counts = {key: int(value) for key, value in exact.items()}
    rest = total - sum(counts.values())
    for key in sorted(exact, key=lambda one: counts[one] - exact[one])[:rest]:
        counts[key] += 1
    return counts
