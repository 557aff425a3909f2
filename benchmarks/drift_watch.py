"""Does the drift watch notice a changed authority within two months, how often is it wrong, and does recalibration help?

Invented authorities of the size of England's average (4,000 plans). A model is released in March 2025; in May 2025 something
changes: a recovery team arrives, refusals to assess jump, both, both while appeals grow, or the law. The watch is run every
30 days. Eight months of later appeals then show the level of the model as it was, and as it is after recalibration. Limits
were set on authorities 11 to 20; those reported here are 1 to 6.

    python benchmarks/drift_watch.py            twenty-five minutes on one core; writes results/drift_watch.md, and ends
                                                with an error where what was asked is missed
    python benchmarks/drift_watch.py --smoke    one small authority, under 20 seconds; keeps nothing
"""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from measuring import arguments, keep, machine, say, took
from scipy.stats import chi2

from dispute_risk.features.catalogue import STANDARD
from dispute_risk.model.appeals_by_month import PAST_YEARS, appeals_by_month, seasonal, waiting_shares
from dispute_risk.model.cusum import poisson_chart
from dispute_risk.model.drift import drift_watch
from dispute_risk.model.drift_checks import FALSE_ALARMS_A_YEAR
from dispute_risk.model.landmarks import Landmarks, landmarks
from dispute_risk.model.recalibrated import SIGNALLED_DRIFT, level_since
from dispute_risk.model.recent_level import USUAL_DRIFT
from dispute_risk.model.released import Release
from dispute_risk.model.training import train
from dispute_risk.records.known import known_by
from dispute_risk.records.synthetic import simulate
from dispute_risk.records.synthetic.settings import Settings
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import REGISTRATION_DAYS

RELEASED, CHANGED = dt.date(2025, 3, 3), dt.date(2025, 5, 5)
SEEDS = (1, 2, 3, 4, 5, 6)
EVERY_DAYS, WATCHES, BEFORE = 30, 12, -30
AFTER = (30, 60)
RECALIBRATED, AGAIN = CHANGED + dt.timedelta(days=150), CHANGED + dt.timedelta(days=240)
LOOK_BACK_DAYS = 182
RESTORED, MOST_FALSE_ALARMS = (0.8, 1.25), 1.0
TOLD_BY_DATE = {"expiry", "law"}
"""Checks that follow the calendar: they are never wrong, and see nothing."""
STEADY = Settings(pilot_from_on=dt.date(2023, 1, 2))
"""The pilot has run since long before, so that without a scenario nothing changes."""
BOTH = replace(STEADY, refusals_jump_on=CHANGED, recovery_from_on=CHANGED, recovery_share=0.5)
SCENARIOS: dict[str, tuple[str, Settings]] = {
    "none": ("nothing changes", STEADY),
    "refusals": ("the odds of refusing to assess become 1.8 times as high", replace(STEADY, refusals_jump_on=CHANGED)),
    "recovery": ("a recovery team takes over half of the new assessments",
                 replace(STEADY, recovery_from_on=CHANGED, recovery_share=0.5)),
    "both": ("both", BOTH),
    "growing": ("both, with nine tenths for the team, while appeals grow by a quarter a year (added)",
                replace(BOTH, recovery_share=0.9, growth=0.25)),
    "lowered": ("both, and a release lowered by hand to three fifths of its odds: families appeal that much more than it "
                "learned (added)", BOTH),
    "law": ("placement appeals fall to three tenths, mediation is used more", replace(STEADY, law_change_on=CHANGED)),
}
MUST_BE_RAISED = ("refusals", "recovery", "both", "growing")
MUST_BE_RESTORED = (*MUST_BE_RAISED, "lowered", "law")
LOWERED = float(np.log(0.6))
"""No setting of the invented authority makes families appeal more from one day on, so the release is made to expect less."""


