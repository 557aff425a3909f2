"""The card of a released model: what it is for, what it must not be used for, and how good it was shown to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dispute_risk.model.fitted import FittedRisk

__all__ = ["model_card"]


def model_card(manifest: dict[str, Any], fitted: FittedRisk) -> str:
    """Write the model card from the manifest; what only people can say is left to be completed."""
    invented = ["**Made from synthetic data. Every case in it is invented; not for use on real cases.**", ""]
    figures = [f"| {key.replace('_', ' ')} | {value if value is not None else 'not known'} |"
               for key, value in manifest["metrics"].items()]
    return "\n".join([
        f"# Model card: {manifest['name']}", "",
        *(invented if manifest["synthetic"] else []),
        f"Risk that an appeal is registered within {manifest['horizon_days']} days of the as-of date, if nothing is "
        "done differently.", "",
        f"- Rung: {manifest['rung']}", f"- As of: {manifest['as_of']}",
        f"- Not to be used after: {manifest['expires_on']}",
        f"- Verdict of validation: {manifest['verdict']}", *(f"  - {reason}" for reason in manifest["reasons"]), "",
        "## What it is for",
        "Officers' lists: which cases to look at first, to put the duty right or to talk.", "",
        "## What it must not be used for",
        "- deciding provision, placement or a panel's outcome, or whether to answer a family",
        "- discouraging an appeal; shown to panel members; shown to families as a verdict on them",
        "- saying who was wronged: it learns who appeals, and families with time, money and knowledge appeal more", "",
        "## Figures of validation", "| figure | value |", "|---|---|", *figures, "",
        "## The points it starts from", "| points | counts where | source |", "|---|---|---|",
        *(f"| {item.points} | {item.label} | {item.source} |" for item in fitted.line.points.items), "",
        *(["Not counted, the records do not hold it: "
           + "; ".join(item.label for item in fitted.line.points.left_out) + ".", ""]
          if fitted.line.points.left_out else []),
        "## Data", *(f"- {table}: sha256 {mark}" for table, mark in manifest["data"].items()), "",
        "## To be completed before use",
        "- Owner: **TO BE COMPLETED BY the head of SEND**",
        "- Equality analysis: **TO BE COMPLETED BY the equality lead**",
        "- Data protection assessment: **TO BE COMPLETED BY the data protection officer**", "",
    ])
