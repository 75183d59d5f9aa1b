"""The tables of docs/cost.md, by the counts of the cost plugin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tidemark.plugins.cost.model import Traffic, dollars, total, usage
from tidemark.plugins.cost.prices import DATED

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "cost.md"
START, END = "<!-- table: written by make cost -->\n", "<!-- end of the table -->\n"
MILLION: Final = 1_000_000
MONTHS: Final = {
    "idle": Traffic(0),
    "100k": Traffic(100_000, api_calls=1_000, metrics=5),
    "1M": Traffic(MILLION, api_calls=3_000, metrics=5),
    "10M": Traffic(10 * MILLION, api_calls=10_000, metrics=5),
    "100M": Traffic(100 * MILLION, sites=10, api_calls=30_000, metrics=8),
    "1bn": Traffic(1000 * MILLION, sites=100, api_calls=100_000, metrics=8),
}
"""Hits a month, all single."""
NOT_IN_TARGET: Final = ("CDN requests",)
SINGLE_TARGET, BULK_TARGET, IDLE_TARGET, FREE_IDLE_TARGET = 0.80, 0.30, 0.30, 0.005


def per_million(traffic: Traffic) -> float:
    """Dollars per million hits, without the CDN's requests."""
    return total(dollars(usage(traffic)), NOT_IN_TARGET) / traffic.hits * MILLION


def targets() -> dict[str, dict[str, Any]]:
    """The figures that have a target."""
    hits = 100 * MILLION
    return {
        "usd_per_million_hits": _figure(per_million(Traffic(hits)), SINGLE_TARGET),
        "usd_per_million_hits_in_bulks": _figure(per_million(Traffic(hits, bulk_hits=hits)), BULK_TARGET),
        "usd_idle_month": _figure(total(dollars(usage(Traffic(0)))), IDLE_TARGET),
        "usd_idle_month_in_free_tier": _figure(total(dollars(usage(Traffic(0)), free_tier=True)), FREE_IDLE_TARGET),
    }


def _figure(value: float, target: float) -> dict[str, Any]:
    return {"value": value, "unit": f"USD ({DATED})", "target": target}


def text() -> str:
    """The tables."""
    return "\n".join([*_targets_table(), "", *_months_table(free_tier=False), "", *_months_table(free_tier=True), ""])


def _targets_table() -> Iterator[str]:
    yield f"| US dollars, prices of {DATED} | model | target |"
    yield "|---|---:|---:|"
    named = zip(
        (
            "a million single hits, at 100 M a month of one site, without the CDN's requests",
            "a million hits in bulks of ten, the same",
            "an idle month, nothing free",
            "an idle month, within what is always free",
        ),
        targets().values(),
        strict=True,
    )
    for name, figure in named:
        yield f"| {name} | {figure['value']:.3f} | {figure['target']:.3f} |"


def _months_table(*, free_tier: bool) -> Iterator[str]:
    months = {name: dollars(usage(traffic), free_tier=free_tier) for name, traffic in MONTHS.items()}
    title = "with the always-free tier" if free_tier else "nothing free"
    yield f"| hits a month: {title} | {' | '.join(months)} |"
    yield "|---|" + "---:|" * len(months)
    for line in next(iter(months.values())):
        yield f"| {line} | " + " | ".join(f"{month[line]:,.2f}" for month in months.values()) + " |"
    yield "| **sum** | " + " | ".join(f"{total(month):,.2f}" for month in months.values()) + " |"
    yield (
        "| a million hits, without CDN requests | "
        + " | ".join(
            f"{total(month, NOT_IN_TARGET) / MONTHS[name].hits * MILLION:,.2f}" if MONTHS[name].hits else ""
            for name, month in months.items()
        )
        + " |"
    )


def written(page: str) -> str:
    """The page with these tables."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}{text()}{END}{after}"


def write() -> None:
    """Bring the page up to date."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