@dataclass
class Run:
    """One authority under one scenario."""

    scenario: str
    seed: int
    raised: dict[int, set[str]] = field(default_factory=dict)
    levels: dict[str, tuple[float, float]] = field(default_factory=dict)
    moved: tuple[float, float] = (0.0, 0.0)
    signalled: tuple[str, str] = ("", "")
    first_row_days: int | None = None

    def first(self, since: int = 0) -> int | None:
        """Days from the change to the first watch that raised something it had not raised before the change."""
        known = set().union(*(checks for day, checks in self.raised.items() if day <= since), set())
        return next((day for day in sorted(self.raised) if day > since and self.raised[day] - known), None)


def release_of(book: Any, small: bool) -> Release:
    cut = known_by(book, RELEASED)
    trained = train(History.of(cut), STANDARD, RELEASED, estimator="points" if small else "ridge", test=False)
    return Release(trained.fitted, {"name": "benchmark", "as_of": RELEASED.isoformat(), "horizon_days": 182,
                                    "expires_on": "2026-03-03", "synthetic": True})


@dataclass
class Shared:
    """What authorities of one seed have in common up to the change: the release, and what the watch before it raised."""

    releases: dict[tuple[int, bool, float], Release] = field(default_factory=dict)
    before: dict[tuple[int, bool, float], set[str]] = field(default_factory=dict)


def run(scenario: str, seed: int, plans: int, small: bool, common: Shared) -> Run:
    settings = SCENARIOS[scenario][1]
    book = simulate(plans, 4, seed, settings).casebook
    # Up to the release, authorities of one seed differ only by whether the recovery team was there, and by growth.
    same = (seed, settings.recovery_from_on is None, settings.growth)
    if same not in common.releases:
        common.releases[same] = release_of(book, small)
    release, found = common.releases[same], Run(scenario, seed)
    if scenario == "lowered":
        _recalibrate(found, book, Release(release.fitted.moved(LOWERED), release.manifest))
        return found
    days = [BEFORE, *AFTER] if scenario != "none" else [BEFORE + EVERY_DAYS * number for number in range(WATCHES)]
    for day in days[:1] if small else days:
        if day == BEFORE and same in common.before:
            found.raised[day] = common.before[same]
            continue
        on = CHANGED + dt.timedelta(days=day)
        cut = known_by(book, on)
        watch = drift_watch(cut, History.of(cut), STANDARD, release, on)
        found.raised[day] = set(watch.table.loc[watch.table["status"].isin(["look into", "act"]), "check"]) - TOLD_BY_DATE
    common.before[same] = found.raised[BEFORE]
    plans_table = book.tables["plans"]
    new = plans_table[(plans_table["kind"].isin(["draft", "final"])) & (plans_table["written_by"] == "recovery_team")]
    new = new[new["issued_on"] >= CHANGED.isoformat()]
    found.first_row_days = (new["issued_on"].min().date() - CHANGED).days if len(new) else None
    _recalibrate(found, book, release)
    return found


