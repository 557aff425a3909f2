"""What is said about who is on the lists and who is not, in sentences a councillor can read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.explain.words import count_in_words, day_in_words, joined_in_words
from dispute_risk.model.fairness_groups import DIMENSIONS
from dispute_risk.reports.validation_pictures import per_100

if TYPE_CHECKING:
    import pandas as pd

    from dispute_risk.causes.unheard import Unheard
    from dispute_risk.model.fairness import Fairness
    from dispute_risk.model.fairness_voice import WithoutVoice

__all__ = ["FINDINGS", "in_short", "next_steps", "not_said", "times"]

NAMED_AT_MOST, WEEKS_OF_A_YEAR = 4, 52
FINDINGS = {
    "cannot be assessed": "Cannot be assessed",
    "no difference shown": "No difference shown",
    "differs": "Differs",
    "differs beyond what is allowed": "Differs beyond what is allowed",
}


def times(number: float) -> str:
    """Say a ratio with two figures; a dash where there is none.

    >>> times(0.934), times(float("nan"))
    ('0.93', '–')
    """
    return f"{number:.2f}" if np.isfinite(number) else "–"


def in_short(found: Fairness, voice: WithoutVoice | None, quiet: Unheard | None, horizon: str) -> list[str]:
    """Return the answer in a few sentences, most important first."""
    said = [_level(found, horizon)]
    if len(found.composition):
        together = found.composition.iloc[-1]
        said.append(
            f"The two most deprived fifths of neighbourhoods hold {per_100(together['share_of_need'])} in 100 points of what is "
            f"owed and have {per_100(together['share_of_list'])} in 100 places on the lists ({_by_chance(together)}). On the "
            f"risk list alone they would have {per_100(together['share_of_risk_list'])} in 100."
        )
    if quiet is not None and len(quiet.cases):
        listed = int(quiet.cases["on_list"].sum())
        shown = int(quiet.beside_risk.set_index("list")["also_unheard_listed"]["risk"])
        said.append(
            f"On {day_in_words(quiet.as_of)}, {count_in_words(len(quiet.cases), 'case')} have duties of weight outstanding "
            f"({quiet.policy.least_breach:g} points or more) and show no sign of an appeal; {listed} of them have a place this "
            f"week. A risk list of the same length would have shown {'none' if shown == 0 else shown} of these {listed}."
        )
    if voice is not None:
        one = voice.overall
        said.append(
            f"Leaving out what tells how loudly a family speaks would change {per_100(one['moved'])} in 100 places on the risk "
            f"list, and find {one['found_without']:.0f} of {one['appeals']:.0f} appeals in place of {one['found']:.0f}."
        )
    return said


def _level(found: Fairness, horizon: str) -> str:
    counts = Counter(found.table["finding"].tolist() if len(found.table) else [])
    cannot, beyond, apart, same = (counts[name] for name in (
        "cannot be assessed", "differs beyond what is allowed", "differs", "no difference shown"))
    assessed = len(found.table) - cannot
    tail = (f" {count_in_words(cannot, 'group')} cannot be assessed: fewer than 20 appeals within {horizon}."
            if cannot else "")
    if not assessed:
        return "No group has the 20 appeals it takes to say whether the risk means the same for it." + tail
    worse = f", in {beyond} beyond what is allowed" if beyond else ""
    named = joined_in_words([f"{DIMENSIONS.get(row['dimension'], row['dimension'])}, {row['group']}"
                             for row in found.table.to_dict("records") if row["finding"].startswith("differs")][:NAMED_AT_MOST])
    which = f" ({named})" if 0 < apart + beyond <= NAMED_AT_MOST else ""
    return (f"In {same} of the {assessed} groups with enough appeals the risk shows no difference: 10 in 100 means 10 in 100. "
            f"In {apart + beyond} it differs{which}{worse}.{tail}")


def _by_chance(row: pd.Series) -> str:
    """Say whether the share of the places lies apart from the share of what is owed by more than chance."""
    low, high = row["list_over_need_low"], row["list_over_need_high"]
    if not (np.isfinite(low) and np.isfinite(high)):
        return "too few places to say more"
    if low <= 1 <= high:
        return "no more apart than chance allows"
    return f"{times(row['list_over_need'])} of their share, {times(low)} to {times(high)}: more than chance"


def next_steps(found: Fairness, quiet: Unheard | None) -> list[str]:
    """Return what the reader should ask for next."""
    steps = []
    for row in found.table.to_dict("records"):
        if row["finding"] == "differs beyond what is allowed":
            steps.append(f"{DIMENSIONS[row['dimension']].capitalize()}, {row['group']}: ask what is recorded differently for "
                         "this group. Until it is explained the breach points go live in place of the model.")
    if quiet is not None:
        places = int(quiet.cases["on_list"].sum())
        if places and len(quiet.cases) > WEEKS_OF_A_YEAR * places:
            weeks = len(quiet.cases) / places
            steps.append(f"{len(quiet.cases):,} cases share {places} places a week: it takes {weeks:.0f} weeks to look at each "
                         "once. Ask whether the share of the capacity given to the unheard is enough.")
        steps.append("Ask for the quarter's blind check of files: 20 of the unheard and 20 drawn by lot, read by somebody who "
                     "does not know which is which. It is the only measure of what the records do not show.")
        steps.append("Ask how many of the unheard had their duty put right since the last report, and were told of their rights.")
    if len(found.unknown) and (found.unknown["share"] > 0.1).any():
        blank = found.unknown[found.unknown["share"] > 0.1]
        named = ", ".join(f"{DIMENSIONS[row['dimension']]} ({per_100(row['share'])} in 100 blank)"
                          for row in blank.to_dict("records"))
        steps.append(f"Ask for these to be recorded: {named}.")
    return steps


def not_said(found: Fairness, horizon: str, synthetic: bool) -> list[str]:
    """Return what the figures do not say."""
    said = [
        "A risk is the chance that a family appeals. It does not say who was wronged: families appeal who have time, money and "
        "knowledge of their rights. Equal shares of the risk list would therefore not be fairness; what is owed is the measure.",
        "Sex, ethnic group, language and deprivation are never used to make a list. They are looked at here, afterwards.",
        "Groups differ in age, need, area and what was decided about them. A difference says where to look, and not why.",
        f"A group with fewer than 20 appeals within {horizon} is said to be one that cannot be assessed, never to have passed.",
        f"{len(found.table)} groups were compared at once. With ranges of 95 in 100 about one in twenty lies apart by "
        "chance alone.",
        "What is owed is counted from the records. What nobody wrote down is not in it.",
    ]
    if found.not_recorded:
        said.append("Not recorded, and so not checked: " + ", ".join(DIMENSIONS[name] for name in found.not_recorded) + ".")
    if synthetic:
        said.append("The records are invented. Nothing here is evidence about any council.")
    return said
