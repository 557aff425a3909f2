"""Which published figures are held, what each counts and over what base, and where it was published."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ATTRIBUTION", "COUNTS", "RATES", "SERIES_BREAK_YEAR", "SOURCES", "SYMBOLS", "Count", "Rate", "Source",
    "rate_called",
]

ATTRIBUTION = "Contains public sector information licensed under the Open Government Licence v3.0."
"""The sentence the licence asks for."""

SERIES_BREAK_YEAR = 2022
"""The return moved from totals to one row per child in 2022, so earlier years do not compare exactly (DfE guidance)."""

SYMBOLS: dict[str, str] = {
    "x": "not available",
    "z": "not applicable",
    "c": "withheld because the number is small",
    ":": "not available",
    "..": "not available",
    "low": "rounds to zero",
}
"""Published symbols, as the Department for Education uses them."""

_EES = "https://explore-education-statistics.service.gov.uk/find-statistics/education-health-and-care-plans"
_RELEASE = "Education, health and care plans, reporting year 2025"
_DFE = "Department for Education"


@dataclass(frozen=True)
class Source:
    """One published file.

    Parameters
    ----------
    key, file : str
        The short key used in the tables, and the name of the file as kept for the build.
    title, publisher, address : str
        What it is called, who published it and where.
    years : str
        Years held, in words.
    note : str
        What a reader must know.
    """

    key: str
    file: str
    title: str
    publisher: str
    years: str
    note: str = ""
    address: str = _EES


SOURCES: tuple[Source, ...] = (
    Source("appeals", "send_tribunal_appeals_la_2014_2024_tidy.csv",
           f"{_RELEASE}: SEND Tribunals and appeal rate 2014 to 2024 (supporting file)",
           "Department for Education and Ministry of Justice", "2014 to 2024",
           "Five authorities carry another authority's code in this file; figures are joined by name. The new base is "
           "published as in development, for 2024 only and not for every authority."),
    Source("requests", "ehc_requests_totals_by_la.csv", f"{_RELEASE}: requests", _DFE, "2019 to 2024",
           "Mediation and appeal counts are linked to a request by the authority and miss some appeals."),
    Source("assessments", "ehc_assessments_totals_by_la.csv", f"{_RELEASE}: assessments", _DFE, "2019 to 2024",
           "Mediation and appeal counts are linked to an assessment by the authority and miss some appeals."),
    Source("timeliness", "ehc_timeliness_20_week_totals_by_la.csv", f"{_RELEASE}: timeliness, 20 weeks", _DFE,
           "2019 to 2024"),
    Source("reviews", "ehc_annual_reviews_totals_by_la.csv", f"{_RELEASE}: annual reviews", _DFE, "2024",
           "First published for 2024; seven authorities have no figures."),
    Source("caseload", "ehc_caseload_totals_by_la.csv", f"{_RELEASE}: caseload", _DFE, "January 2019 to January 2025"),
    Source("ceased", "ehc_ceased_plans_totals_by_la.csv", f"{_RELEASE}: ceased plans", _DFE, "2022 to 2024"),
    Source("needs", "ehc_sen_needs_all_plans_totals_by_la.csv", f"{_RELEASE}: primary need, all plans", _DFE,
           "January 2025"),
    Source("earlier", "sen2_mi_la_2022_release.csv", "Special educational needs survey (SEN2), 2022 release", _DFE,
           "2014 to 2021", "The return of totals, before the series break of 2022.",
           "https://github.com/dfe-analytical-services/SEND-AP-Inclusion-Dashboard"),
    Source("requests_groups", "ehc_requests_national_by_age_sex_ethnicity.csv",
           f"{_RELEASE}: requests by age, sex and ethnicity", _DFE, "2023 and 2024", "England only."),
    Source("assessments_groups", "ehc_assessments_national_by_age_sex_ethnicity.csv",
           f"{_RELEASE}: assessments by age, sex and ethnicity", _DFE, "2023 and 2024", "England only."),
)
"""Every published file held, in the order of the sources table."""


@dataclass(frozen=True)
class Count:
    """One published count: its name here, its label, and the source and column it comes from."""

    name: str
    label: str
    source: str
    column: str


def _counts(source: str, *rows: tuple[str, str, str]) -> tuple[Count, ...]:
    return tuple(Count(name, label, source, column) for name, label, column in rows)


_REQUEST_ROWS = (
    ("requests", "requests for an assessment received in the year", "requests_received_in_year"),
    ("refused_to_assess", "requests refused (decided not to assess)", "requests_decided_not_to_assess"),
    ("decided_in_6_weeks", "decisions on requests within 6 weeks", "request_outcome_six_weeks"),
    ("decided_after_6_weeks", "decisions on requests after 6 weeks", "request_outcome_over_6_weeks"),
    ("request_mediations", "requests with mediation", "mediation_related_request"),
    ("request_appeals", "requests with an appeal", "tribunal_related_request"),
    ("request_appeals_after_mediation", "requests with an appeal after mediation", "tribunal_after_mediation_request"),
)
_ASSESSMENT_ROWS = (
    ("assessments", "assessments in the year", "assess_in_year"),
    ("assessments_issued", "assessments after which a plan is to be issued", "assess_issued"),
    ("refused_to_issue", "assessments after which no plan is issued", "assess_not_issued"),
    ("assessment_mediations", "assessments with mediation", "number_assess_mediation"),
    ("assessment_appeals", "assessments with an appeal", "number_assess_tribunal"),
    ("assessment_appeals_after_mediation", "assessments with an appeal after mediation",
     "number_asssess_mediation_tribunal"),
    ("other_mediations", "other mediation, for example on the plan", "number_other_mediation"),
    ("other_appeals", "other appeals, for example on the plan", "number_other_tribunal"),
    ("other_appeals_after_mediation", "other appeals after mediation", "number_other_mediation_tribunal"),
)
_NEEDS = {"asd": "autistic spectrum disorder", "semh": "social, emotional and mental health",
          "slcn": "speech, language and communication", "mld": "moderate learning difficulty",
          "sld": "severe learning difficulty", "spld": "specific learning difficulty", "pd": "physical disability"}

COUNTS: tuple[Count, ...] = (
    *_counts(
        "appeals",
        ("appeals", "appeals registered in the year", "appeals_registered"),
        ("decisions_old_base", "appealable decisions, old base", "total_appealable_decisions"),
        ("published_rate_old_base", "appeal rate as published, old base, per cent", "appeal_rate_pc"),
        ("decisions_new_base", "appealable decisions, new base (in development)", "indev_appealable_decisions"),
        ("published_rate_new_base", "appeal rate as published, new base, per cent", "indev_appeal_rate_pc"),
    ),
    *_counts("requests", *_REQUEST_ROWS),
    *_counts("assessments", *_ASSESSMENT_ROWS),
    *_counts(
        "timeliness",
        ("plans_timed", "new plans, without permitted exceptions", "plans_issued_den_ex"),
        ("plans_in_20_weeks", "of those, issued within 20 weeks", "plans_issued_20_weeks_ex"),
        ("plans_timed_all", "new plans, with permitted exceptions", "plans_issued_den"),
        ("plans_in_20_weeks_all", "of those, issued within 20 weeks", "plans_issued_within_20_weeks"),
        ("plans_over_1_year", "new plans without exceptions that took over a year", "plans_issued_gt_1_year_ex"),
    ),
    *_counts(
        "reviews",
        ("reviews_decided_in_4_weeks", "review decisions within 4 weeks of the meeting", "number_decsion_4weeks"),
        ("reviews_decided_after_4_weeks", "review decisions after 4 weeks", "number_decision_gt_4weeks"),
        ("reviews_amend", "reviews: decided to amend the plan", "outcome_amend"),
        ("reviews_cease", "reviews: decided to cease the plan", "outcome_cease"),
        ("reviews_maintain", "reviews: decided to keep the plan", "outcome_maintan"),
    ),
    *_counts(
        "caseload",
        ("plans", "plans in force in the January after the year", "ehcplans"),
        ("plans_mainstream", "of those, in mainstream schools", "mainstream_total"),
        ("plans_special", "of those, in special schools", "special_total"),
        ("plans_special_independent", "of those, in independent special schools", "special_independent"),
    ),
    *_counts("ceased", ("ceased_needs_met", "plans ceased because needs were met", "needs_met"),
             ("ceased", "plans ceased in the year", "total_ceased")),
    *_counts("needs", ("plans_with_need", "plans in the table of needs", "ehc_plans"),
             *((f"need_{code}", f"plans whose primary need is {label}", f"number_{code}")
               for code, label in _NEEDS.items())),
    *_counts(
        "earlier",
        ("requests", "requests for an assessment received in the year", "InreqEHC"),
        ("refused_to_assess", "requests refused", "AssRefusedEHC"),
        ("plans_timed", "new plans, without permitted exceptions", "TotNoExcEHC"),
        ("plans_in_20_weeks", "of those, issued within 20 weeks", "NoExc20weekEHC"),
        ("plans_timed_all", "new plans, with permitted exceptions", "TotIncExcEHC"),
        ("plans_in_20_weeks_all", "of those, issued within 20 weeks", "IncExc20weekEHC"),
        ("mediations_held", "mediations held (to 2021)", "NewEHCMediation"),
        ("mediations_followed", "mediations followed by an appeal (to 2021)", "NewEHCTribunal"),
    ),
    *_counts("requests_groups", *_REQUEST_ROWS),
    *_counts("assessments_groups", *_ASSESSMENT_ROWS),
)
"""Every count held. A count of the earlier return is used only for years the newer files do not hold."""


@dataclass(frozen=True)
class Rate:
    """A rate per 100: what is counted, over what base, and how to read it.

    Parameters
    ----------
    name, label : str
        Key, and what a reader sees.
    numerator, denominator : tuple of str
        Counts that are added up above and below the line.
    base : str
        The base in words; shown with every figure.
    source : str
        Key of the source.
    about : {'appeals', 'decisions', 'time', 'mediation'}
        The heading it stands under.
    better : {'higher', 'lower', 'neither'}
        Which way is better for families; "neither" where that cannot be said.
    note : str
        A trap the reader must know of.
    breaks_in_2022 : bool
        Whether the years before 2022 come from the earlier return and do not compare exactly.
    first_year : int
        The first year that means the same: 2014 and 2015 mix plans with the statements they replaced.
    """

    name: str
    label: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    base: str
    source: str
    about: str
    better: str = "neither"
    note: str = ""
    breaks_in_2022: bool = True
    first_year: int = 2016


RATES: tuple[Rate, ...] = (
    Rate("appeal_rate_old_base", "Appeals registered, old base", ("appeals",), ("decisions_old_base",),
         "per 100 of: refusals to assess + refusals to issue + all plans in January + plans ceased as needs met",
         "appeals", "appeals",
         note="Every plan in force is in the base, whether or not a decision was taken on it.", breaks_in_2022=False,
         first_year=2014),
    Rate("appeal_rate_new_base", "Appeals registered, new base", ("appeals",), ("decisions_new_base",),
         "per 100 decisions taken that carry a right of appeal (in development)", "appeals", "appeals",
         note="2024 only, in development. Rests on the return of annual reviews: where that is incomplete the base is "
              "too small and the rate too high.", breaks_in_2022=False),
    Rate("refusal_to_assess", "Requests refused", ("refused_to_assess",), ("requests",),
         "per 100 requests received in the year", "requests", "decisions"),
    Rate("refusal_to_issue", "No plan after assessment", ("refused_to_issue",), ("assessments",),
         "per 100 assessments in the year", "assessments", "decisions"),
    Rate("decided_in_6_weeks", "Requests decided within 6 weeks", ("decided_in_6_weeks",),
         ("decided_in_6_weeks", "decided_after_6_weeks"), "per 100 requests decided", "requests", "time", "higher"),
    Rate("plans_in_20_weeks", "New plans within 20 weeks", ("plans_in_20_weeks",), ("plans_timed",),
         "per 100 new plans, permitted exceptions left out", "timeliness", "time", "higher"),
    Rate("plans_over_1_year", "New plans that took over a year", ("plans_over_1_year",), ("plans_timed",),
         "per 100 new plans, permitted exceptions left out", "timeliness", "time", "lower"),
    Rate("reviews_in_4_weeks", "Review decisions within 4 weeks", ("reviews_decided_in_4_weeks",),
         ("reviews_decided_in_4_weeks", "reviews_decided_after_4_weeks"), "per 100 review decisions", "reviews", "time",
         "higher", note="First published for 2024; not for every authority."),
    Rate("mediation_on_requests", "Requests with mediation", ("request_mediations",), ("requests",),
         "per 100 requests received in the year", "requests", "mediation",
         note="Mostly mediation after a refusal; counts linked by the authority."),
    Rate("appeal_after_mediation", "Mediation followed by an appeal",
         ("request_appeals_after_mediation", "assessment_appeals_after_mediation", "other_appeals_after_mediation"),
         ("request_mediations", "assessment_mediations", "other_mediations"), "per 100 mediation cases of any kind",
         "assessments", "mediation",
         note="Counts linked by the authority; some appeals are registered after the return is made."),
    Rate("appeal_after_mediation_to_2021", "Mediation then an appeal (to 2021)", ("mediations_followed",),
         ("mediations_held",), "per 100 mediations held", "earlier", "mediation",
         note="The earlier return; not the same count as from 2023."),
)
"""Every rate the benchmark shows, in the order in which it shows them."""


def rate_called(name: str) -> Rate:
    """Return the declared rate of this name.

    Raises
    ------
    KeyError
        Where no such rate is declared; the message lists those that are.

    Examples
    --------
    >>> rate_called("plans_in_20_weeks").base
    'per 100 new plans, permitted exceptions left out'
    """
    for rate in RATES:
        if rate.name == name:
            return rate
    raise KeyError(f"no rate called {name!r}; declared: {', '.join(rate.name for rate in RATES)}")
