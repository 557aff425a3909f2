"""The catalogue of features: every declaration, in the order of its family, and the page generated from it."""

from __future__ import annotations

from dispute_risk.features import (
    advice,
    caseload,
    contact,
    decision,
    delay,
    need,
    past_disputes,
    placement,
    review,
    window,
)
from dispute_risk.features.declare import FAMILIES, Catalogue, Feature

__all__ = ["FACTS_FROM", "STANDARD", "as_markdown", "as_table", "costs_of_silence"]

STANDARD = Catalogue(
    (
        *window.FEATURES,
        *delay.FEATURES,
        *decision.FEATURES,
        *advice.FEATURES,
        *placement.FEATURES,
        *contact.FEATURES,
        *caseload.FEATURES,
        *review.FEATURES,
        *past_disputes.FEATURES,
        *need.FEATURES,
    )
)
"""The features that come with the package."""

DIRECTIONS = {0: "not fixed", 1: "more cannot make a dispute less likely", -1: "more cannot make a dispute more likely"}


def as_table(catalogue: Catalogue) -> list[dict[str, str]]:
    """Return one row a feature, in words, for the command line and for programs."""
    return [
        {
            "name": feature.name,
            "family": FAMILIES[feature.family],
            "label": feature.label,
            "unit": feature.unit,
            "source": feature.source,
            "direction": DIRECTIONS[feature.direction],
            "blank": feature.blank or "never blank",
            "acted_on": "yes" if feature.actionable else "no",
            "advocacy": "yes" if feature.voice else "no",
            "taken_by": _verb_in_words(feature),
        }
        for feature in catalogue
    ]


def as_markdown(catalogue: Catalogue) -> str:
    """Return the catalogue as the page `CATALOGUE.md`."""
    lines = [
        "# Features",
        "",
        f"{len(catalogue)} features. Generated from their declarations by `dispute-risk features --write`; do not edit.",
        "Sex, ethnicity, language and deprivation are audited and are never features.",
        "",
    ]
    for family, heading in FAMILIES.items():
        chosen = [row for row, f in zip(as_table(catalogue), catalogue, strict=True) if f.family == family]
        if not chosen:
            continue
        lines += [f"## {heading}", "", "| feature | what it says | unit | source | direction | a blank means |",
                  "|---|---|---|---|---|---|"]
        for row in chosen:
            marks = " (advocacy)" if row["advocacy"] == "yes" else ""
            lines.append(
                f"| `{row['name']}`{marks} | {row['label']} | {row['unit']} | {row['source']} | {row['direction']} "
                f"| {row['blank']} |"
            )
        lines.append("")
    return "\n".join(lines)


def _verb_in_words(feature: Feature) -> str:
    verb = feature.verb
    if verb is None:
        return ""
    return f"{type(verb).__name__} of {', '.join(verb.needs())}" if verb.needs() else type(verb).__name__


FACTS_FROM: dict[str, tuple[str, ...]] = {
    "request": ("requests",),
    "plan_awaited": ("requests.received_on", "requests.decision_sent_on", "assessments"),
    "duty_decide_to_assess": ("requests.received_on", "requests.decision_sent_on"),
    "duty_final_plan": ("requests.received_on", "plans"),
    "decided_late": ("requests.decision_sent_on",),
    "plan_made": ("plans",),
    "latest_plan": ("plans", "plans.section_i", "plans.written_by"),
    "draft_waiting": ("plans",),
    "final_near_deadline": ("plans", "requests.received_on"),
    "draft_time_too_short": ("plans",),
    "notice": ("requests.decision", "assessments.outcome", "plans", "reviews.decision"),
    "window": ("requests.decision", "assessments.outcome", "plans", "reviews.decision"),
    "advice_asked": ("advice",),
    "duty_advice": ("advice", "advice.received_on"),
    "advice_arrived_late": ("advice.received_on",),
    "plan_without_advice": ("advice", "advice.received_on", "plans"),
    "advice_not_cited": ("advice.cited_in_plan",),
    "placement": ("placements",),
    "placement_differs": ("placements.agreed_type",),
    "out_of_school": ("placements",),
    "consultation": ("consultations",),
    "consultation_unanswered": ("consultations",),
    "consultation_refused": ("consultations.response",),
    "preference_not_followed": ("consultations.preferred_by_family", "plans.setting_type"),
    "choice_refused": ("consultations.response", "consultations.preferred_by_family"),
    "panel": ("panels",),
    "panel_deferred": ("panels",),
    "panel_not_agreed": ("panels",),
    "panel_reversed": ("panels.reverses_earlier",),
    "panel_papers_incomplete": ("panels.papers_complete",),
    "family_message": ("contacts",),
    "unanswered": ("contacts.replied_on",),
    "unanswered_two_weeks": ("contacts.replied_on",),
    "reply": ("contacts.replied_on",),
    "we_wrote": ("contacts",),
    "met_family": ("contacts.channel",),
    "school_message": ("contacts.party",),
    "solicitor": ("contacts.party",),
    "elected_member": ("contacts.party",),
    "advice_service": ("contacts.party",),
    "complaint": ("complaints",),
    "complaint_open": ("complaints.responded_on",),
    "complaint_upheld": ("complaints.upheld",),
    "held": ("allocations",),
    "no_officer": ("allocations",),
    "no_officer_spell": ("allocations",),
    "officer_change": ("allocations",),
    "team_case_held": ("allocations",),
    "team_officer": ("allocations.officer_id",),
    "team_appeal": ("appeals",),
    "team_case_open": ("cases",),
    "review_meeting": ("reviews",),
    "duty_review": ("reviews", "plans"),
    "duty_review_decision": ("reviews.meeting_on", "reviews.decision_sent_on"),
    "duty_amended_plan": ("plans",),
    "review_decided_late": ("reviews.decision_sent_on",),
    "duty_phase_transfer": ("cases.birth_date", "plans"),
    "appeal": ("appeals",),
    "mediation_held": ("mediations.held_on",),
    "born": ("cases.birth_date",),
    "looked_after": ("cases.looked_after",),
    "primary_need": ("cases.primary_need",),
}
"""Tables and columns of the records behind each kind of fact."""


def costs_of_silence(catalogue: Catalogue = STANDARD) -> dict[str, list[str]]:
    """Return which features are lost where a table, or a column, is not handed over.

    Returns
    -------
    dict
        'table' or 'table.column' to labels of features.
    """
    costs: dict[str, list[str]] = {}
    for feature in catalogue:
        needs = feature.verb.needs() if feature.verb is not None else ()
        for place in dict.fromkeys(place for fact in needs for place in FACTS_FROM.get(fact, ())):
            costs.setdefault(place, []).append(feature.label)
    return costs
