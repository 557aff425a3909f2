"""Features of staffing: officer changes, days with nobody, the team's caseload; never of a named officer."""

from dispute_risk.features.declare import Feature
from dispute_risk.features.verbs import Age, Count, DaysCovered, Flag, PerTeam

RECORD = "allocations table; causes table T14"

FEATURES = (
    Feature("officer_changes_1y", "changes of case officer in the last year", "caseload", "count", RECORD,
            Count("officer_change", within_days=365), 1, "",
            sentence="The case officer changed {times} in the last year, the latest on {on}."),
    Feature("officer_changes_6m", "changes of case officer in the last six months", "caseload", "count", RECORD,
            Count("officer_change", within_days=182), 1, "",
            sentence="The case officer changed {times} in the last six months, the latest on {on}."),
    Feature("no_officer_now", "nobody holds the case", "caseload", "flag", RECORD, Flag("no_officer"), 1, "", met=0.0,
            sentence="Nobody has held the case since {on}."),
    Feature("days_without_officer_1y", "days with no case officer in the last year", "caseload", "days", RECORD,
            DaysCovered("no_officer_spell", within_days=365), 0, "", met=0.0,
            sentence="The case had no officer for {days} of the last year, latest from {on}."),
    Feature("officer_tenure_days", "days the present officer has held the case", "caseload", "days", RECORD,
            Age("held", of="latest"), 0, "nobody holds the case",
            sentence=""),
    Feature("team_caseload", "cases for each officer of the area team, over the same of all teams", "caseload", "number",
            "allocations table, by team", PerTeam("team_case_held", "team_officer", against_all=True), 0,
            "no officer at work", sentence="The area team holds {value} times as many cases for each officer as all teams do.",
            cite_from=1.2),
    Feature("team_appeal_rate_1y", "appeals registered in the last year for 100 cases open in the area", "need", "number",
            "appeals table, by team", PerTeam("team_appeal", "team_case_open", 365, 100.0), 0, "no case open",
            sentence="The area had {value} appeals for 100 open cases in the last year."),
)
