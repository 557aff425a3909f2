"""The model card, the page of the checklist and the data sheet, written from the manifest of a release and its records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.explain.words import day_in_words
from dispute_risk.model.data_facts import DataFacts
from dispute_risk.reports.governance_parts import Block, Document, Grid, Points, Section, Words, answered, facts
from dispute_risk.reports.weekly_guidance import NOT_FOR
from dispute_risk.reports.weekly_view import horizon_in_words

__all__ = ["checklist_page", "data_sheet", "figures_told", "model_card_page", "risk_sentence"]

FIGURES: tuple[tuple[str, str, str], ...] = (
    ("appeals", "Cases with an appeal in the test", "{:,.0f}"), ("rows", "Rows tested", "{:,.0f}"),
    ("precision", "Of the cases listed, share with an appeal within the horizon", "{:.1%}"),
    ("recall", "Of the appeals, share listed in time", "{:.1%}"),
    ("precision_over_best_rule", "Precision over that of the best rule of thumb", "{:.2f}"),
    ("median_lead_days", "Days on the list before registration, half of them at least", "{:.0f}"),
    ("observed_over_expected", "Appeals seen for each one expected", "{:.2f}"),
    ("listed_observed_over_expected", "The same, among the cases listed", "{:.2f}"),
    ("slope", "Slope (1: high and low risks as far apart as the appeals)", "{:.2f}"),
    ("average_precision", "Average precision", "{:.3f}"), ("skill", "Log loss saved against the base rate", "{:.1%}"),
    ("auroc", "Area under the curve", "{:.2f}"),
    ("stability", "Share of the list that stays when families are drawn again", "{:.0%}"),
)


def risk_sentence(manifest: Mapping[str, Any]) -> str:
    """Return what the risk is."""
    return (f"The chance, for one open case on one date, that an appeal to the SEND Tribunal is registered within "
            f"{horizon_in_words(int(manifest['horizon_days']))}, as cases are handled now.")


def figures_told(manifest: Mapping[str, Any]) -> Grid | Words:
    """Return the figures of the test on later dates with their ranges; a sentence where there was none."""
    metrics = manifest.get("metrics", {})
    rows = []
    for name, label, shown in FIGURES:
        value = metrics.get(name)
        if value is None:
            continue
        low, high = metrics.get(f"{name}_low"), metrics.get(f"{name}_high")
        within = f"{shown.format(low)} to {shown.format(high)}" if low is not None and high is not None else "not worked out"
        rows.append((label, shown.format(value), within))
    if not rows:
        return Words("It was not tested on later dates, so nothing is known of how well it foresees appeals.")
    return Grid("On dates later than those it learned from", ("Figure", "Value", "95 in 100 range"), tuple(rows), frozenset({1}))


def model_card_page(manifest: Mapping[str, Any], answers: Mapping[str, str]) -> Document:
    """Return the model card."""
    verdict = str(manifest["verdict"])
    limits = (
        "It learns who appeals, and families with time, money and knowledge of their rights appeal more. It says nothing of who "
        "was wronged: for that each list has the duties outstanding and the unheard beside it.",
        "It foresees appeals as cases are handled now. Where its own lists change what is done, its figures drift: see the "
        "watch.",
        "It is no better than the records: what is recorded late or not at all is not seen.",
        f"It is not to be used after {day_in_words(dt.date.fromisoformat(manifest['expires_on']))}, or where the law on "
        f"appeals changes.",
    )
    made_of = [("Rung", manifest["rung"]), ("Features", str(len(manifest["features"]))),
               ("Learned from records up to", manifest["as_of"]), ("Horizon", f"{manifest['horizon_days']} days"),
               ("Not to be used after", manifest["expires_on"]), ("Seed", str(manifest.get("random_state", "not kept"))),
               ("Fingerprint of the records",
                ", ".join(f"{name} {mark[:16]}" for name, mark in manifest.get("data", {}).items())),
               ("Versions", ", ".join(f"{name} {one}" for name, one in manifest.get("versions", {}).items()))]
    if "made_from" in manifest:
        made_of.append(("Made without learning anew from", manifest["made_from"]))
    return Document(
        "model_card", "Model card", risk_sentence(manifest),
        (
            Section("What it is for", (Words("Officers' lists: which cases to look at first, to put a duty right or to talk. A "
                                             "person decides in every case."),
                                       *answered(answers, "purpose_here", "stage_of_use"))),
            Section("What it must not be used for", (Points(NOT_FOR),)),
            Section("Six quantities that are never merged", (Points((
                "Appeal risk: learned from appeals, the chance above.",
                "Breach index: points for duties not met, set by rules, never learned from appeals.",
                "Voice ratio: how much of the risk goes with how loudly a family can speak.",
                "Benefit of early resolution: from the authority's own pilot; none is claimed without one.",
                "What becomes of registered appeals: shares by kind of appeal, not a forecast for a case.",
                "Causes: what registered appeals have in common, over many cases.")),)),
            Section("How good it is", (Words(f"Verdict of the test on later dates: {verdict}."),
                                       Points(tuple(manifest.get("reasons", ())) or ("No reasons were given.",)),
                                       figures_told(manifest))),
            Section("Limits", (Points(limits),)),
            Section("Made of", (facts("From the manifest of the release", made_of),)),
            Section("Who answers for it", answered(answers, "responsible_owner", "watch_owner", "stop_rule")),
        ),
        _on_trial(verdict),
    )


def _on_trial(verdict: str) -> str:
    said = {"accept": "Accepted: better than the points on later dates.", "reject": "Rejected: the points go live.",
            "not proven": "On trial: not shown to be better than the points."}
    return said.get(verdict, "On trial: not tested on later dates.")


def checklist_page(table: pd.DataFrame) -> Document:
    """Return the page of the checklist, what failed first within each domain."""
    counts = table["status"].value_counts()
    order = {"fail": 0, "unknown": 1, "pass": 2}
    sections = []
    for domain in table["domain"].unique():
        part = sorted(list[Any](table[table["domain"] == domain].itertuples()), key=lambda row: order[row.status])
        sections.append(Section(domain, (Grid(
            f"{domain}: {len(part)} questions", ("Question", "Result", "Evidence", "From", "After"),
            tuple((row.asks, row.status, row.evidence, row.source, row.after) for row in part)),)))
    lead = (f"{counts.get('pass', 0)} passed, {counts.get('unknown', 0)} unknown, {counts.get('fail', 0)} failed. Filled in "
            f"by the "
            "program from the release, the records and people's answers. Unknown is not passed: it says that nobody has shown "
            "it. "
            "It follows the topics of two published statements in our own words and takes the place of no reviewer.")
    sections.append(Section("What follows from a failure", (Points((
        "A failure on records or outcome is told to everyone who gets a list, as a limit of the list.",
        "A failure in the analysis means the points go live, or the model runs on trial beside them.",
        "A failure in use means the lists are not handed out until it is put right.")),)))
    status = "At least one failure: read it before the lists are used." if counts.get("fail", 0) else ""
    return Document("bias_checklist", "Risk-of-bias checklist", lead, tuple(sections), status)


def data_sheet(manifest: Mapping[str, Any], found: DataFacts | None, answers: Mapping[str, str]) -> Document:
    """Return the data sheet; without records it says what it cannot say."""
    lineage = [("Records", "the authority's casebook: one table a kind of event, pseudonymous, no names or addresses"),
               ("Learned from what was known up to", manifest["as_of"]),
               *((f"Fingerprint of {name} (SHA-256)", mark) for name, mark in manifest.get("data", {}).items())]
    sections = [Section("Lineage", (facts("Where the records come from", lineage), *_same(found)))]
    if found is not None:
        sections += [Section("Is it known when each fact was recorded?", _recorded(found)),
                     Section("How full the records are, by area", _full(found)),
                     Section("How late outcomes are", _late(found, manifest))]
    sections.append(Section("What people know of the records", answered(answers, "record_quality", "audit_of_files")))
    lead = ("What the model learned from, how it came here, and what is known to be wrong with it. Fuller records of one area or "
            "one group make its cases look riskier, or safer, than they are.")
    return Document("data_sheet", "Data sheet", lead, tuple(sections))


def _same(found: DataFacts | None) -> tuple[Block, ...]:
    if found is None:
        return (Words("The records themselves were not looked at. Run dispute-risk docs again with --casebook to fill in what "
                      "follows from them."),)
    if not found.same_records:
        return (Words(f"The casebook given here has the fingerprint {found.fingerprint[:16]}: it is not the one the release "
                      f"was made "
                      "from (newer records, or others). The facts below are of the casebook given, cut at the day of the "
                      "release."),)
    return (Words("The casebook looked at is the one the release was made from, cut at the same day."),)


def _share(value: float) -> str:
    return f"{value:.0%}" if np.isfinite(value) else "not given"


def _recorded(found: DataFacts) -> tuple[Block, ...]:
    rows = tuple((row.table, f"{row.rows:,}", _day(row.first_on), _day(row.last_on), _share(row.recorded_share),
                  f"{row.most_days:.0f}" if np.isfinite(row.most_days) else "not known")
                 for row in list[Any](found.tables.itertuples()))
    return (Grid("Tables handed over", ("Table", "Rows", "From", "To", "Dates with their day of recording",
                                        "Days within which nine tenths are recorded"), rows, frozenset({1, 4, 5})),
            Words("Where the day of recording is missing, the date itself is used. A late entry then looks like early "
                  "knowledge, and "
                  "any test on such records is too good."))


def _day(value: Any) -> str:
    return "–" if pd.isna(value) else f"{pd.Timestamp(value):%Y-%m-%d}"


def _full(found: DataFacts) -> tuple[Block, ...]:
    tables = [name for name in found.areas.columns if name not in ("area", "cases")]
    rows = tuple((str(row["area"]), f"{row['cases']:,}", *(f"{row[name]:.1f}" for name in tables))
                 for row in found.areas.to_dict("records"))
    names = [name for name in found.filled.columns if name != "column"]
    filled = tuple((row["column"], *(_share(row[name]) for name in names)) for row in found.filled.to_dict("records"))
    blocks: list[Block] = [
        Grid("Rows for each case, by area: an area far below the others may record less, not do less",
             ("Area", "Cases", *tables), rows, frozenset(range(1, len(tables) + 2))),
        Grid("Share filled in, by area", ("Column", *names), filled, frozenset(range(1, len(names) + 1)))]
    if len(found.quiet):
        blocks.append(Points(tuple(f"{row.table}, {row.area}: nothing recorded in {row.quiet_quarters}, where the quarters "
                                   f"around hold many"
                                   for row in list[Any](found.quiet.itertuples()))))
    else:
        blocks.append(Words("No area is silent in a quarter around which it records many."))
    return tuple(blocks)


def _late(found: DataFacts, manifest: Mapping[str, Any]) -> tuple[Block, ...]:
    rows = tuple((row.what, f"{row.half:.0f}", f"{row.most:.0f}", f"{row.appeals:,}")
                 for row in list[Any](found.delay.itertuples()))
    words = Words(f"The answer for a date is known {manifest['horizon_days']} days later, and 28 days more are allowed for "
                  f"registration: "
                  "what is not yet known is counted as neither yes nor no.")
    if not rows:
        return (words, Words("The records do not hold the days from which the delay of a registration could be told."))
    return (words, Grid("Days until an appeal is on the record", ("Delay", "Half within", "Nine tenths within", "Appeals"), rows,
                        frozenset({1, 2, 3})))
