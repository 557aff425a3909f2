"""What a test of the model says in plain sentences: the verdict, what follows, each condition, and what is not said."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dispute_risk.explain.words import count_in_words, days_in_words, joined_in_words
from dispute_risk.model.estimator import APPEALS_FOR
from dispute_risk.model.rolling import REGISTRATION_LAG_DAYS
from dispute_risk.model.validate import LIFT_OVER_RULES
from dispute_risk.model.verdict import (
    FEWEST_OVERLAP,
    FEWEST_TEST_APPEALS,
    LISTED_OBSERVED_ALLOWED,
    RECALL_LOSS,
    SLOPE_ALLOWED,
)
from dispute_risk.reports.validation_pictures import per_100
from dispute_risk.reports.weekly_view import horizon_in_words
from dispute_risk.timeline.outcome import STATES

if TYPE_CHECKING:
    from dispute_risk.model.validate import Validation

__all__ = [
    "MODELS", "SHORT_MODELS", "STRATA", "Condition", "alarms_in_words", "conditions", "how_tested", "known",
    "level_in_words", "list_in_words", "steady_in_words", "strata_far_off", "verdict_in_words", "what_is_not_said",
]

Row = Mapping[Hashable, Any]

MODELS: dict[str, str] = {
    "base_rate": "Every case at the rate of the past",
    "days_overdue": "Days past the 20 weeks alone",
    "points": "Breach points, which anyone can add up",
    "ridge": "Ridge: a weight for each fact, held near the points",
    "pair": "Pair: the ridge averaged with shallow boosted trees",
}
"""The models tested, simplest first."""
SHORT_MODELS = {"points": "the breach points", "ridge": "the ridge", "pair": "the pair"}

STRATA: dict[str, str] = {**STATES, "new_cases_only": "Cases the model had not learned from"}
"""The states of the appeal right, and the cases that are new to the model."""

HEADINGS = {
    "accept": "Accept: the model may replace the breach points",
    "not proven": "Not proven: the model is on trial",
    "reject": "Reject: the model is not to be used",
}
MEANINGS = {
    "accept": "On later dates than it learned from, the model beat the breach points by more than chance, and every "
              "other condition tested below holds.",
    "not proven": "The test found no harm in the model, and not enough to put it in place of the breach points. This "
                  "is a common and honest answer: it is not a finding that the model does not work.",
    "reject": "The test found evidence that the model is worse than the breach points, or treats a group worse.",
}
FOLLOWS = {
    "accept": "What follows: the model may order the list once the head of service has signed for it. Test it again "
              "each quarter on newer dates, and go back to the points when a test fails or the law changes.",
    "not proven": "What follows: the model may order the list on trial, with that said on every page, only where it finds "
                  "more of the appeals than the breach points and the officers' rules above; otherwise work by the points. "
                  "Test it again next quarter, when more outcomes are known.",
    "reject": "What follows: work by the breach points, release nothing from this test, and find out what went wrong "
              "before another test.",
}


@dataclass(frozen=True)
class Condition:
    """One condition of acceptance.

    Parameters
    ----------
    asked, found : str
    holds : {'yes', 'no', 'not tested'}
    """

    asked: str
    found: str
    holds: str


def known(number: object) -> bool:
    """Say whether there is a finite number to show.

    >>> known(0.2), known(float("inf")), known(None)
    (True, False, False)
    """
    return number is not None and math.isfinite(float(number))  # type: ignore[arg-type]


def verdict_in_words(found: Validation) -> tuple[str, str, str]:
    """Return the verdict as a heading, what it means, and what follows."""
    meaning = MEANINGS[found.verdict]
    if found.candidate == "points" and found.verdict != "reject":
        meaning = ("No model did better than the breach points by more than chance, so there is nothing to put in "
                   "their place.")
    follows = FOLLOWS[found.verdict]
    if found.verdict == "accept" and _equity_untested(found):
        follows += " Equity has not been tested: test it before the head of service signs."
    if found.alarms:
        follows += " Nothing of this test is for use until each alarm is explained."
    return HEADINGS[found.verdict], meaning, follows


def _equity_untested(found: Validation) -> bool:
    return any("quity was not tested" in reason for reason in found.reasons)


def _range(row: Row, name: str) -> str:
    low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
    return f"{low:.2f} to {high:.2f}" if known(low) and known(high) else ""


def level_in_words(row: Row) -> str:
    """Say whether the risks lie at the right level, from appeals seen over appeals expected and its range.

    Examples
    --------
    >>> level_in_words({"observed_over_expected_low": 0.9, "observed_over_expected_high": 1.28})
    'The range holds 1: the level of the risks is right as far as this test can tell.'
    """
    low, high = (row.get(f"observed_over_expected_{end}", math.nan) for end in ("low", "high"))
    if not (known(low) and known(high)):
        return "No range could be worked out."
    if low > 1:
        return "More appeals came than expected, by more than chance: the risks are too low."
    if high < 1:
        return "Fewer appeals came than expected, by more than chance: the risks are too high."
    return "The range holds 1: the level of the risks is right as far as this test can tell."


def _against_the_best_rule(found: Validation, row: Row) -> str:
    if found.rules.empty:
        return "These records do not allow any rule of thumb to hold the model against."
    best = found.rules.iloc[0].to_dict()
    ratio, rule = best["candidate_over_rule"], str(best["sentence"]).rstrip(".")
    if not known(ratio):
        return "No rule of thumb listed a case with an appeal."
    within = _range(best, "candidate_over_rule") or "no range was worked out"
    return (f"The best rule of thumb here: “{rule}”. Of every 100 cases the model listed, {per_100(row['precision'])} "
            f"had an appeal; with the rule, {per_100(best['precision'])}. That is {ratio:.2f} times as many "
            f"({within}). {LIFT_OVER_RULES:g} times is asked before anyone is asked to work differently, and it is "
            f"{'reached' if ratio >= LIFT_OVER_RULES else 'not reached'}.")


def list_in_words(found: Validation, row: Row) -> list[str]:
    """Say what the list held, against the best rule an officer could use instead."""
    told, missed, listed = [_against_the_best_rule(found, row)], 1 - row["recall"], row["listed_observed_over_expected"]
    if known(missed):
        most = "The list misses most appeals: " if missed > 0.5 else ""
        told.append(f"{most}{100 * missed:.0f} in 100 came from cases it never held in time." if most else
                    f"{100 * missed:.0f} in 100 appeals came from cases the list never held in time.")
    if known(listed):
        low, high = LISTED_OBSERVED_ALLOWED
        far = "" if low <= listed <= high else ", which is further off than is allowed"
        way = "lower" if listed > 1 else "higher"
        told.append(f"Among the listed cases {100 * listed:.0f} appeals were seen for every 100 expected{far}: the "
                    f"risks at the very top are {way} than what came.")
    return told


def conditions(found: Validation, row: Row) -> list[Condition]:
    """Return each condition of the acceptance rule beside what was found; `model.verdict` decides, this shows."""
    gain, low, high = found.comparison, *LISTED_OBSERVED_ALLOWED
    vetoes = [reason for reason in found.reasons if reason.startswith("Equity veto")]
    untested = _equity_untested(found)
    slope_holds = row["slope_low"] <= SLOPE_ALLOWED[1] and row["slope_high"] >= SLOPE_ALLOWED[0]
    listed, later = row["listed_observed_over_expected"], found.plan.kind == "rolling"

    def made(asked: str, told: str, holds: bool) -> Condition:
        return Condition(asked, told, "yes" if holds else "no")

    return [
        made("Tested on later dates than it learned from",
             f"{len(found.plan.blocks)} tests on later dates" if later else "Other families, same dates", later),
        made(f"At least {FEWEST_TEST_APPEALS} cases with an appeal in the test", f"{row['appeals']:,.0f}",
             row["appeals"] >= FEWEST_TEST_APPEALS),
        made("Log loss better than the breach points: lower 95% bound of the gain above 0",
             f"{gain.gain:.5f} a row, lower bound {gain.gain_low:.5f}", gain.gain_low > 0),
        made("Lists no fewer of the appeals than the points do, and the chance that it lists over "
             f"{100 * RECALL_LOSS:.0f} in 100 fewer is under 1 in 5",
             f"{100 * gain.recall_gain:+.1f} in 100, chance {gain.chance_recall_worse:.0%}".replace("-", "−"),
             gain.recall_gain >= 0 and gain.chance_recall_worse < 0.2),
        made(f"Spread right: range of the slope reaches {SLOPE_ALLOWED[0]} to {SLOPE_ALLOWED[1]}",
             f"{row['slope']:.2f} ({_range(row, 'slope')})", bool(slope_holds)),
        made(f"Level right at the top: seen over expected in the list {low} to {high}",
             f"{listed:.2f}" if known(listed) else "not known", bool(low <= listed <= high)),
        made(f"Steady: at least {FEWEST_OVERLAP:.0%} of the list stays when the model is fitted again",
             f"{found.stability:.0%}" if known(found.stability) else "not known",
             bool(found.stability >= FEWEST_OVERLAP)),
        Condition("No group treated worse (equity)", joined_in_words(vetoes) if vetoes else
                  "Not tested" if untested else "No veto", "no" if vetoes else "not tested" if untested else "yes"),
    ]


def strata_far_off(found: Validation) -> list[str]:
    """Say in which states of the appeal right the candidate's risks are far from what came."""
    low, high = LISTED_OBSERVED_ALLOWED
    told = []
    for row in found.by_stratum.to_dict("records"):
        level = row["observed_over_expected"]
        if row["model"] == found.candidate and known(level) and not low <= level <= high:
            state = STRATA.get(row["stratum"], str(row["stratum"]))
            told.append(f"{state}: {level:.2f} appeals were seen for each one expected. Read the risks of these cases "
                        f"as too {'low' if level > 1 else 'high'}, on {count_in_words(row['appeals'], 'case')} with "
                        "an appeal.")
    return told


