"""Features of reviews, amendments and phase transfers: overdue, undecided, not finalised."""

from dispute_risk.features.declare import Feature
from dispute_risk.features.verbs import Age, Count, DaysUntil, Flag

REG = "SEND Regulations 2014"

FEATURES = (
    Feature("review_overdue_days", "days past the date of the yearly review", "review", "days",
            "Children and Families Act 2014 s.44", Age("duty_review", column="due_on"), 0, "no review is due",
            thresholds=(1.0,), met=0.0,
            sentence="The yearly review was due on {due_on} and is {days} overdue."),
    Feature("review_decision_waiting_days", "days past the 4 weeks with no decision after a review", "review", "days",
            f"{REG} regs 20(10) and 21(9)", Age("duty_review_decision", within_days=730, column="due_on"), 0,
            "no decision is awaited", thresholds=(1.0,), met=0.0,
            sentence="The review met on {on}; the decision was due on {due_on} and is {days} late."),
    Feature("amendment_waiting_days", "days past the 8 weeks with no final amended plan", "review", "days",
            f"{REG} reg 22(3)", Age("duty_amended_plan", within_days=730, column="due_on"), 0,
            "no amended plan is awaited", thresholds=(1.0,), met=0.0,
            sentence="The amendment notice was sent on {on}; the final plan was due on {due_on} and is {days} late."),
    Feature("amendment_open", "an amendment notice was sent and the final plan is awaited", "review", "flag",
            f"{REG} reg 22", Flag("duty_amended_plan", within_days=365), 0, "",
            sentence="An amendment notice was sent on {on} and the final plan is awaited."),
    Feature("reviews_decided_late_2y", "reviews decided after their 4 weeks, in the last two years", "review", "count",
            f"{REG} regs 20(10) and 21(9)", Count("review_decided_late", within_days=730), 0, "",
            sentence="The decision on the review of {meeting_on} was due on {due_on} and was sent on {on}."),
    Feature("days_since_review", "days since the last review meeting", "review", "days",
            "Children and Families Act 2014 s.44", Age("review_meeting", of="latest"), 0, "no meeting is recorded",
            sentence="The last review met on {on}."),
    Feature("phase_transfer_due", "this is the year of a phase transfer and the plan is not finalised for it",
            "transition", "flag", f"{REG} reg 18", Flag("duty_phase_transfer"), 0, "", met=0.0,
            sentence="The plan is to name the next school by {due_on}, and does not yet."),
    Feature("days_to_phase_transfer", "days left to the date for the phase transfer", "transition", "days",
            f"{REG} reg 18", DaysUntil("duty_phase_transfer"), 0, "no phase transfer is due",
            sentence="The plan is to name the next school by {due_on}, and does not yet."),
    Feature("phase_transfer_missed", "days past the date for the phase transfer", "transition", "days",
            f"{REG} reg 18", Age("duty_phase_transfer", column="due_on"), 0, "no phase transfer is due",
            thresholds=(1.0,), met=0.0,
            sentence="The plan was to name the next school by {due_on}, {days} ago."),
)
