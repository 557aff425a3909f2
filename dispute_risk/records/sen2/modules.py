"""The modules of the SEN2 person-level return: what each holds, what it hangs from, and how it is spelt."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["ALIASES", "MODULES", "YEARS", "Module", "field_name", "module_named"]

YEARS = range(2023, 2026)
"""Collection years whose items are known here (2023 was the first year of person-level data)."""


@dataclass(frozen=True)
class Module:
    """One module of the return.

    Parameters
    ----------
    name : str
        As the CSV files call it.
    tag : str
        Element of the XML.
    parent : str
        Module it hangs from; '' for the person.
    fields : tuple of str
        Items, as the XML spells them, that are read here; the others are left alone.
    """

    name: str
    tag: str
    parent: str
    fields: tuple[str, ...]


MODULES: dict[str, Module] = {module.name: module for module in (
    Module("person", "Person", "", ("Surname", "Forename", "PersonBirthDate", "Sex", "Ethnicity", "UPN",
                                    "UniqueLearnerNumber")),
    Module("requests", "Requests", "person", ("ReceivedDate", "RequestSource", "RequestOutcomeDate", "RequestOutcome",
                                              "RequestMediation", "RequestTribunal", "Exported")),
    Module("assessment", "Assessment", "requests", ("AssessmentOutcome", "AssessmentOutcomeDate", "AssessmentMediation",
                                                    "AssessmentTribunal", "OtherMediation", "OtherTribunal", "Week20")),
    Module("namedplan", "NamedPlan", "assessment", ("StartDate", "CeaseDate", "CeaseReason")),
    Module("plandetail", "PlanDetail", "namedplan", ("URN", "UKPRN", "SENsetting", "PlacementRank", "SENunitIndicator",
                                                     "ResourcedProvisionIndicator")),
    Module("activeplans", "ActivePlans", "requests", ("TransferLA", "ReviewMeeting", "ReviewOutcome", "LastReview",
                                                      "ReviewDraft", "PhaseTransferDueDate", "PhaseTransferFinalDate")),
    Module("placementdetail", "PlacementDetail", "activeplans", ("URN", "UKPRN", "SENsetting", "PlacementRank",
                                                                 "SENunitIndicator", "ResourcedProvisionIndicator",
                                                                 "EntryDate", "LeavingDate")),
    Module("senneed", "SENneed", "activeplans", ("SENtype", "SENtypeRank")),
)}
"""The modules with the items read here. Source: the Department's SEN2 guides for 2023 to 2025, by way of the schema of
public COLLECT and D2I code."""

ALIASES: dict[str, str] = {
    "gendercurrent": "sex", "gender": "sex", "legalsex": "sex", "birthdate": "personbirthdate",
    "dateofbirth": "personbirthdate", "dob": "personbirthdate", "uln": "uniquelearnernumber",
    "lastname": "surname", "firstname": "forename", "ethnicgroup": "ethnicity",
    "requestreceiveddate": "receiveddate", "datereceived": "receiveddate", "source": "requestsource",
    "outcomedate": "requestoutcomedate", "assessoutcome": "assessmentoutcome",
    "assessoutcomedate": "assessmentoutcomedate", "week20exceptions": "week20", "planstartdate": "startdate",
    "planceasedate": "ceasedate", "planceasereason": "ceasereason", "senunit": "senunitindicator",
    "resourcedprovision": "resourcedprovisionindicator", "reviewmeetingdate": "reviewmeeting",
    "annualreviewmeeting": "reviewmeeting", "annualreviewoutcome": "reviewoutcome", "lastreviewdate": "lastreview",
    "reviewdraftdate": "reviewdraft", "placementstartdate": "entrydate", "placementenddate": "leavingdate",
    "senneedtype": "sentype", "senrank": "sentyperank", "sentyperanking": "sentyperank",
}
"""Spellings met in returns and exports, as `field_name` gives them, with the item they mean."""

_MODULE_ALIASES = {"request": "requests", "assessments": "assessment", "namedplans": "namedplan", "plan": "namedplan",
                   "plandetails": "plandetail", "activeplan": "activeplans", "placementdetails": "placementdetail",
                   "placement": "placementdetail", "senneeds": "senneed", "need": "senneed"}


def field_name(spelling: str) -> str:
    """Return an item's name in small letters, whatever its spelling, prefix or namespace.

    >>> field_name("ns0:GenderCurrent"), field_name("Received_Date"), field_name("SENSetting")
    ('sex', 'receiveddate', 'sensetting')
    """
    bare = re.sub(r"[^a-z0-9]", "", spelling.rpartition("}")[2].rpartition(":")[2].lower())
    return ALIASES.get(bare, bare)


def module_named(spelling: str) -> str:
    """Return the module that an element or file name means, or '' for none.

    >>> module_named("SENNeed"), module_named("Blade-Export_31-01-2025_requests"), module_named("Persons")
    ('senneed', 'requests', '')
    """
    bare = re.sub(r"[^a-z0-9]", "", spelling.rpartition("}")[2].rpartition(":")[2].rpartition("_")[2].lower())
    bare = _MODULE_ALIASES.get(bare, bare)
    return bare if bare in MODULES else ""
