"""Features of placement: no school named, not the type agreed, schools refusing, out of school."""

from dispute_risk.features.declare import Feature
from dispute_risk.features.verbs import Age, Count, Flag, LatestIs

CFA = "Children and Families Act 2014"

FEATURES = (
    Feature("type_only", "the latest plan names a type of school and no school", "placement", "flag",
            f"{CFA} s.51(2)(c)(iv)", LatestIs("latest_plan", column="section_i", codes=("type_only",)), 1,
            "no final plan", met=0.0, sentence="The plan of {on} names only a type of school, no school."),
    Feature("section_i_blank", "section I of the latest plan is blank", "placement", "flag", f"{CFA} s.37(2)(i)",
            LatestIs("latest_plan", column="section_i", codes=("blank",)), 1, "no final plan", met=0.0,
            sentence="Section I of the plan of {on} was left blank."),
    Feature("placement_differs_from_agreed", "specialist provision was agreed and the child is elsewhere", "placement",
            "flag", "placements table; causes table T10", Flag("placement_differs"), 1, "", met=0.0,
            sentence="The panel agreed {agreed_type}; since {on} the child has been in {setting_type}."),
    Feature("days_in_other_than_agreed", "days in a setting other than the type agreed", "placement", "days",
            "placements table; causes table T10", Age("placement_differs"), 0, "the placement is as agreed, or unknown",
            met=0.0, sentence="The panel agreed {agreed_type}; since {on} the child has been in {setting_type}."),
    Feature("not_in_school", "out of school or in alternative provision", "placement", "flag",
            "placements table; Education Act 1996 s.19", Flag("out_of_school"), 1, "", met=0.0,
            sentence="Since {on} the child has been out of school or in alternative provision ({setting_type})."),
    Feature("days_not_in_school", "days out of school or in alternative provision", "placement", "days",
            "placements table", Age("out_of_school"), 0, "in a school or college, or unknown", met=0.0,
            sentence="The child has been out of school or in alternative provision since {on}, {days}."),
    Feature("in_special_school", "in a special or independent school now", "placement", "flag", "placements table",
            LatestIs("placement", column="setting_type", codes=("special", "independent")), 0, "placement unknown",
            sentence="The child is in {setting_type} since {on}."),
    Feature("specialist_agreed", "the panel agreed specialist provision", "placement", "flag", "placements table",
            LatestIs("placement", column="agreed_type", codes=("special", "independent")), 0, "no type recorded",
            sentence="The panel agreed {agreed_type} ({on})."),
    Feature("consultations_1y", "schools consulted in the last year", "placement", "count", "consultations table",
            Count("consultation", within_days=365), 0, "",
            sentence="Schools consulted in the last year: {value}, the latest on {on}."),
    Feature("consultations_refused_1y", "schools that said no in the last year", "placement", "count",
            "consultations table", Count("consultation_refused", within_days=365), 1, "",
            sentence="Schools that said no in the last year: {value}, the latest on {on} ({response})."),
    Feature("preferred_setting_refused", "the school the family asked for said no in the last year", "placement", "flag",
            f"{CFA} s.39(4); causes table T9", Flag("choice_refused", within_days=365), 1, "",
            sentence="The school the family asked for said no on {on} ({response})."),
    Feature("choice_not_followed", "the latest plan does not follow the family's choice of school", "placement", "flag",
            f"{CFA} s.39; causes table T9", Flag("preference_not_followed"), 1, "",
            sentence="The plan of {on} does not follow the family's choice of school, which was consulted on {asked_on}."),
    Feature("consultation_unanswered_days", "days past the date of the oldest consultation unanswered", "placement",
            "days", "SEND Code of Practice 2015 (15 days)",
            Age("consultation_unanswered", within_days=365, column="due_on"), 0, "none is unanswered", met=0.0,
            sentence="A school consulted on {on} has not answered; the answer was due on {due_on}."),
)
