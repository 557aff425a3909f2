"""Published figures that cannot be right as they stand, found by checking the published files against one another."""

from __future__ import annotations

from dataclasses import dataclass

from dispute_risk.england.measures import Rate

__all__ = ["DOUBTS", "Doubt", "doubt_on"]


@dataclass(frozen=True)
class Doubt:
    """A published figure that cannot be right as it stands; shown as published, and left out of every comparison."""

    names: tuple[str, ...]
    year: int
    rates: tuple[str, ...]
    why: str


DOUBTS: tuple[Doubt, ...] = (
    Doubt(("Cambridgeshire", "Central Bedfordshire"), 2024, ("appeal_rate_old_base", "appeal_rate_new_base"),
          "The appeals file appears to give Cambridgeshire and Central Bedfordshire each other's base for 2024: "
          "against the published refusals and plans, one base is about 3,800 too small and the other about 3,800 too "
          "large. Whether the appeals changed places too cannot be told."),
    Doubt(("Hertfordshire", "Newham"), 2024, ("appeal_rate_new_base",),
          "The new base is smaller than the authority's own refusals and plans issued, so the rate is too high."),
)
"""Doubts found by checking the published files against one another."""


def doubt_on(rate: Rate | str, name: str, year: int) -> str:
    """Return why this figure is in doubt, or '' where it is not.

    Examples
    --------
    >>> doubt_on("appeal_rate_old_base", "Surrey", 2024)
    ''
    """
    rate_name = rate if isinstance(rate, str) else rate.name
    for doubt in DOUBTS:
        if name in doubt.names and year == doubt.year and rate_name in doubt.rates:
            return doubt.why
    return ""
