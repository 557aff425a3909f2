"""An automatic check for signs that a model or its test cannot be trusted: pass, unknown or fail, each with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dispute_risk.features.catalogue import STANDARD
from dispute_risk.model.verdict import EQUITY_UNTESTED, EQUITY_VETO
from dispute_risk.records.tables import TABLES

__all__ = ["CHECKS", "Check", "bias_checklist", "equity_findings"]

ENOUGH_APPEALS = 100
"""Cases with an appeal in the test below which a verdict cannot be given (methods 1.5)."""
SLOPE, LEVEL, LISTED_LEVEL = (0.8, 1.25), (0.8, 1.25), (0.67, 1.5)
STEADY = 0.7
UNKNOWN, PASS, FAIL = "unknown", "pass", "fail"

Result = tuple[str, str, str]
"""Status, evidence, and where the evidence is from."""
Look = Callable[[Mapping[str, Any], Mapping[str, str], Mapping[str, float]], Result]
"""Takes the manifest of a release, people's answers by key, and facts of the records by name."""


@dataclass(frozen=True)
class Check:
    """One thing looked at.

    Parameters
    ----------
    domain : str
        Cases and records, features, outcome, analysis, or use.
    asks : str
    look : callable
    after : str
        The published items it follows, by name and topic; their wording is not repeated.
    """

    domain: str
    asks: str
    look: Look
    after: str


MANIFEST, CATALOGUE, RECORDS, ANSWERS = "manifest.json", "features catalogue", "the casebook", "answers.toml"


def _metric(manifest: Mapping[str, Any], name: str) -> float | None:
    value = manifest.get("metrics", {}).get(name)
    return None if value is None else float(value)


def _answer(answers: Mapping[str, str], key: str, what: str) -> Result:
    text = answers.get(key, "")
    return (PASS, f"Answered: {text}", ANSWERS) if text else (UNKNOWN, f"Nobody has said {what}.", ANSWERS)


