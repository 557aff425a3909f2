"""What the records say about the school named: what was agreed, who was asked, what each answered."""

from __future__ import annotations

import datetime as dt

from dispute_risk import terms
from dispute_risk.explain.words import count_in_words, day_in_words, joined_in_words
from dispute_risk.tribunal.case_file import CaseFile, Row
from dispute_risk.tribunal.findings import NOT_RECORDED, Finding

__all__ = [
    "all_consultations_answered",
    "consultations_about",
    "family_choice_consulted",
    "named_type_matches",
    "named_type_said_yes",
    "plan_appealed",
    "school_named",
]

CONSULTED_WITHIN_DAYS = 365


def plan_appealed(file: CaseFile) -> Row | None:
    """Return the final plan under appeal, or None."""
    if file.decision is None or file.decision.kind not in ("plan_issued", "plan_amended"):
        return None
    sent_on = file.decision.sent_on
    return next((row for row in reversed(file.rows("plans")) if row.get("issued_on") == sent_on
                 and row.get("kind") in ("final", "amended_final")), None)


def consultations_about(file: CaseFile) -> list[Row]:
    """Return the consultations of the year before the decision and since."""
    since = (file.decision.sent_on if file.decision else file.before) - dt.timedelta(days=CONSULTED_WITHIN_DAYS)
    return [row for row in file.rows("consultations") if row["sent_on"] and row["sent_on"] >= since]


def _answer(row: Row) -> str:
    if row.get("response"):
        return f"{terms.CONSULTATION_RESPONSE.label(row['response'])} ({day_in_words(row.get('responded_on'))})"
    return "no answer recorded"


def _school(row: Row) -> str:
    return f"{terms.SETTING.label(row.get('setting_type', ''))} asked on {day_in_words(row['sent_on'])}"


def school_named(file: CaseFile) -> Finding:
    """Does section I name a school or college?"""
    plan = plan_appealed(file)
    if plan is None or not plan.get("section_i"):
        return NOT_RECORDED
    of = terms.SETTING.label(plan["setting_type"]) if plan.get("setting_type") else "type not recorded"
    return Finding.of(plan["section_i"] == "setting_named",
                      f"Plan of {day_in_words(plan['issued_on'])}: {terms.SECTION_I.label(plan['section_i'])} ({of}).")


def family_choice_consulted(file: CaseFile) -> Finding:
    """Was the school the family asked for consulted before the decision?"""
    if not file.holds("consultations") or file.decision is None:
        return NOT_RECORDED
    wanted = [row for row in consultations_about(file) if row.get("preferred_by_family") == 1]
    if not wanted:
        return Finding("no", "No consultation of a school that the family asked for is recorded in the year before.")
    said = [f"{_school(row)}: {_answer(row)}" for row in wanted]
    in_time = any(row["sent_on"] <= file.decision.sent_on for row in wanted)
    return Finding.of(in_time, f"The family's choice: {'; '.join(said)}.")


def all_consultations_answered(file: CaseFile) -> Finding:
    """Did every school consulted answer, and is it known why the others said no?"""
    asked = consultations_about(file)
    if not file.holds("consultations"):
        return NOT_RECORDED
    if not asked:
        return Finding("no", "No consultation is recorded in the year before.")
    silent = [row for row in asked if not row.get("response") or row["response"] == "no_reply"]
    refused = [row for row in asked if row.get("response") in ("no_cannot_meet_need", "no_full")]
    agreed = len(asked) - len(silent) - len(refused)
    parts = [f"{agreed} said yes"]
    for code in ("no_cannot_meet_need", "no_full"):
        if count := sum(row["response"] == code for row in refused):
            parts.append(f"{count} answered '{terms.CONSULTATION_RESPONSE.label(code)}'")
    if silent:
        parts.append(f"{len(silent)} did not answer")
    return Finding.of(not silent, f"{count_in_words(len(asked), 'school')} consulted: {joined_in_words(parts)}.")


def named_type_said_yes(file: CaseFile) -> Finding:
    """Did a school of the type named say that it can meet the need?"""
    plan = plan_appealed(file)
    asked = consultations_about(file)
    if plan is None or not plan.get("setting_type") or not asked:
        return NOT_RECORDED
    alike = [row for row in asked if row.get("setting_type") == plan["setting_type"]]
    label = terms.SETTING.label(plan["setting_type"])
    if not alike:
        return Finding("no", f"Type named in the plan: {label}; no consultation of that type is recorded in the year "
                             "before.")
    said = [f"{_school(row)}: {_answer(row)}" for row in alike]
    text = "; ".join(said)
    return Finding.of(any(row.get("response") == "yes" for row in alike), f"{text[0].upper()}{text[1:]}.")


def named_type_matches(file: CaseFile) -> Finding:
    """Was the child where the panel agreed is needed when the appeal was sent, and does section I say so?"""
    plan = plan_appealed(file)
    agreed = [row for row in file.rows("placements") if row.get("agreed_type") and row["from_on"]
              and row["from_on"] <= file.before]
    if plan is None or not plan.get("setting_type") or not agreed:
        return NOT_RECORDED
    last = max(agreed, key=lambda row: row["from_on"])
    same = last["agreed_type"] == plan["setting_type"]
    elsewhere = ""
    if last.get("setting_type") and last["setting_type"] != last["agreed_type"]:
        where = terms.SETTING.label(last["setting_type"])
        elsewhere = f" Where the child was when the appeal was sent: {where} (since {day_in_words(last['from_on'])})."
    agreed_as, named = terms.SETTING.label(last["agreed_type"]), terms.SETTING.label(plan["setting_type"])
    return Finding.of(same and not elsewhere, f"Agreed as needed: {agreed_as}; named in the plan: {named}.{elsewhere}")
