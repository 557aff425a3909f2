"""Features of decisions and panels: refused, deferred, reversed, taken on incomplete papers."""

from dispute_risk.features.declare import Feature
from dispute_risk.features.verbs import Count, Flag

RECORD = "panels table"
REFUSALS = ("refuse_to_assess", "refuse_to_issue", "refuse_to_reassess")

FEATURES = (
    Feature("refusals_2y", "refusals to assess, to re-assess or to issue, in the last two years", "decision", "count",
            "Children and Families Act 2014 s.51(2)(a), (b) and (d)",
            Count("notice", ("decision_type", REFUSALS), 730), 1, "",
            sentence="The authority refused on {on} ({decision_type})."),
    # Who asked says who speaks, not what was decided: advocacy, left out with the rest of it.
    Feature("parent_request_open", "the open request came from the parent or young person", "voice", "flag",
            "Children and Families Act 2014 s.36(1)", Flag("plan_awaited", ("source", "parent")), 0, "", voice=True,
            sentence="The request of {on} came from the parent or young person."),
    Feature("panel_not_agreed_1y", "panel items not agreed in the last year", "decision", "count", RECORD,
            Count("panel_not_agreed", within_days=365), 0, "",
            sentence="The panel of {on} did not agree ({question})."),
    Feature("panel_deferred_1y", "panel items deferred in the last year", "decision", "count", RECORD,
            Count("panel_deferred", within_days=365), 0, "",
            sentence="The panel of {on} put off its decision ({question})."),
    Feature("panel_reversed_1y", "panel decisions that reversed an earlier one, in the last year", "decision", "count",
            f"{RECORD}; causes table T15", Count("panel_reversed", within_days=365), 1, "",
            sentence="The panel of {on} reversed an earlier decision ({question})."),
    Feature("panel_papers_incomplete_1y", "panel items taken on incomplete papers in the last year", "decision", "count",
            RECORD, Count("panel_papers_incomplete", within_days=365), 0, "",
            sentence="The panel of {on} decided on incomplete papers ({question})."),
)
