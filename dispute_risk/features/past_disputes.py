"""Features of past disputes and of advocacy; shown as history, never as something to put right.

The advocacy group (`voice`) tells how loudly a family speaks, not what it was owed; the model can be run without it.
"""

from dispute_risk.features.declare import Feature
from dispute_risk.features.verbs import Count, Flag

COMPLAINTS = "complaints table"
CONTACTS = "contacts table"

FEATURES = (
    Feature("past_appeals", "appeals registered before", "past_disputes", "count", "appeals table", Count("appeal"), 0, "",
            sentence="An appeal was registered on {on}."),
    Feature("past_mediations", "mediations held before", "past_disputes", "count", "mediations table",
            Count("mediation_held"), 0, "", sentence="Mediation was held on {on}."),
    Feature("complaint_open", "a complaint is open", "past_disputes", "flag", COMPLAINTS,
            Flag("complaint_open", within_days=365), 0, "", voice=True,
            sentence="A complaint of {on} ({theme}) is open."),
    Feature("complaints_1y", "complaints in the last year", "past_disputes", "count", COMPLAINTS,
            Count("complaint", within_days=365), 0, "", voice=True,
            sentence="A complaint was made on {on} ({theme})."),
    Feature("complaint_upheld_2y", "a complaint was upheld in the last two years", "past_disputes", "flag", COMPLAINTS,
            Flag("complaint_upheld", within_days=730), 0, "", voice=True,
            sentence="A complaint ({theme}) was upheld on {on}."),
    Feature("solicitor_1y", "contact from a solicitor in the last year", "voice", "flag", CONTACTS,
            Flag("solicitor", within_days=365), 0, "", voice=True, sentence="A solicitor was in touch on {on}."),
    Feature("elected_member_1y", "contact from a councillor or Member of Parliament in the last year", "voice", "flag",
            CONTACTS, Flag("elected_member", within_days=365), 0, "", voice=True,
            sentence="An elected member was in touch on {on}."),
    Feature("advice_service_1y", "contact from the SEND advice service in the last year", "voice", "flag", CONTACTS,
            Flag("advice_service", within_days=365), 0, "", voice=True,
            sentence="The SEND advice service was in touch on {on}."),
    Feature("family_messages_90d", "messages from the family in the last three months", "voice", "count", CONTACTS,
            Count("family_message", within_days=90), 0, "", voice=True,
            sentence="The family has written {times} in three months, the latest on {on}."),
    Feature("family_messages_1y", "messages from the family in the last year", "voice", "count", CONTACTS,
            Count("family_message", within_days=365), 0, "", voice=True,
            sentence="The family has written {times} in the last year, the latest on {on}."),
    Feature("requested_by_parent", "a request came from the parent or young person, in the last two years", "voice",
            "flag", "requests table", Flag("request", ("source", "parent"), 730), 0, "", voice=True,
            sentence="The request of {on} came from the parent or young person."),
)
