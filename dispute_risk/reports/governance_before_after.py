"""The pages of the comparison before and after: the plan as it was frozen, and what may be said of the months since."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.explain.words import day_in_words
from dispute_risk.reports.governance_page import write_folder
from dispute_risk.reports.governance_parts import Block, Document, Frame, Grid, Points, Section, Words, facts
from dispute_risk.triage.before_after import Comparison, Plan

__all__ = ["comparison_document", "plan_document", "write_comparison", "write_plan_page"]

METHOD = (
    "Counts of whole months. What began in a month is counted once it has had its full time, so the newest months are left out.",
    "Level, straight trend and yearly wave of the months before are carried on, and a step is looked for at the launch.",
    "The range allows for more scatter than pure chance and for months that resemble their neighbours.",
    "Launch dates are invented in the months before: where they give steps as large, the true one shows nothing.",
    "The areas are shown one by one, for reading only: with a few areas and three measures, one in twenty stands out by chance.",
)


def plan_document(plan: Plan) -> Document:
    """Return the page of a frozen plan."""
    rows = tuple((one["label"], f"{one['usual']:.4g}", str(one["months_before"]),
                  "–" if one["dispersion"] is None else f"{one['dispersion']:.2f}", f"{one['hoped']:.2f}",
                  f"{one['months_needed']} months" if one["months_needed"] else "not within five years") for one in plan.measures)
    sections = (
        Section("What is compared, and how long it takes", (
            Grid("Months needed after the launch to see the change hoped for, 8 times in 10",
                 ("What", "Usual, for each", "Months before", "Scatter over chance", "Times as before", "Needed"), rows,
                 frozenset({1, 2, 3, 4})),
            Words("Where the answer is \"not within five years\", the authority is too small for this comparison: that is "
                  "known before it "
                  "begins, and no later reading of the figures can change it."))),
        Section("From when", (facts("First day of use", tuple((area, day) for area, day in sorted(plan.launch_on.items()))),)),
        Section("How", (Points(METHOD),)),
        Section("What it cannot show", (Points((
            "Whether the tool was behind a change. Staff, budgets, the law and other councils' news change in the same months.",
            "Whether it helped one family. The offered and the held-out cases show more: see the business case.")),)),
        Section("Seal", (facts("Any change of the plan breaks the seal, and the comparison refuses it", (
            ("Seal (SHA-256)", plan.seal()), ("Records up to", plan.records_to), ("Fingerprint of the records", plan.fingerprint),
            ("Signed by", plan.signed_by or "nobody yet"))),)),
    )
    return Document("before_after_plan", "Before and after: the plan",
                    "Fixed before the launch, so that nobody can choose afterwards what to compare.", sections)


def comparison_document(found: Comparison) -> Document:
    """Return the page of a comparison."""
    whole = found.table[found.table["area"] == ""]
    areas = found.table[found.table["area"] != ""]
    sections = [Section("What may be said", (Points(tuple(whole["said"])),)),
                Section("The figures", (_grid(whole, "All areas launched", False),)),
                Section("Area by area", (_grid(areas, "For reading only: few months, few cases", True),)),
                Section("Month by month", _months(found)), Section("How", (Points(METHOD),)),
                Section("The plan", (facts("As it was frozen", (
                    ("Seal (SHA-256)", found.plan.seal()), ("Records up to", found.plan.records_to),
                    ("First launch", min(found.plan.launch_on.values())), ("Signed by", found.plan.signed_by or "nobody"))),))]
    concluded = whole["said"].str.contains("beyond chance|no change to be seen", regex=True).any()
    status = "" if concluded else "Nothing can be concluded yet."
    return Document("before_after", "Before and after", "The months since the launch beside those before it, as the frozen "
                                                        "plan says.",
                    tuple(sections), status)


def _grid(table: pd.DataFrame, caption: str, by_area: bool) -> Grid:
    rows = []
    for row in list[Any](table.itertuples()):
        known = np.isfinite(row.ratio)
        rows.append(((f"{row.area}: " if by_area else "") + row.label, str(row.months_before), str(row.months_after),
                     f"{row.ratio:.2f}" if known else "–", f"{row.low:.2f} to {row.high:.2f}" if known else "–",
                     f"{100 * row.placebo:.0f} in 100" if np.isfinite(row.placebo) else "–" if by_area else "too few months"))
    return Grid(caption, ("What", "Months before", "Months after", "Times as before", "95 in 100 range",
                          "Invented launches with a change as large"), tuple(rows), frozenset({1, 2, 3}))


def _months(found: Comparison) -> tuple[Block, ...]:
    blocks: list[Block] = []
    labels = dict(zip(found.table["measure"], found.table["label"], strict=True))
    for name, part in found.monthly.groupby("measure", sort=False):
        rows = tuple((f"{pd.Timestamp(row.month):%B %Y}", f"{row.seen:,.0f}", f"{row.expected:,.0f}")
                     for row in list[Any](part.tail(18).itertuples()))
        blocks.append(Grid(f"{labels[str(name)]}: totals, and what the months before carried on would give",
                           ("Month", "Seen", "Carried on"),
                           rows, frozenset({1, 2})))
    return tuple(blocks) or (Words("Too few months to set beside each other."),)


def write_plan_page(plan: Plan, folder: str | os.PathLike[str], data_note: str, synthetic: bool) -> list[Path]:
    """Write the page of a frozen plan, as HTML and Markdown."""
    frame = Frame(plan.authority, "not needed for this comparison", day_in_words(dt.date.fromisoformat(plan.records_to)),
                  data_note, synthetic)
    return write_folder(folder, [plan_document(plan)], frame, markdown=True)


def write_comparison(found: Comparison, folder: str | os.PathLike[str], data_note: str, synthetic: bool) -> list[Path]:
    """Write the page of a comparison with its tables."""
    frame = Frame(found.plan.authority, "not needed for this comparison", day_in_words(found.as_of), data_note, synthetic)
    return write_folder(folder, [comparison_document(found)], frame,
                        tables={"before_after.csv": found.table, "before_after_months.csv": found.monthly})