def _recalibrate(found: Run, book: Any, release: Release) -> None:
    """Recalibrate with what was known five, and again eight, months after the change; look at the appeals that follow.

    `levels`: separate appeals and those expected of the months after the first recalibration, by the release as it was, by
    that of the first recalibration, and by whichever is in use when recalibrated each quarter.
    """
    whole = landmarks(History.of(book), STANDARD)
    values = whole.features.to_numpy(np.float64)
    known = [landmarks(History.of(known_by(book, day)), STANDARD) for day in (RECALIBRATED, AGAIN)]
    shares = waiting_shares(known[0], RELEASED)
    spoke = _signal(release, known[0], shares, RELEASED, RECALIBRATED)
    one = level_since(release.fitted, known[0], shares, CHANGED, RECALIBRATED, SIGNALLED_DRIFT if spoke else USUAL_DRIFT)
    # the second starts from the first: only what is still missing is added, of the half year before it; where the first
    # followed a signal, its chart starts anew
    moved = Release(release.fitted.moved(one), release.manifest)
    again = _signal(moved, known[1], shares, RECALIBRATED if spoke else RELEASED, AGAIN)
    two = one + level_since(moved.fitted, known[1], shares, AGAIN - dt.timedelta(days=LOOK_BACK_DAYS), AGAIN,
                            SIGNALLED_DRIFT if again else USUAL_DRIFT)
    found.moved, found.signalled = (one, two), (spoke, again)

    def seen(level: float, first: dt.date, last: dt.date) -> np.ndarray:
        months = appeals_by_month(whole, release.fitted.moved(level).risk(values), shares, first, last)
        return np.array([float(months["observed"].sum()), float(months["expected"].sum())])

    end = book.recorded_to
    # a month belongs to the level in use when it began; registrations of the last month of the first quarter are complete
    quarter = seen(one, RECALIBRATED, AGAIN + dt.timedelta(days=REGISTRATION_DAYS)) + seen(two, AGAIN, end)
    sums = {"released": seen(0.0, RECALIBRATED, end), "once": seen(one, RECALIBRATED, end), "quarterly": quarter}
    found.levels = {name: (float(both[0]), float(both[1])) for name, both in sums.items()}


def _signal(release: Release, rows: Landmarks, shares: dict[str, np.ndarray], since: dt.date, day: dt.date) -> str:
    """Return whether the chart of appeals gives a signal on a day, and in which direction."""
    risk = release.fitted.risk(rows.features.to_numpy(np.float64))
    past = appeals_by_month(rows, risk, shares, since - dt.timedelta(days=round(365.25 * PAST_YEARS)), since)
    months = seasonal(appeals_by_month(rows, risk, shares, since, day), past)
    before = appeals_by_month(rows, risk, shares, RELEASED - dt.timedelta(days=365), RELEASED)
    chart = poisson_chart(months["month_ends_on"].to_numpy(), months["observed"].to_numpy(), months["expected"].to_numpy(),
                          max(float(before["observed"].sum()), 1.0))
    return chart.direction if chart.stands else ""


def sight(runs: list[Run]) -> list[str]:
    lines = ["## Raised within two months", "",
             f"A run counts when a watch {AFTER[0]} or {AFTER[1]} days after the change raises a check (look into, or act) that "
             f"the watch {-BEFORE} days before the change had not raised.", "",
             "| what changes | authorities | raised within 30 days | within 60 days | by a check silent on the same day "
             "where nothing changed | checks that spoke |", "|---|---|---|---|---|---|"]
    for name, (label, _) in SCENARIOS.items():
        mine = [one for one in runs if one.scenario == name]
        if name == "none" or not any(one.raised for one in mine):
            continue
        firsts = [one.first() for one in mine]
        spoke = Counter(check for one in mine
                        for check in set().union(*(checks for day, checks in one.raised.items() if day > 0), set())
                        - one.raised.get(BEFORE, set()))
        told = ", ".join(f"{check} ({count})" for check, count in spoke.most_common(6))
        lines.append(f"| {label} | {len(mine)} | {sum(1 for day in firsts if day is not None and day <= 30)} | "
                     f"{sum(1 for day in firsts if day is not None)} | {sum(truly_seen(one, runs) for one in mine)} | "
                     f"{told or 'none'} |")
    waits = sorted(one.first_row_days for one in runs
                   if one.scenario in ("recovery", "both", "growing") and one.first_row_days is not None)
    if waits:
        lines += ["", f"A recovery team takes assessments from the day of the change, but its first draft or final plan "
                      f"stands on record only {waits[0]} to {waits[-1]} days later (half within {waits[len(waits) // 2]}): "
                      "before that no watch on the records can know of it. A new law first shows in the families' first steps "
                      "(an approach to mediation, or an appeal sent without one), some five weeks before registrations."]
    return lines


