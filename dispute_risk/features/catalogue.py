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

__all__ = ["STANDARD", "as_markdown", "as_table"]

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
