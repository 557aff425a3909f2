"""What only people can say about the use of a model, who has to say it, and the file they write it in."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dispute_risk.errors import OutputNotWritten, UnreadableFile
from dispute_risk.records.write import written_beside

__all__ = ["QUESTIONS", "Question", "draft_answers", "read_answers"]

HEAD, DPO, EQUALITY = "the head of SEND", "the data protection officer", "the equality lead"
TRIBUNAL, ANALYST, PRESS, RECORDS = "the tribunal manager", "the lead analyst", "the communications team", "the records manager"


@dataclass(frozen=True)
class Question:
    """Something a person has to write.

    Parameters
    ----------
    key : str
        Its name in the file of answers.
    asks : str
    role : str
        Who has to answer.
    """

    key: str
    asks: str
    role: str


QUESTIONS: tuple[Question, ...] = (
    Question("organisation", "Full name of the authority", HEAD),
    Question("team", "Team that runs the tool", HEAD),
    Question("responsible_owner", "Senior responsible owner: role, and how to reach the office", HEAD),
    Question("supplier", "Who outside the authority had a part in making, hosting or running it; their role, company number, "
             "how they were appointed, and what records they can reach. Write \"none\" if nobody had", HEAD),
    Question("purpose_here", "What the authority uses it for, in its own words, and where it is not used", HEAD),
    Question("why_a_model", "Why lists by rules alone would not do, and what else was considered", HEAD),
    Question("previous_process", "How cases were picked out before", TRIBUNAL),
    Question("benefit_expected", "What is expected to get better, and how it will be seen (the frozen before-and-after plan)",
             HEAD),
    Question("stage_of_use", "Where it stands (trial, pilot, in use) and since when", HEAD),
    Question("website", "Web page on which the authority tells the public about it", PRESS),
    Question("contact", "Office address for questions of the public", PRESS),
    Question("who_decides", "Who reads the lists, and who decides what is done in a case", TRIBUNAL),
    Question("how_to_overrule", "How an officer sets a list aside, and who sees the reasons given", TRIBUNAL),
    Question("time_for_each_case", "How long an officer has for each listed case, and where the case file is read", TRIBUNAL),
    Question("overrule_review", "Who looks at the share of cases overruled each quarter; what is done if it is nought", TRIBUNAL),
    Question("training", "What officers are taught before they use the lists, and how often again", TRIBUNAL),
    Question("how_to_challenge", "How a family or an officer can question a listing, and who answers", HEAD),
    Question("opt_out", "Whether a family can ask to be left out, and how that is done", DPO),
    Question("families_told", "How families are told (privacy notice and its date), and how the parent carer forum was heard",
             HEAD),
    Question("lawful_basis", "Lawful basis under UK GDPR Article 6, and the duty or power it rests on", DPO),
    Question("special_category", "Whether the data are of a special category, and the condition under Article 9 and Schedule 1",
             DPO),
    Question("automated_decisions", "Whether any significant decision is taken without meaningful human involvement "
             "(UK GDPR Articles 22A to 22D), and why not", DPO),
    Question("retention", "How long records, lists, the ledger and the released model are kept, and who deletes them", RECORDS),
    Question("access_and_storage", "Where records, lists and ledger are kept, and who can open them", RECORDS),
    Question("sharing", "With whom records or lists are shared, and under which agreement. Write \"nobody\" if so", DPO),
    Question("dpia_outcome", "Outcome, date and reference of the data protection impact assessment", DPO),
    Question("risks_accepted", "Which risks of the annex are accepted, by whom and until when", DPO),
    Question("equality_outcome", "Outcome, date and reference of the equality analysis under section 149 of the Equality Act "
                                 "2010",
             EQUALITY),
    Question("equality_actions", "What is done about the differences between groups shown in the annex", EQUALITY),
    Question("record_quality", "What is known of records that are late, missing or wrong, and how it is known", ANALYST),
    Question("audit_of_files", "Results of the quarterly blind check of files (listed cases against cases at random)", ANALYST),
    Question("watch_owner", "Who runs the drift watch each month, and who acts on it", ANALYST),
    Question("stop_rule", "What would make the authority stop using the model, and who says so", HEAD),
)
"""Every question, in the order of the file."""

HEADING = """# What only people can say. Write each answer between the quotation marks; leave "" where you cannot say yet.
# The documents then show TO BE COMPLETED BY and the role, and `dispute-risk docs --release` refuses to release them.
# This file is never written over: keep it with the model.
"""


def draft_answers(path: str | os.PathLike[str]) -> Path:
    """Write the file of answers with every question and no answer.

    Raises
    ------
    OutputNotWritten
        If it is there already (it may hold answers), or cannot be written.
    """
    place = Path(path)
    if place.exists():
        raise OutputNotWritten(f"{place} is there already and may hold answers. Give another name, or move it away.")
    lines = [HEADING]
    role = ""
    for question in QUESTIONS:
        if question.role != role:
            role = question.role
            lines.append(f"\n# --- {role} ---")
        lines.append(f"# {question.asks}.\n{question.key} = \"\"")
    with written_beside(place) as beside:
        beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place


def read_answers(path: str | os.PathLike[str]) -> Mapping[str, str]:
    """Return the answers of a file, by key; a question without an answer is left out.

    Raises
    ------
    UnreadableFile
        Where it is missing, is no TOML, names a question that is not asked, or holds something other than text.
    """
    place = Path(path)
    try:
        given = tomllib.loads(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableFile(f"{place}: the answers cannot be read ({error}). Write each as key = \"text\".") from error
    known = {question.key for question in QUESTIONS}
    problems = [f"{key}: no such question; allowed: see the file that dispute-risk docs drafts"
                for key in given if key not in known]
    problems += [f"{key} = {value!r}: write text between quotation marks" for key, value in given.items()
                 if key in known and not isinstance(value, str)]
    if problems:
        raise UnreadableFile(f"{place}: the answers cannot be used.", problems)
    return {key: value.strip() for key, value in given.items() if value.strip()}