def truly_seen(one: Run, runs: list[Run]) -> bool:
    """Whether a check spoke that was silent on the same day in the same authority without the change."""
    still = next((other.raised for other in runs if other.scenario == "none" and other.seed == one.seed), {})
    before = one.raised.get(BEFORE, set())
    return any(one.raised.get(day, set()) - still.get(day, set()) - before for day in AFTER)


def alarms(runs: list[Run]) -> tuple[int, float, Counter[str]]:
    """Return how often a check was raised that was not in the watch before, where nothing changed, the years, and which."""
    still = [one for one in runs if one.scenario == "none"]
    which = Counter(check for one in still for number, day in enumerate(sorted(one.raised))
                    for check in one.raised[day] - (one.raised[sorted(one.raised)[number - 1]] if number else set()))
    return sum(which.values()), sum(len(one.raised) for one in still) * EVERY_DAYS / 365, which


def false_alarms(runs: list[Run]) -> list[str]:
    fresh, years, which = alarms(runs)
    if not years:
        return []
    still = [one for one in runs if one.scenario == "none"]
    watched = sum(len(one.raised) for one in still)
    low = chi2.ppf(0.025, 2 * fresh) / 2 if fresh else 0.0
    high = chi2.ppf(0.975, 2 * fresh + 2) / 2
    acts = sum("appeals" in checks for one in still for checks in one.raised.values())
    busy = sum(bool(checks) for one in still for checks in one.raised.values())
    design = ", ".join(f"{name} {each}" for name, each in FALSE_ALARMS_A_YEAR.items())
    return ["", "## False alarms where nothing changes", "",
            f"{len(still)} authorities, {watched} watches, {years:.1f} authority-years: {fresh} times a check was raised that "
            f"was not in the watch before, {fresh / years:.2f} a year for each authority (95 in 100 range {low / years:.2f} to "
            f"{high / years:.2f}; {', '.join(f'{a} {b}' for a, b in which.most_common()) or 'none'}). Designed: "
            f"{sum(FALSE_ALARMS_A_YEAR.values()):.1f} a year over all checks together ({design}). In {watched - busy} of "
            f"{watched} watches nothing was raised. The chart of appeals, which alone sends the lists back to the points, was "
            f"raised in {acts}."]


def levels(runs: list[Run]) -> list[str]:
    lines = ["", "## The level before and after recalibration", "",
             f"Appeals of the months after {RECALIBRATED} over those expected, pooled over the authorities (lowest to highest "
             f"authority in brackets). A recalibration uses only what was known on its day: {RECALIBRATED}, and once more "
             f"on {AGAIN} where it is done each quarter.", "",
             "| what changes | separate appeals | expected as released | seen over expected, as released | recalibrated once | "
             "each quarter | the same, over nothing changes | within 0.8 to 1.25 as released | each quarter | chart of appeals "
             "raised by the first, anew by the second |",
             "|---|---|---|---|---|---|---|---|---|---|"]
    for name, (label, _) in SCENARIOS.items():
        mine = [one for one in runs if one.scenario == name and one.levels]
        if mine:
            appeals, expected = (sum(one.levels["released"][number] for one in mine) for number in (0, 1))
            raised, seeds = [one.signalled for one in mine], {one.seed for one in mine}
            still = [one for one in runs if one.scenario == "none" and one.seed in seeds and one.levels]
            control = f"{_ratio(mine, 'quarterly') / _ratio(still, 'quarterly'):.2f}" if still else "not run"
            lines.append(f"| {label} | {appeals:.0f} | {expected:.0f} | {_pooled(mine, 'released')} | {_pooled(mine, 'once')} | "
                         f"{_pooled(mine, 'quarterly')} | {control} | {_inside(mine, 'released')} | "
                         f"{_inside(mine, 'quarterly')} | {sum(bool(one) for one, _ in raised)} and "
                         f"{sum(bool(one) for _, one in raised)} of {len(mine)} |")
    return [*lines, "", "Authorities of one number share their families and their chance, so the row where nothing changes shows "
            "what the release of these authorities was off by in any case; the column beside it is free of that."]


