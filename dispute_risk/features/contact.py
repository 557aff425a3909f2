"""Features of contact with the family: unanswered messages, silences, chasing, ever met face to face."""

from dispute_risk.features.declare import Feature
from dispute_risk.features.verbs import Age, Count, CountSince, Flag, Mean

RECORD = "contacts table; causes table T13"

FEATURES = (
    Feature("unanswered_contacts", "messages from the family unanswered, of the last six months", "contact", "count",
            RECORD, Count("unanswered", within_days=182), 1, "", met=0.0,
            sentence="Messages from the family unanswered: {value}, the latest of {on}."),
    Feature("unanswered_two_weeks", "messages from the family unanswered for over two weeks, of the last three months",
            "contact", "count", RECORD, Count("unanswered_two_weeks", within_days=91), 1, "", met=0.0,
            sentence="Messages from the family unanswered for over two weeks: {value}, the latest of {on}."),
    Feature("oldest_unanswered_days", "days the oldest unanswered message has waited", "contact", "days", RECORD,
            Age("unanswered", within_days=182), 0, "no message is unanswered", met=0.0,
            sentence="The family wrote on {on} and has had no answer for {days}.", cite_from=7.0),
    Feature("reply_days_6m", "mean days to a reply in the last six months", "contact", "days", RECORD,
            Mean("reply", within_days=182, column="reply_days"), 0, "no reply in six months",
            sentence="Replies to the family took {days} on average in the last six months.", cite_from=7.0),
    Feature("days_since_we_wrote", "days since we last wrote or replied to the family", "contact", "days", RECORD,
            Age("we_wrote", of="latest"), 0, "no message to the family is recorded", thresholds=(60.0,), met=0.0,
            sentence="We last wrote to the family on {on}, {days} ago.", cite_from=28.0),
    Feature("messages_since_we_wrote", "messages from the family since we last wrote, of the last three months",
            "contact", "count", RECORD, CountSince("family_message", within_days=90, since="we_wrote"), 1, "", met=0.0,
            sentence="The family has written {times} since we last did, the latest on {on}."),
    Feature("met_face_to_face_1y", "met the family face to face in the last year", "contact", "flag", RECORD,
            Flag("met_family", within_days=365), 0, "", sentence="The family was met face to face on {on}."),
    Feature("school_messages_90d", "messages from the school in the last three months", "contact", "count", RECORD,
            Count("school_message", within_days=90), 0, "",
            sentence="The school has written {times} in three months, the latest on {on}."),
    Feature("plan_reissued_1y", "final plans sent in the last year", "contact", "count",
            "plans table: contradicting messages", Count("plan_made", within_days=365), 0, "",
            sentence="Final plans sent in the last year: {value}, the latest on {on}."),
)
