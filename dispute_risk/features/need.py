"""Features of the child that the law itself distinguishes: age bands, need, setting; context, never a cause."""

from dispute_risk.features.declare import Feature
from dispute_risk.features.verbs import Age, AgeOfChild, OfCase, SchoolTerm

NEED = "cases table, SEN2 primary need"

FEATURES = (
    Feature("age_years", "age in years", "need", "number", "cases table", AgeOfChild(), 0, "date of birth not recorded",
            sentence="The child is {value} years old."),
    Feature("under_five", "under five", "need", "flag", "SEND Code of Practice 2015 9.178", AgeOfChild(None, 5), 0,
            "date of birth not recorded", sentence="The child is under five."),
    Feature("post_16", "16 or over", "need", "flag", "Children and Families Act 2014 s.83", AgeOfChild(16, None), 0,
            "date of birth not recorded", sentence="The young person is 16 or over."),
    *(
        Feature(f"need_{code.lower()}", f"primary need recorded as {label}", "need", "flag", NEED,
                OfCase("primary_need", (code,)), 0, "need not recorded", sentence=f"Primary need: {label}.")
        for code, label in (("ASD", "autistic spectrum disorder"), ("SEMH", "social, emotional and mental health"),
                            ("SLCN", "speech, language and communication needs"),
                            ("MLD", "moderate learning difficulty"), ("SPLD", "specific learning difficulty"))
    ),
    Feature("looked_after", "looked after by a local authority", "need", "flag", "cases table", OfCase("looked_after"), 0,
            "not recorded", sentence="The child is looked after."),
    Feature("days_since_latest_plan", "days since the latest final plan", "need", "days", "plans table",
            Age("plan_made", of="latest"), 0, "no final plan", sentence="The latest final plan was sent on {on}."),
    Feature("days_with_first_plan", "days since the first plan recorded", "need", "days", "plans table",
            Age("plan_made", of="oldest"), 0, "no final plan", sentence="The first plan recorded was sent on {on}."),
    Feature("spring_term", "January to April, when phase transfers are decided", "need", "flag",
            "SEND Regulations 2014 reg 18", SchoolTerm((1, 2, 3, 4)), 0, "", sentence="It is the spring term."),
)
