"""An invented authority's records written as a SEN2 person-level return, as XML or as the nine CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd

from dispute_risk.errors import RefusedUse
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.sen2.modules import MODULES
from dispute_risk.records.write import written_beside

__all__ = ["SHAPES", "invented_upn", "write_sen2"]

SHAPES = ("xml", "csv")
_SOURCE = {"parent": "1", "school": "2", "health": "3", "social_care": "4", "other": "5"}
_DECISION = {"assess": "Y", "refuse": "N", "withdrawn": "W"}
_OUTCOME = {"issue": "Y", "refuse": "N", "withdrawn": "W"}
_REVIEW = {"maintain": "M", "amend": "A", "cease": "C"}
_CEASED = {"max_age": "1", "needs_met": "2", "higher_education": "3", "employment": "4", "moved_out": "5",
           "deceased": "8", "other": "9"}
_WITHOUT_URN = {"home": "EHE", "eotas": "OLA", "early_years": "EYP", "none": "NIEO"}
_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"

Node = tuple[str, dict[str, str], list[Any]]


def invented_upn(number: int) -> str:
    """Return a pupil number in the right form for an invented child (authority 000 does not exist).

    >>> invented_upn(1)
    'P000000000001'
    """
    digits = f"{number:012d}"
    return _LETTERS[sum(int(mark) * weight for weight, mark in enumerate(digits, 2)) % 23] + digits


def write_sen2(casebook: Casebook, path: str | Path, shape: str = "xml", year: int = 0) -> Path:
    """Write invented records as a SEN2 return.

    Parameters
    ----------
    casebook : Casebook
        It must be invented: a return carries names and pupil numbers, which a real casebook does not have.
    path : path
        The XML file, or the folder for the nine CSV files.
    shape : {'xml', 'csv'}
    year : int
        Collection year; by default the year after the records end. 2023 has neither ReviewMeeting nor RequestSource,
        2024 has no RequestSource, ReviewDraft or phase transfer dates, as in the real returns.

    Raises
    ------
    RefusedUse
        If the records are real.
    ValueError
        If the shape is none of the two.

    Notes
    -----
    As in the real return, a person carries the requests, the current plan, its last review and the placements; earlier
    versions of plans, advice, contacts, mediation and appeals have no place in it.
    """
    if not casebook.synthetic:
        raise RefusedUse("Only invented records are written as a SEN2 return: a real casebook is pseudonymous.")
    if shape not in SHAPES:
        raise ValueError(f"shape is {shape!r}; it must be xml or csv")
    year = year or casebook.recorded_to.year + 1
    wanted = Path(path)
    header = {"Collection": "SEN2", "Year": str(year), "ReferenceDate": f"{year}-01-16", "SourceLevel": "L",
              "LEA": "000", "SoftwareCode": "invented records", "Release": "1", "SerialNo": "1",
              "DateTime": f"{casebook.recorded_to.isoformat()}T12:00:00"}
    people = _people(casebook, year)
    if shape == "xml":
        with written_beside(wanted) as beside, beside.open("w", encoding="utf-8") as file:
            _write_xml(file, header, people)
    else:
        day = casebook.recorded_to.strftime("%d-%m-%Y")
        with written_beside(wanted, folder=True) as beside:
            _write_csv(beside, f"Blade-Export_{day}_", header, people)
    return wanted


def _by_case(casebook: Casebook, name: str, order: str) -> dict[str, list[dict[str, str]]]:
    """The rows of a table by case, in the order of a date, every cell as text."""
    if name not in casebook.tables:
        return {}
    frame = casebook.tables[name].sort_values(order, kind="stable")
    text = pd.DataFrame({column: _text(frame[column]) for column in frame.columns})
    found: dict[str, list[dict[str, str]]] = {}
    for row in text.to_dict("records"):
        found.setdefault(str(row["case_id"]), []).append({str(key): str(value) for key, value in row.items()})
    return found


def _text(values: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return values.dt.strftime("%Y-%m-%d").astype(object).where(values.notna(), "")
    if pd.api.types.is_float_dtype(values.dtype):
        return values.map(lambda value: "" if pd.isna(value) else f"{value:g}").astype(object)
    return values.astype(object).where(values.notna(), "")


def _people(casebook: Casebook, year: int) -> Iterator[Node]:
    """Give each person as a tree of modules."""
    requests, assessments = _by_case(casebook, "requests", "received_on"), _by_case(casebook, "assessments",
                                                                                  "outcome_sent_on")
    plans, reviews = _by_case(casebook, "plans", "issued_on"), _by_case(casebook, "reviews", "review_id")
    placements = _by_case(casebook, "placements", "from_on")
    for number, (case_id, rows) in enumerate(_by_case(casebook, "cases", "case_id").items(), 1):
        case = rows[0]
        finals = [plan for plan in plans.get(case_id, []) if plan["kind"] in ("final", "amended_final")]
        asked = _requests(requests.get(case_id, []), assessments.get(case_id, []), year)
        if not asked and not finals:
            continue
        if finals:
            holder = next((node for node in reversed(asked) if node[1]["RequestOutcome"] == "Y"
                           and any(child[1].get("AssessmentOutcome") == "Y" for child in node[2])), None)
            if holder is None:
                holder = ("requests", {"RequestOutcome": "H"}, [("assessment", {"AssessmentOutcome": "H"}, [])])
                asked.insert(0, holder)
            holder[2][0][2].append(_named_plan(finals[-1], case))
            holder[2].append(_active_plan(case, reviews.get(case_id, []), placements.get(case_id, []), year))
        sex = "GenderCurrent" if year == 2023 else "Sex"
        yield ("person", {"Surname": "Invented", "Forename": f"Child {number}",
                          "PersonBirthDate": case.get("birth_date",
               ""), sex: case.get("sex", ""), "Ethnicity": case.get("ethnicity", ""), "UPN": invented_upn(number)},
               asked)


def _requests(asked: list[dict[str, str]], results: list[dict[str, str]], year: int) -> list[Node]:
    by_request = {row["request_id"]: row for row in results}
    nodes: list[Node] = []
    for row in asked:
        items = {"ReceivedDate": row["received_on"], "RequestOutcomeDate": row.get("decision_sent_on", ""),
                 "RequestOutcome": _DECISION.get(row.get("decision", ""), "A")}
        if year >= 2025:
            items["RequestSource"] = _SOURCE.get(row.get("source", ""), "")
        children: list[Node] = []
        if row.get("decision") == "assess":
            result = by_request.get(row["request_id"], {})
            children.append(("assessment", {"AssessmentOutcome": _OUTCOME.get(result.get("outcome", ""), "A"),
                                            "AssessmentOutcomeDate": result.get("outcome_sent_on", ""),
                                            "Week20": row.get("exception", "")}, []))
        nodes.append(("requests", items, children))
    return nodes


def _where(setting_type: str, setting_id: str) -> dict[str, str]:
    if setting_type in _WITHOUT_URN:
        return {"SENsetting": _WITHOUT_URN[setting_type]}
    items = {"URN": str(100000 + int("".join(mark for mark in setting_id if mark.isdigit()) or 0))}
    return items | ({"ResourcedProvisionIndicator": "1"} if setting_type == "resourced_mainstream" else {})


def _named_plan(plan: dict[str, str], case: dict[str, str]) -> Node:
    where = _where(plan.get("setting_type", ""), "") if plan.get("section_i") == "setting_named" else {
        "SENsetting": "OTH" if plan.get("section_i") == "type_only" else ""}
    items = {"StartDate": plan["issued_on"], "CeaseDate": case.get("closed_on", ""),
             "CeaseReason": _CEASED.get(case.get("closed_reason", ""), "")}
    return ("namedplan", items, [("plandetail", {**where, "PlacementRank": "1"}, [])])


def _active_plan(case: dict[str, str], reviews: list[dict[str, str]], placements: list[dict[str, str]],
                 year: int) -> Node:
    done = [row for row in reviews if row.get("decision_sent_on") or row.get("meeting_on")]
    last = max(done, key=lambda row: row.get("meeting_on") or row["decision_sent_on"], default={})
    items = {"LastReview": last.get("decision_sent_on", "")}
    if year >= 2024:
        items |= {"ReviewMeeting": last.get("meeting_on", ""), "ReviewOutcome": _REVIEW.get(last.get("decision", ""),
                                                                                            "")}
    if year >= 2025:
        items["ReviewDraft"] = last.get("amended_draft_on", "")
        if last.get("kind") == "phase_transfer":
            items |= {"PhaseTransferDueDate": f"{year - 1}-02-15",
                      "PhaseTransferFinalDate": last.get("amended_final_on", "")}
    children: list[Node] = [("placementdetail", {**_where(row.get("setting_type", ""), row.get("setting_id", "")),
                                                 "PlacementRank": "1", "EntryDate": row["from_on"],
                                                 "LeavingDate": row.get("to_on", "")}, []) for row in placements]
    if case.get("primary_need"):
        children.append(("senneed", {"SENtype": case["primary_need"], "SENtypeRank": "1"}, []))
    return ("activeplans", items, children)


def _write_xml(file: Any, header: dict[str, str], people: Iterator[Node]) -> None:
    file.write('<?xml version="1.0" encoding="utf-8"?>\n<!-- Invented records, not a real authority. -->\n<Message>\n'
               "  <Header>\n")
    for section, names in (("CollectionDetails", ("Collection", "Year", "ReferenceDate")),
                           ("Source", ("SourceLevel", "LEA", "SoftwareCode", "Release", "SerialNo", "DateTime"))):
        items = "".join(f"<{name}>{escape(header[name])}</{name}>" for name in names)
        file.write(f"    <{section}>{items}</{section}>\n")
    file.write("  </Header>\n  <Persons>\n")
    for person in people:
        file.write(_as_xml(person, "    "))
    file.write("  </Persons>\n</Message>\n")


def _as_xml(node: Node, indent: str) -> str:
    module, items, children = node
    tag = MODULES[module].tag
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in items.items() if value)
    below = "".join(_as_xml(child, indent + "  ") for child in children)
    return f"{indent}<{tag}>{inner}\n{below}{indent}</{tag}>\n" if below else f"{indent}<{tag}>{inner}</{tag}>\n"


def _write_csv(folder: Path, beginning: str, header: dict[str, str], people: Iterator[Node]) -> None:
    """Write the nine files; tables join by `<name>tableid`, dates read 2022-Sep-28 00:00:00."""
    rows: dict[str, list[dict[str, str]]] = {name: [] for name in MODULES}
    for person in people:
        _as_rows(person, "1", rows)
    _one_csv(folder / f"{beginning}sen2.csv", "sen2", "", tuple(header), [{"sen2tableid": "1", **header}])
    for name, module in MODULES.items():
        extra = ("GenderCurrent",) if name == "person" else ()
        _one_csv(folder / f"{beginning}{name}.csv", name, module.parent or "sen2", (*module.fields, *extra), rows[name])


def _as_rows(node: Node, parent: str, rows: dict[str, list[dict[str, str]]]) -> None:
    module, items, children = node
    number = str(len(rows[module]) + 1)
    above = MODULES[module].parent or "sen2"
    rows[module].append({f"{module}tableid": number, f"{above}tableid": parent, **items})
    for child in children:
        _as_rows(child, number, rows)


def _one_csv(path: Path, name: str, parent: str, fields: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    text = io.StringIO()
    keys = [f"{name}tableid", "NativeId", f"{name}orderseqcolumn", "sourceid",
            *([f"{parent}tableid"] if parent else [])]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*keys, *(field.lower() for field in fields)])
    for place, row in enumerate(rows, 1):
        own = [row[f"{name}tableid"], str(place), str(place), "1", *([row[f"{parent}tableid"]] if parent else [])]
        writer.writerow([*own, *(_csv_cell(row.get(field, "")) for field in fields)])
    path.write_text(text.getvalue(), encoding="utf-8-sig")


def _csv_cell(value: str) -> str:
    if len(value) == 10 and value[4:5] == value[7:8] == "-":
        return pd.Timestamp(value).strftime("%Y-%b-%d 00:00:00")
    return value
