"""The officer's desk as plain text for an 80-column terminal: the queue, and one case in full; laid out only."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from dispute_risk.explain.words import count_in_words, day_in_words, first_capital, short_day, when_in_words
from dispute_risk.triage.actions import STEPS
from dispute_risk.triage.ledger.reading import Entry, Run
from dispute_risk.triage.lists import LISTS
from dispute_risk.triage.queue import Queue

__all__ = ["HEADINGS", "case_lines", "entry_in_words", "queue_lines", "run_lines", "wrapped"]

WIDTH = 79
INVENTED = "INVENTED RECORDS, not a real authority."
HEADINGS = ("RISK", "REASONS", "DUTIES NOT MET", "WHAT CHANGED", "NEXT STEPS", "WHAT WOULD LOWER THE ESTIMATE", "TIMELINE",
            "ON RECORD", *(heading.upper() for heading in LISTS.values()))
"""The headings, in order; a terminal may show them in bold."""
BROKEN = "!"
"""Stands before a line of the timeline that shows a duty not met in time."""
WHY_SHOWN = ("A list is to offer help sooner: never to resist an appeal, and never to", "decide what a child gets.")


def wrapped(text: str, indent: int = 2, first: str = "") -> list[str]:
    """Return a text in lines of at most 79 characters."""
    lead = first.ljust(indent) if first else " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent=" " * indent, break_on_hyphens=False)


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _head(about: Mapping[str, Any], title: str) -> list[str]:
    lines = [title[:WIDTH]]
    if about.get("synthetic"):
        lines.append(INVENTED)
    return lines + wrapped(f"{about['authority']}, as of {day_in_words(_day(about['as_of']))}, release {about['release']}.", 0)


def queue_lines(shown: Queue) -> list[str]:
    """Return the queue, list by list, none over 79 characters."""
    about, cases = shown.run.about, shown.cases
    lines = _head(about, f"Queue of run {shown.run.number}: {count_in_words(len(cases), 'case')}")
    for note in about.get("notes", ()):
        lines += wrapped(str(note), 0)
    for name, heading in LISTS.items():
        here = [row for row in cases if row["list"] == name]
        if here:
            lines += ["", heading.upper(), f"  {'case':<14} {'area':<10} {'risk':<20} last date"]
            lines += [line for row in here for line in _queue_row(row)]
    if not cases:
        lines += ["", "Nothing in the queue fits. Leave out a filter, or see what was put off with --all."]
    if shown.put_off:
        said = count_in_words(shown.put_off, "case was", "cases were")
        lines += ["", f"{said} put off; show them too with --all."]
    if any(row["is_new"] for row in cases):
        lines += ["", "* new on its list since the list before."]
    return [*lines, "", *WHY_SHOWN]


def _queue_row(row: Mapping[str, Any]) -> list[str]:
    mark = "*" if row["is_new"] else " "
    last = short_day(_day(row["last_date_on"])) if row["last_date_on"] else "none set"
    start = f"{mark} {row['case_id']:<14} {str(row['area'])[:10]:<10} {row['risk_words'] or 'in dispute':<20} {last}"
    by = f" ({row['step_owner']}, by {short_day(_day(row['step_by_on']))})" if row["step_by_on"] else ""
    lines = [start[:WIDTH].rstrip(), *wrapped(row["next_step"] + by, 4)]
    if row.get("weeks_on_list") and row["list"] not in ("random_audit", "already_in_dispute"):
        lines += wrapped(f"On the list for {count_in_words(int(row['weeks_on_list']), 'week')}.", 4)
    done = [f"{STEPS[one['step']].label if one['step'] in STEPS else one['step']} ({short_day(_day(one['on']))})"
            for one in row["done"]]
    said = [*(["done: " + "; ".join(done)] if done else []), *(["known before"] if row["knew"] else []),
            *([f"overridden: {row['override']}"] if row["override"] else [])]
    return lines + (wrapped(first_capital("; ".join(said)) + ".", 4) if said else [])


def case_lines(page: Mapping[str, Any], about: Mapping[str, Any], recorded: Sequence[Entry] = ()) -> list[str]:
    """Return the page of one case, none over 79 characters.

    Parameters
    ----------
    page : mapping
        From `triage.desk.case_pages`, as the ledger holds it.
    about : mapping
        What is known of its run.
    recorded : sequence of Entry
        What people recorded of the case.
    """
    where = f" · {LISTS[page['list']]}" if page["list"] else ""
    lines = _head(about, f"Case {page['case_id']}, area {page['area']}{where}")
    lines += wrapped(page["state"] + ".", 0)
    if page["last_date_on"]:
        on = _day(page["last_date_on"])
        lines += wrapped(f"{first_capital(page['last_date_is'])}: {day_in_words(on, weekday=True)} "
                         f"({when_in_words(on, dt.date.fromisoformat(page['as_of']))}).", 0)
    parts = [("RISK", _risk(page)), ("REASONS", _listed(page["reasons"])),
             ("DUTIES NOT MET", [line for duty in page["duties"] for line in
                                 wrapped(f"{duty['sentence']} [{duty['source']}]", 4, f"  {BROKEN}")]),
             ("WHAT CHANGED", wrapped(page["changed"]) if page["changed"] else []),
             ("NEXT STEPS", [*_route(page), *(line for number, step in enumerate(page["steps"], 1)
                                              for line in _step(number, step))]),
             ("WHAT WOULD LOWER THE ESTIMATE", _alternatives(page)), ("TIMELINE", _timeline(page["timeline"])),
             ("ON RECORD", [line for entry in recorded for line in wrapped(entry_in_words(entry))])]
    for heading, body in parts:
        if body:
            lines += ["", heading, *body]
    return [*lines, "", *WHY_SHOWN]


def _listed(sentences: Sequence[str]) -> list[str]:
    return [line for sentence in sentences for line in wrapped(sentence, 4, "  -")]


def _risk(page: Mapping[str, Any]) -> list[str]:
    if page["risk"] is None:
        return wrapped("None is given: the case is already in dispute and is seen in full every week.")
    above = ("none of them has a higher one" if not page["higher_in_area"]
             else f"{page['higher_in_area']:,} of them {'has' if page['higher_in_area'] == 1 else 'have'} a higher one")
    return [*wrapped(f"{first_capital(page['risk_words'])} ({page['band']}): {page['risk_frequency']}."),
            *wrapped(f"Usual in the area: {page['area_words']}, over {count_in_words(page['area_cases'], 'case')} at risk; "
                     f"{above}.")]


def _route(page: Mapping[str, Any]) -> list[str]:
    """Return act now or wait, and why the first step is the first; pages recorded by earlier releases have neither."""
    return [line for name in ("timing", "route") if page.get(name) for line in wrapped(page[name])]


def _step(number: int, step: Mapping[str, Any]) -> list[str]:
    return [*wrapped(f"{step['label']} ({step['owner']}, within {count_in_words(step['within_days'], 'day')})", 5,
                     f"  {number}."),
            *wrapped(f"{step['why']} [{step['source']}]", 5), f"     Record it: --did {step['name']}"]


def _alternatives(page: Mapping[str, Any]) -> list[str]:
    if not page["alternatives"]:
        return []
    lines = []
    for one in page["alternatives"]:
        way = "about the same" if abs(one["change"]) < 0.005 else "lower" if one["change"] < 0 else "HIGHER"
        opens = (" The family could then appeal: that is their right, and no ground to wait with the decision."
                 if one["opens_a_window"] else "")
        lines += wrapped(f"if {one['supposed']}: {one['risk_words']} ({one['risk'] * 100:.1f} in 100, {way}).{opens}", 4, "  -")
    return lines + wrapped("Estimates for otherwise similar cases; not a forecast of what a step would do.")


def _timeline(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    said: list[str] = []
    for line in lines:
        mark = BROKEN if line["broken"] else " "
        said += wrapped(line["said"], 16, f"{mark} {short_day(_day(line['on']))}")
    return [*said, f"  {BROKEN} a duty not met in time"] if any(line["broken"] for line in lines) else said


def entry_in_words(entry: Entry) -> str:
    """Return one entry of the ledger as a line."""
    if not entry.said:
        return f"{entry.recorded_at[:10]} {entry.kind}: erased."
    said, step = entry.said, entry.said.get("step", "")
    words = {
        "did": f"Done: {STEPS[step].label if step in STEPS else step}", "seen": "Looked at",
        "snoozed": f"Put off until {day_in_words(_day(said.get('until')))}", "override": f"Overridden: {said.get('why', '')}",
        "knew": "Already known", "outcome": f"Outcome: {said.get('what', '')}",
    }.get(entry.kind, entry.kind)
    day = f" on {day_in_words(_day(said['on']))}" if said.get("on") else ""
    note = f"{day} ({said['note']})" if said.get("note") else day
    return f"{day_in_words(_day(entry.recorded_at[:10]))}, {said.get('who', '')}: {words}{note}."


def run_lines(runs: Sequence[Run]) -> list[str]:
    """Return the runs of a ledger, the earliest first."""
    lines = [f"{'run':>4}  {'as of':<11} {'made at':<17} {'by':<12} release"]
    lines += [f"{run.number:>4}  {run.about['as_of']:<11} {run.recorded_at[:16].replace('T', ' '):<17} "
              f"{str(run.about['who'])[:12]:<12} {run.about['release']}"[:WIDTH] for run in runs]
    return lines
