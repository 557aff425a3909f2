"""The sentence that says whether a difference from England is more than noise."""

from __future__ import annotations

from collections.abc import Mapping

from dispute_risk.england.measures import Rate
from dispute_risk.england.published import NOT_COMPARED, Published, PublishedValue

__all__ = ["verdict"]


def verdict(row: Mapping[str, object], name: str, figures: Published, rate: Rate, year: int) -> str:
    """Say whether the difference from England is more than chance, and more than authorities ordinarily differ.

    Parameters
    ----------
    row : mapping
        `rate`, `england`, `rank`, `authorities`, `position` and `doubt` of the authority.
    name, figures, rate, year
        The authority, the published figures, the rate and the year: for the symbol where nothing is published.
    """
    if row["doubt"]:
        return f"Not compared. {row['doubt']}"
    if not row["position"]:
        if name in NOT_COMPARED:
            return "Not compared: too few plans for a rate to say anything."
        missing = [figures.value(count, name, year) for count in (*rate.numerator, *rate.denominator)]
        return "Not published for this authority: " + _symbols(missing) + "."
    higher = float(row["rate"]) > float(row["england"])  # type: ignore[arg-type]
    side = "Higher" if higher else "Lower"
    rank = _rank_words(int(row["rank"]), int(row["authorities"]))  # type: ignore[call-overload]
    words = {
        "chance": f"No further from England than chance alone ({rank}).",
        "ordinary": f"{side} than England by more than chance, within the wide spread between authorities ({rank}).",
        "unusual": f"{side} than England, outside the spread that holds most authorities ({rank}).",
        "far_out": f"{side} than England, far outside the spread between authorities ({rank}).",
    }[str(row["position"])]
    if (rate.better, higher) in (("higher", False), ("lower", True)) and row["position"] == "ordinary":
        words += " Within the spread is not the same as lawful."
    return words


def _rank_words(rank: int, of: int) -> str:
    """Say a rank from the nearer end."""
    place, end = (rank, "highest") if rank <= (of + 1) / 2 else (of + 1 - rank, "lowest")
    return f"{'the' if place == 1 else _ordinal(place)} {end} of {of}"


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _symbols(values: list[PublishedValue]) -> str:
    words = {f"{value.symbol} ({value.words})" if value.symbol and len(value.symbol) <= 2 else "no figure"
             for value in values if value.value is None}
    return ", ".join(sorted(words)) or "the base is 0"