def _real_records(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    if manifest["synthetic"]:
        return FAIL, "It learned from invented records: it says nothing about real cases.", MANIFEST
    return PASS, "It learned from the authority's own records.", MANIFEST


def _every_case(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    return PASS, ("Every open case on every first Monday is a row; none is left out for lack of an outcome, and only spells in "
                  "dispute are set apart."), "dispute_risk.model.landmarks"


def _recorded_on(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    share = records.get("recorded_on_share")
    if share is None:
        return UNKNOWN, "The records were not looked at: give --casebook.", RECORDS
    said = f"{share:.0%} of the dates of events carry the day they were recorded."
    if share >= 0.8:
        return PASS, said, RECORDS
    return FAIL, said + " Without it late entries look like early knowledge, and a test is too good.", RECORDS


def _quiet_areas(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    quiet = records.get("quiet_quarters")
    if quiet is None:
        return UNKNOWN, "The records were not looked at: give --casebook.", RECORDS
    if quiet == 0:
        return PASS, "No area is silent in a quarter in which it usually records much.", RECORDS
    return FAIL, f"Quarters in which an area recorded nothing: in {quiet:.0f} tables and areas; see the data sheet.", RECORDS


def _same_features(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    own = [name for name in manifest["features"] if name not in STANDARD.names]
    said = f"{len(manifest['features'])} features, all declared with label and source"
    if own:
        return UNKNOWN, f"{said}; {len(own)} of the authority's own ({', '.join(own)}) need a person's check.", MANIFEST
    return PASS, said + ", taken the same way for every case.", MANIFEST


def _no_audit_columns(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    audited = {column.name for declared in TABLES for column in declared if column.audit_only}
    used = [name for name in manifest["features"] if any(word in name for word in audited)]
    if used:
        return FAIL, f"Features named after audited columns: {', '.join(used)}.", MANIFEST
    return PASS, (f"{', '.join(sorted(audited))} are no features. Others may still stand in for them: the equality annex "
                  "measures it."), CATALOGUE


def _as_known(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    return PASS, ("A feature sees only what was recorded by its date; tests hold it to the same answer when everything later is "
                  "taken away."), "tests/test_nothing_from_the_future.py"


def _outcome_hard(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    return PASS, (f"The outcome is a date in the appeals register, within {manifest['horizon_days']} days; what is not yet known "
                  "counts as neither yes nor no."), MANIFEST


def _outcome_is_voice(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    return FAIL, ("Who appeals is not who was wronged: families with time, money and knowledge appeal more. No model of appeals "
                  "can pass here; the list of duties outstanding and the unheard list are the answer to it."), "design"


def _routing(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    return UNKNOWN, ("Whether cases that were acted on stay in the learning as if they had been left alone is not on the "
                     "manifest. "
                     "Without a hold-out, learning again makes listed cases look safer than they are."), MANIFEST


def _enough(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    appeals = _metric(manifest, "appeals")
    if appeals is None:
        return UNKNOWN, "It was not tested on later dates.", MANIFEST
    said = f"{appeals:.0f} cases with an appeal in the test; {ENOUGH_APPEALS} are asked for."
    return (PASS if appeals >= ENOUGH_APPEALS else FAIL), said, MANIFEST


def _later_dates(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    if manifest["verdict"] == "not tested":
        return FAIL, "It was not tested on dates later than those it learned from.", MANIFEST
    return PASS, f"Tested on later dates, families kept whole; the verdict is \"{manifest['verdict']}\".", MANIFEST


def _within(name: str, low: float, high: float, what: str) -> Look:
    def look(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
        value = _metric(manifest, name)
        if value is None:
            return UNKNOWN, f"{what}: not known.", MANIFEST
        said = f"{what}: {value:.2f}; {low:g} to {high:g} is asked for."
        ends = _metric(manifest, f"{name}_low"), _metric(manifest, f"{name}_high")
        if ends[0] is not None and ends[1] is not None:
            said += f" 95 in 100 range {ends[0]:.2f} to {ends[1]:.2f}."
        return (PASS if low <= value <= high else FAIL), said, MANIFEST

    return look


def _accepted(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    said = " ".join(manifest.get("reasons", []))
    if manifest["verdict"] == "accept":
        return PASS, f"Better than the points on later dates. {said}", MANIFEST
    if manifest["verdict"] == "reject":
        return FAIL, f"Worse than the points. {said}", MANIFEST
    return UNKNOWN, f"Not shown to be better than the points. {said}", MANIFEST


def _overfit(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    held = {"points": "a sum of points with a fitted level", "ridge": "a ridge held to the points, its penalty chosen on "
                                                                      "other families",
            "pair": "the mean of a ridge and shallow trees, both held back, chosen on other families"}
    return PASS, f"The rung is {held.get(manifest['rung'], manifest['rung'])}; the simplest that does as well is taken.", MANIFEST


def _steady(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    value = _metric(manifest, "stability")
    if value is None:
        return UNKNOWN, "How much of the list stays when families are drawn again: not known.", MANIFEST
    said = f"{value:.0%} of the list stays when families are drawn again; {STEADY:.0%} is asked for."
    return (PASS if value >= STEADY else FAIL), said, MANIFEST


def _repeatable(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    if manifest.get("data") and manifest.get("versions") and "random_state" in manifest:
        return PASS, ("Fingerprint of the records, versions and seed are on the manifest; the same files make the same "
                      "model."), MANIFEST
    return FAIL, "The manifest lacks the fingerprint of the records, the versions or the seed.", MANIFEST


def equity_findings(manifest: Mapping[str, Any]) -> list[str] | None:
    """Return what the comparison of groups found against a release, as sentences; None where none was made.

    >>> equity_findings({"metrics": {"rows": 5.0}, "reasons": ["Equity veto: group 1.", "Few appeals."]})
    ['Equity veto: group 1.']
    """
    reasons = [str(reason) for reason in manifest.get("reasons", ())]
    if not manifest.get("metrics") or EQUITY_UNTESTED in reasons:
        return None
    return [reason for reason in reasons if reason.startswith(EQUITY_VETO)]


def _groups(manifest: Mapping[str, Any], answers: Mapping[str, str], records: Mapping[str, float]) -> Result:
    vetoes = equity_findings(manifest)
    if vetoes is None:
        return UNKNOWN, "Groups were not compared when the model was tested; see the equality annex.", MANIFEST
    return (FAIL, " ".join(vetoes), MANIFEST) if vetoes else (PASS, "No group stood in the way of it.", MANIFEST)


def _said_by(key: str, what: str) -> Look:
    return lambda manifest, answers, records: _answer(answers, key, what)


PROBAST, TRIPOD = "PROBAST+AI (BMJ 2025)", "TRIPOD+AI (BMJ 2024)"

CHECKS: tuple[Check, ...] = (
    Check("Cases and records", "Are the records those of the families it will be used for?", _real_records, f"{PROBAST}: data "
                                                                                                            f"source"),
    Check("Cases and records", "Is every case at risk counted, whether or not it ended in an appeal?", _every_case,
          f"{PROBAST}: who is included"),
    Check("Cases and records", "Is it known when each fact was recorded?", _recorded_on, f"{PROBAST}: data quality"),
    Check("Cases and records", "Does every area record alike?", _quiet_areas, f"{PROBAST}: data quality"),
    Check("Cases and records", "Have people said what they know of wrong and missing records?",
          _said_by("record_quality", "what is known of late, missing or wrong records"), f"{TRIPOD}: data preparation"),
    Check("Features", "Is each feature defined in advance and taken alike for all?", _same_features, f"{PROBAST}: predictors"),
    Check("Features", "Are protected characteristics kept out?", _no_audit_columns, f"{PROBAST}: fairness of predictors"),
    Check("Features", "Is each known on the day the list is made?", _as_known, f"{PROBAST}: timing of predictors"),
    Check("Outcome", "Is the outcome a fact, not an opinion?", _outcome_hard, f"{PROBAST}: outcome definition"),
    Check("Outcome", "Does the outcome mean the same for every family?", _outcome_is_voice, f"{PROBAST}: fairness of the "
                                                                                            f"outcome"),
    Check("Outcome", "Does acting on the lists leave the outcome as it was?", _routing, f"{PROBAST}: outcome and treatment"),
    Check("Analysis", "Are there enough appeals in the test?", _enough, f"{PROBAST}: sample size; {TRIPOD}: sample size"),
    Check("Analysis", "Was it tested on data it had not seen?", _later_dates, f"{PROBAST}: evaluation"),
    Check("Analysis", "Are high and low risks as far apart as the appeals are?",
          _within("slope", *SLOPE, "Slope on later dates"), f"{PROBAST}: calibration"),
    Check("Analysis", "Do as many appeal as it says?",
          _within("observed_over_expected", *LEVEL, "Appeals seen for each one expected"), f"{PROBAST}: calibration"),
    Check("Analysis", "Also among the cases listed?",
          _within("listed_observed_over_expected", *LISTED_LEVEL, "Appeals seen for each one expected, among those listed"),
          f"{PROBAST}: calibration"),
    Check("Analysis", "Is it kept from learning chance?", _overfit, f"{PROBAST}: overfitting"),
    Check("Analysis", "Does it do better than a sum of points?", _accepted, f"{TRIPOD}: performance"),
    Check("Analysis", "Would other families have given the same list?", _steady, f"{TRIPOD}: model stability"),
    Check("Analysis", "Can it be made again?", _repeatable, f"{TRIPOD}: open science"),
    Check("Use", "Were groups of families compared?", _groups, f"{TRIPOD}: fairness"),
    Check("Use", "Were families heard?", _said_by("families_told", "how families were told and heard"),
          f"{TRIPOD}: patient and public involvement"),
    Check("Use", "Does a person decide, and can they overrule?", _said_by("how_to_overrule", "how a list is set aside"),
          f"{PROBAST}: applicability"),
    Check("Use", "Is its fit watched?", _said_by("watch_owner", "who runs the drift watch"), f"{TRIPOD}: deployment"),
)
"""Every check, by domain; the questions are this project's own words after the topics of both statements."""


def bias_checklist(
    manifest: Mapping[str, Any], answers: Mapping[str, str] | None = None, records: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Return every check with its status and evidence.

    Nothing is taken to be in order because nobody looked: what the evidence does not reach is "unknown".

    Parameters
    ----------
    manifest : mapping
        Of a release.
    answers : mapping of str to str, optional
        What people said, by key.
    records : mapping of str to float, optional
        Facts of the records: `recorded_on_share`, `quiet_quarters`.

    Returns
    -------
    DataFrame
        `domain`, `asks`, `status` ('pass', 'unknown', 'fail'), `evidence`, `source`, `after`.
    """
    rows = []
    for check in CHECKS:
        status, evidence, source = check.look(manifest, answers or {}, records or {})
        rows.append({"domain": check.domain, "asks": check.asks, "status": status, "evidence": evidence.strip(),
                     "source": source, "after": check.after})
    return pd.DataFrame(rows)
