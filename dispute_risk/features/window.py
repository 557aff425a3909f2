"""Features of the live decision: can one be appealed now, which kind, and how long is left."""

from dispute_risk.features.declare import Feature
from dispute_risk.features.verbs import Age, Both, Count, DaysUntil, Flag

CFA51 = "Children and Families Act 2014 s.51(2)"
RULE20 = "HESC Rules 2008 r.20(1)(c)"


def _open(kind: str, label: str, direction: int = 0, sentence: str = "") -> Feature:
    return Feature(
        f"{kind}_window", f"{label} can be appealed now", "window", "flag", CFA51,
        Flag("window", ("decision_type", kind)), direction, "", sentence=sentence,
    )


FEATURES = (
    Feature("window_open", "an appealable decision can be appealed now", "window", "flag", CFA51, Flag("window"), 0, "",
            sentence="A decision sent on {on} can be appealed until {closes_on}."),
    Feature("days_left_to_appeal", "days left to the last day for an appeal", "window", "days", RULE20,
            DaysUntil("window", column="closes_on", of="last"), 0, "no decision can be appealed",
            sentence="A decision sent on {on} can be appealed until {closes_on}."),
    Feature("days_since_notice", "days since the latest appealable notice was sent", "window", "days", CFA51,
            Age("notice", of="latest"), 0, "no appealable notice was ever sent",
            sentence="The latest appealable decision was sent on {on}."),
    _open("refuse_to_assess", "a refusal to assess", 1,
          "The authority refused to assess on {on}; the family can appeal until {closes_on}."),
    _open("refuse_to_issue", "a refusal to issue a plan", 1,
          "The authority refused to issue a plan on {on}; the family can appeal until {closes_on}."),
    _open("refuse_to_reassess", "a refusal to re-assess", 1,
          "The authority refused to re-assess on {on}; the family can appeal until {closes_on}."),
    _open("plan_issued", "a new final plan", 0,
          "The first final plan was sent on {on}; the family can appeal until {closes_on}."),
    _open("plan_amended", "a final amended plan", 0,
          "A final amended plan was sent on {on}; the family can appeal until {closes_on}."),
    _open("refuse_to_amend", "a decision not to amend the plan", 0,
          "The authority decided on {on} not to amend the plan; the family can appeal until {closes_on}."),
    _open("cease_to_maintain", "a decision to cease the plan", 1,
          "The authority decided on {on} to cease the plan; the family can appeal until {closes_on}."),
    Feature("notices_1y", "appealable notices in the last year", "window", "count", CFA51,
            Count("notice", within_days=365), 0, "",
            sentence="Appealable decisions sent in the last year: {value}, the latest on {on}."),
    Feature("awaiting_first_plan", "a request is open and no plan was ever made", "window", "flag",
            "SEND Regulations 2014 reg 13", Flag("plan_awaited"), 0, "",
            sentence="A request received on {on} has not yet ended in a plan or a refusal."),
    Feature("type_only_window", "a plan that names only a type of school can be appealed now", "window", "flag",
            "Children and Families Act 2014 s.51(2)(c)(iv)",
            Both(Flag("latest_plan", ("section_i", "type_only")), Flag("window", ("decision_type", (
                "plan_issued", "plan_amended")))), 1, "", met=0.0,
            sentence="The plan of {on} names only a type of school and can still be appealed."),
)
