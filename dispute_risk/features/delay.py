"""Features of delay, each against its own clock; delay has no fixed direction, since a late decision also postpones
the right of appeal and a plan rushed to its date may be the worse one."""

from dispute_risk.features.declare import Feature
from dispute_risk.features.verbs import Age, Flag

REG = "SEND Regulations 2014"

FEATURES = (
    Feature("days_since_request", "days since the request that still awaits a plan", "delay", "days", f"{REG} reg 13(2)",
            Age("plan_awaited"), 0, "no request is open",
            sentence="The request of {on} is still open after {days}."),
    Feature("days_past_6_weeks", "days past the 6-week date with no decision whether to assess", "delay", "days",
            f"{REG} reg 5(1)", Age("duty_decide_to_assess", column="due_on"), 0, "no such decision is awaited",
            thresholds=(1.0,), met=0.0,
            sentence="The decision whether to assess was due on {due_on} and is {days} late."),
    Feature("days_past_20_weeks", "days past the 20-week date with no final plan", "delay", "days", f"{REG} reg 13(2)",
            Age("duty_final_plan", column="due_on"), 0, "no final plan is awaited", thresholds=(1.0, 84.0), met=0.0,
            sentence="The final plan was due on {due_on}, 20 weeks after the request, and is {days} late."),
    Feature("decided_late_2y", "a decision whether to assess came after its 6 weeks, in the last two years", "delay",
            "flag", f"{REG} reg 5(1)", Flag("decided_late", within_days=730), 0, "",
            sentence="The decision whether to assess was due on {due_on} and was sent on {on}."),
    Feature("draft_waiting_days", "days since a draft plan with no final plan after it", "delay", "days",
            f"{REG} reg 13", Age("draft_waiting", within_days=730), 0, "no draft waits", met=0.0,
            sentence="A draft plan was sent on {on} and no final plan has followed in {days}."),
    Feature("finalised_near_deadline", "the latest plan was finalised within a week of its 20-week date", "delay", "flag",
            f"{REG} reg 13(2); causes table T20", Flag("final_near_deadline"), 0, "",
            sentence="The plan was finalised on {on}, within a week of its 20-week date of {due_on}."),
    Feature("draft_time_too_short", "the family had fewer than 15 days for the draft of the latest plan", "delay", "flag",
            f"{REG} reg 13(1)(a)", Flag("draft_time_too_short"), 0, "",
            sentence="The draft was sent on {draft_on} and the plan finalised on {on}, before the 15 days for comment "
                     "were over."),
    Feature("written_by_recovery_team", "the latest plan was written by a recovery team or an agency", "delay", "flag",
            "causes table T20", Flag("latest_plan", ("written_by", ("recovery_team", "agency"))), 0, "",
            sentence="The plan of {on} was written by the {written_by}, not by the area team."),
)