def report(runs: list[Run], plans: int, seconds: float) -> str:
    wrong = missed(runs)
    return "\n".join([
        "# Drift watch: what it notices, how often it is wrong, and what recalibration does", "",
        "Measured by `benchmarks/drift_watch.py` on invented authorities: they show that the watch works as designed, and "
        "are no evidence about any council.", "", machine("scikit-learn"), "",
        f"{plans:,} plans each (England's average authority maintains about 4,200: 639,000 plans in January 2025, 153 "
        f"authorities); ridge released on {RELEASED}, change on {CHANGED}. Limits were set on authorities 11 to 20; these are "
        f"1 to {SEEDS[-1]}. {seconds / 60:.0f} minutes of processor in all.", "",
        *sight(runs), *false_alarms(runs), *levels(runs), "", "## What was asked", "",
        "Every changed authority raised within two months (a new law apart: it is shown); pooled, 0.8 to 1.25 seen for each "
        "one expected when recalibrated each quarter; no more false alarms than designed, as far as their range can tell.", "",
        *([f"- Missed: {one}." for one in wrong] or ["Everything that was asked is met."])])


def missed(runs: list[Run]) -> list[str]:
    """Return what was asked and not met: the issue's two months and 0.8 to 1.25, the design's one false alarm a year."""
    found = []
    for name in MUST_BE_RESTORED:
        mine = [one for one in runs if one.scenario == name and one.levels]
        seen = sum(truly_seen(one, runs) for one in mine)
        if name in MUST_BE_RAISED and seen < len(mine):
            found.append(f"{SCENARIOS[name][0]}: raised within two months in {seen} of {len(mine)} authorities")
        ratio = _ratio(mine, "quarterly")
        if mine and not RESTORED[0] <= ratio <= RESTORED[1]:
            found.append(f"{SCENARIOS[name][0]}: {ratio:.2f} seen for each one expected, recalibrated each quarter")
    fresh, years, _ = alarms(runs)
    if fresh and chi2.ppf(0.025, 2 * fresh) / 2 > MOST_FALSE_ALARMS * years:  # the whole range lies above the design
        found.append(f"{fresh} false alarms in {years:.1f} authority-years, {MOST_FALSE_ALARMS:.0f} a year designed")
    return found


def _ratio(runs: list[Run], which: str) -> float:
    seen, expected = (sum(one.levels[which][number] for one in runs) for number in (0, 1))
    return seen / expected if expected else float("nan")


def _pooled(runs: list[Run], which: str) -> str:
    own = sorted(_ratio([one], which) for one in runs)
    return f"{_ratio(runs, which):.2f} ({own[0]:.2f} to {own[-1]:.2f})"


def _inside(runs: list[Run], which: str) -> str:
    return f"{sum(RESTORED[0] <= _ratio([one], which) <= RESTORED[1] for one in runs)} of {len(runs)}"


def main() -> int:
    small = arguments(__doc__).smoke
    plans, runs = (300 if small else 4000), []
    common = Shared()
    todo = [("both", 1)] if small else [(name, seed) for seed in SEEDS for name in SCENARIOS]

    def work() -> None:
        for name, seed in todo:
            runs.append(run(name, seed, plans, small, common))
            one = runs[-1]
            say(f"seed {seed}, {name}: {one.raised} {one.levels} {one.moved} {one.signalled}")

    done = took(work, 1)
    text = report(runs, plans, done.processor[0])
    if small:
        say(text)
        return 0
    say(str(keep("drift_watch.md", text)))
    for one in missed(runs):
        say(f"Missed: {one}.")
    return 1 if missed(runs) else 0


if __name__ == "__main__":
    sys.exit(main())
