"""The comparisons everybody makes first, and why each is no saving: shown beside, never used."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dispute_risk.mediation.pilot_facts import PilotFacts

__all__ = ["NaiveNational", "naive_lines", "naive_national"]


@dataclass(frozen=True)
class NaiveNational:
    """England, one year: refusals to assess with and without mediation, and how many of each were followed by an appeal."""

    year: int
    with_mediation: int
    with_mediation_appealed: int
    without_mediation: int
    without_mediation_appealed: int

    @property
    def rate_with(self) -> float:
        """Appeals per 100 refusals with mediation."""
        return 100 * self.with_mediation_appealed / self.with_mediation

    @property
    def rate_without(self) -> float:
        """Appeals per 100 refusals without mediation."""
        return 100 * self.without_mediation_appealed / self.without_mediation


def naive_national(figures: pd.DataFrame, year: int) -> NaiveNational | None:
    """Return the national comparison of a year; None where it was not published.

    Parameters
    ----------
    figures : DataFrame
        `england.published.published().figures`.
    year : int

    Notes
    -----
    All mediation and all appeals linked to a request are taken to concern refusals, as nearly all do.
    """
    rows = figures[(figures["source"] == "requests") & (figures["level"] == "England") & (figures["year"] == year)]
    rows = rows[rows["group"].astype(str) == ""]
    value = pd.Series(rows["value"].to_numpy(float), index=rows["measure"].astype(str)).dropna()
    wanted = ("refused_to_assess", "request_mediations", "request_appeals", "request_appeals_after_mediation")
    if not set(wanted) <= set(value.index):
        return None
    refused, mediated, appealed, both = (round(float(value[name])) for name in wanted)
    return NaiveNational(year, mediated, both, refused - mediated, appealed - both)


def naive_lines(facts: PilotFacts, national: NaiveNational | None) -> list[tuple[str, str, str]]:
    """Return each comparison, what it shows, and why it is no effect: three texts a row."""
    lines = []
    if facts.met:
        settled = 100 * (facts.met - facts.met_appealed) / facts.met
        lines.append((
            f"“{settled:.0f} in 100 meetings settle it” (here: {facts.met - facts.met_appealed} of {facts.met} meetings not "
            "followed by an appeal within 26 weeks; England: about 75 in 100)",
            "Says how often no appeal followed, not how many would have followed without a meeting.",
            "Not a saving. Most families in dispute never appeal, meeting or not; those who meet chose to; cases about the "
            "placement alone may skip the mediation certificate and are seldom among them."))
    if facts.offered_decisions and facts.other_decisions:
        with_offer, other = (100 * facts.offered_appealed / facts.offered_decisions,
                             100 * facts.other_appealed / facts.other_decisions)
        lines.append((
            f"Here, an appeal followed {with_offer:.1f} of 100 decisions with an offer and {other:.1f} of 100 without "
            f"({facts.offered_appealed} of {facts.offered_decisions}; {facts.other_appealed} of {facts.other_decisions})",
            f"Taken as it stands, an offer would seem to go with {'more' if with_offer > other else 'fewer'} appeals.",
            "Selection: offers go where a dispute is seen coming. No effect can be read from it, in either direction."))
    if national is not None:
        lines.append((
            f"England, {national.year}: an appeal followed {national.rate_with:.1f} of 100 refusals to assess with mediation "
            f"and {national.rate_without:.1f} of 100 without",
            "Taken as it stands, mediation would seem to go with more appeals.",
            "Selection, the other way round from the “75 in 100”: families set on an appeal need the certificate, so they come "
            "to mediation. It is no evidence against mediation, as the 75 is none for it."))
    return lines