def steady_in_words(found: Validation) -> str:
    """Say how much of the list stays when the model is fitted again."""
    if not known(found.stability):
        return "It was not worked out how much of the list stays when the model is fitted again."
    return ("The model was fitted again on families drawn at random from those it learned from, 30 times (the ridge "
            f"half only). On average {100 * found.stability:.0f} in 100 places of the list stayed with the same case; "
            f"{100 * FEWEST_OVERLAP:.0f} are asked. The others would have gone to another case had the past fallen "
            "out a little differently.")


def alarms_in_words(found: Validation) -> str:
    """Say what was looked for in the records that could have told the outcome."""
    if found.alarms:
        return f"{count_in_words(len(found.alarms), 'alarm')} raised: see the head of the page."
    return ("None raised. No single fact of a file tells the appeals apart by itself, as a fact recorded after the "
            "appeal would. Where the facts of 14 days earlier were given to the test, average precision did not "
            "halve with them.")


def how_tested(found: Validation, horizon_days: int) -> tuple[str, ...]:
    """Say how the test was made, so that an analyst can repeat it and an officer can dispute it."""
    horizon, wait = horizon_in_words(horizon_days), days_in_words(horizon_days + REGISTRATION_LAG_DAYS)
    if found.plan.kind == "rolling":
        cuts = (f"The past was cut {count_in_words(len(found.plan.blocks), 'time')}. Each time the models learned "
                f"only from rows dated at least {wait} before the first date tested: {horizon} for the appeal to "
                f"come, and {REGISTRATION_LAG_DAYS} days for it to reach the register. So nothing was learned from an "
                "outcome that nobody could have known on the day. Then they were tested on the next three months, "
                "and the tests were put together.")
    else:
        cuts = ("The history is too short for a test on later dates. The models learned from some families and were "
                "tested on others, on the same dates. That does not show how they do when times change.")
    return (
        cuts,
        f"A row is one open case on one monthly date while an appeal can still come of it. Its outcome is yes where an "
        f"appeal was registered within {horizon}, no where none was. Rows whose outcome is not yet known are left out, "
        "never counted as no.",
        f"On each date each area lists the {found.capacity} cases that come highest. Where cases tie at the last "
        "place, the places left are shared by lot: every figure is the average over all ways of drawing the lots. "
        "Points tie often, and no model gains or loses by the order of the file.",
        "Cases are counted once however often they were listed. An appeal counts as listed where its case was on a "
        f"list while the appeal was within {horizon}.",
        "Ranges hold 95 in 100. They take whole families together, since the rows of a case, and of brothers and "
        "sisters, stand or fall together. The ranges of the calibration picture are the exception: see there.",
        f"A model that needs more appeals than an early test had ({APPEALS_FOR['ridge']} for the ridge, "
        f"{APPEALS_FOR['pair']} for the pair) is stood in for there by the one below it.",
    )


def what_is_not_said(found: Validation, horizon_days: int, synthetic: bool) -> tuple[str, ...]:
    """Say what the figures cannot carry."""
    told = (
        "The past is not the future. New law, a new panel, a backlog cleared or a local campaign changes who "
        "appeals. The figures hold for the dates tested.",
        "An appeal is not a wrong, and no appeal is not a right done. Families appeal who have the time, the money "
        "and the knowledge of their rights. A case with a low risk may have been failed as badly: that is what the "
        "list of the unheard is for.",
        f"The figures hold for {count_in_words(found.capacity, 'place')} in each area on each date. With more places "
        "more of the appeals are found and fewer of the cases listed have one.",
        "The records show what was done at the time. Where an early conversation already kept a case from appeal, "
        "the case counts here as one without an appeal.",
        "The test says how well appeals are foreseen. It does not say that acting on the list lowers their number: "
        "that takes a comparison of cases acted on with cases not acted on.",
        f"A risk concerns a case and how it has been handled over the next {horizon_in_words(horizon_days)}. It says "
        "nothing about a child, a family or an officer, and decides nothing about provision.",
    )
    if synthetic:
        return ("The records are invented. The figures show that the tool does what it is written to do. They are no "
                "evidence about any real authority.", *told)
    return told
