"""The record for the public under the Algorithmic Transparency Recording Standard, in the order of its template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dispute_risk.records.tables import TABLES
from dispute_risk.reports.governance_assessments import RISKS
from dispute_risk.reports.governance_card import figures_told, risk_sentence
from dispute_risk.reports.governance_parts import Document, Grid, Points, Section, Words, answered, facts

__all__ = ["transparency_record"]


def transparency_record(manifest: Mapping[str, Any], answers: Mapping[str, str]) -> Document:
    """Return the transparency record: metadata, tier 1, and the five parts of tier 2.

    Parameters
    ----------
    manifest : mapping
        Of a release.
    answers : mapping of str to str
        What people said, by key.
    """
    lead = ("Laid out after version 3.0 of the template: metadata, one part for the public, five for those who want to know "
            "more. Check "
            "the order of fields against the current template before it is published.")
    return Document("transparency_record", "Algorithmic transparency record", lead,
                    (*_for_the_public(manifest, answers), *_for_the_interested(manifest, answers)))


def _for_the_public(manifest: Mapping[str, Any], answers: Mapping[str, str]) -> tuple[Section, ...]:
    return (
        Section("Metadata", (facts("For filtering and display", (
            ("Name of the tool", "dispute_risk"), ("Release", manifest["name"]), ("Function", "education: special educational "
                                                                                              "needs"),
            ("Technique", "points with learned corrections; a probability for each case"),
            ("Record made from", "the manifest of the release"))), *answered(answers, "organisation", "stage_of_use"))),
        Section("Tier 1: summary", (
            Words("dispute_risk reads the authority's own case records for children with education, health and care plans or "
                  "assessments. Each week it lists cases for officers to look at first: those in which a dispute is likely, "
                  "those in "
                  "which a legal duty has not been met, and those with the same failures whose families have not complained. "
                  "Each listed "
                  "case comes with reasons from the record and the duty to put right. An officer reads the file and decides."),
            Words(risk_sentence(manifest)),
            *answered(answers, "purpose_here", "website", "contact"))),
    )


def _for_the_interested(manifest: Mapping[str, Any], answers: Mapping[str, str]) -> tuple[Section, ...]:
    return (
        Section("Tier 2, part 1: owner and responsibility", answered(
            answers, "organisation", "team", "responsible_owner", "supplier", "sharing")),
        Section("Tier 2, part 2: description and rationale", (
            Words("Facts are counted as they were known on a date: dates missed, reports outstanding, schools not named, "
                  "messages not "
                  "answered. A sum of points is the starting point, and what was learned from earlier appeals corrects it "
                  "within limits. "
                  "Protected characteristics are not used; they are looked at afterwards, to compare groups."),
            *answered(answers, "benefit_expected", "previous_process", "why_a_model"))),
        Section("Tier 2, part 3: decision making", (
            Words("The tool makes no decision. Its lists say where to look; what a child gets, whether to concede or to "
                  "answer an appeal, "
                  "and whether to reply to a family are decided without it."),
            *answered(answers, "who_decides", "how_to_overrule", "time_for_each_case", "training", "how_to_challenge",
                      "opt_out"))),
        Section("Tier 2, part 4: tool specification", (
            facts("System and model", (
                ("What goes in", f"{len(TABLES)} tables of the casebook; {len(manifest['features'])} features, listed in the "
                                 f"data "
                 "protection annex"), ("What comes out", "for each case a risk with its range, reasons with dates, and a next "
                                                         "step"),
                ("Model", f"{manifest['rung']}, released as {manifest['name']}"),
                ("Maintenance", f"watched monthly; expires on {manifest['expires_on']}"),
                ("Learned from", f"records up to {manifest['as_of']}"
                 + (", all of them invented" if manifest["synthetic"] else "")))),
            figures_told(manifest),
            Words("Completeness and known faults of the records are in the data sheet; sensitive items in the data protection "
                  "annex."),
            *answered(answers, "access_and_storage"))),
        Section("Tier 2, part 5: risks, mitigations and impact assessments", (
            Grid("Risks", ("Risk", "What is done about it", "Where"), RISKS),
            Points(("Checklist of bias: bias_checklist.html", "Annexes to the assessments: dpia_annex.html and eqia_annex.html")),
            *answered(answers, "dpia_outcome", "equality_outcome"))),
    )
