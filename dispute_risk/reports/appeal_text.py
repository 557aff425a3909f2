"""One registered appeal as plain text for an 80-column terminal: laid out only, nothing worked out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from dispute_risk import terms
from dispute_risk.explain.words import (
    count_in_words,
    day_in_words,
    days_in_words,
    range_in_words,
    short_day,
    when_in_words,
)
from dispute_risk.tribunal.case_law import CaseLaw
from dispute_risk.tribunal.costs import stake_to_break_even, unit_costs
from dispute_risk.tribunal.desk import AppealPage
from dispute_risk.tribunal.open_appeals import OpenAppeals, grounds_short
from dispute_risk.tribunal.options import choice_in_words
from dispute_risk.tribunal.record import ENDINGS, GroundRecord
from dispute_risk.tribunal.timetable import Step

__all__ = ["HEADINGS", "appeal_lines", "case_law_lines", "open_appeals_lines"]

WIDTH = 79
INVENTED = "INVENTED RECORDS, not a real authority."
HEADINGS = ("DATES", "POINTS TO CHECK", "EVIDENCE MISSING", "OPTIONS", "HOW SUCH APPEALS ENDED", "EXPECTED COST",
            "CAUSES PROPOSED", "CASE LAW")
"""The headings of the page, in order; a terminal may show them in bold."""

STATUS = {"done": "done", "ahead": "", "today": "today", "breached": "BREACHED", "check": "passed: check", "ask": "ask"}
HOW_SURE = {"V": "read in the official text or at IPSEA", "V2": "secondary source", "practice": "good practice",
            "recorded": "", "officer": "", "D": "worked out"}


def _wrapped(text: str, indent: int, first: str = "") -> list[str]:
    lead = first.ljust(indent) if first else " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent=" " * indent, break_long_words=True,
                         break_on_hyphens=False)


def appeal_lines(page: AppealPage) -> list[str]:
    """Return the page of one appeal, line by line, none over 79 characters.

    Parameters
    ----------
    page : AppealPage
    """
    parts = [_head(page), _dates(page), _points(page), _evidence(page), _options(page), _record(page), _costs(page),
             _causes(page), _law(page)]
    return [line for part in parts if part for line in [*part, ""]][:-1]


def _head(page: AppealPage) -> list[str]:
    file, appeal, decision = page.file, page.file.appeal, page.file.decision
    lines = [f"Appeal {appeal.appeal_id}, case {appeal.case_id}, area {file.area or 'not recorded'}, as of "
             f"{day_in_words(file.as_of)}"]
    if file.synthetic:
        lines.append(INVENTED)
    extended = " Health or social care recommendations are sought too." if appeal.extended else ""
    lines += _wrapped(f"{appeal.grounds_in_words}.{extended}", 10, "Grounds")
    against = (f"{terms.DECISION_TYPE.label(decision.kind)}, sent on {day_in_words(decision.sent_on)}" if decision
               else "no notice in the records fits the grounds: check them")
    lines += _wrapped(against, 10, "Against")
    if (step := page.dates.next_step) is not None and step.on is not None:
        when = f"{day_in_words(step.on, weekday=True)} ({when_in_words(step.on, file.as_of)})"
        lines += _wrapped(f"{step.what}, {when}", 10, "Next")
    if chosen := choice_in_words(page.answers.choice):
        lines += _wrapped(chosen, 10, "Chosen")
    return lines


def _dates(page: AppealPage) -> list[str]:
    lines = ["DATES"]
    for step in page.dates.steps:
        lines += _date_lines(step, page)
    return lines


def _date_lines(step: Step, page: AppealPage) -> Iterator[str]:
    on = short_day(step.on) or "no date"
    status = STATUS[step.status] or when_in_words(step.on, page.file.as_of)
    if step.status == "breached" and step.on is not None:
        status = f"BREACHED, {when_in_words(step.on, page.file.as_of)}"
    first, *rest = textwrap.wrap(f"{step.what} ({step.by_whom})", WIDTH - 14 - len(status) - 1)
    yield f"{on:>12}  {first:<{WIDTH - 15 - len(status)}} {status}".rstrip()
    for line in rest:
        yield " " * 14 + line
    sure = HOW_SURE[step.verified]
    if step.verified != "recorded" or "; " in step.source:
        yield from _wrapped(f"{step.source}{f' [{sure}]' if sure else ''}", 14)
    if step.note:
        yield from _wrapped(step.note, 14)


def _points(page: AppealPage) -> list[str]:
    lines = ["POINTS TO CHECK", *_wrapped(f"{page.checklist.summary()}.", 2)]
    groups = (("In order", "yes"), ("Not in order", "no"), ("Ask the officer", "not recorded"))
    for heading, answer in (groups[1], groups[2], groups[0]):
        found = [line for line in page.checklist.lines if line.answer == answer]
        if not found:
            continue
        lines.append(f"  {heading}")
        for line in found:
            mark = {"yes": "yes", "no": "NO", "not recorded": "?"}[answer]
            lines += _wrapped(line.item.question, 8, f"    {mark}")
            if line.officer:
                lines += _wrapped(f"The officer: {line.officer}.", 8)
            if line.records.said:
                lines += _wrapped(line.records.said, 8)
            if answer == "no":
                lines += _wrapped(f"To do: {line.item.put_right}", 8)
            if answer != "yes":
                sure = HOW_SURE[line.item.verified]
                lines += _wrapped(f"[{line.item.source}{'; ' + sure if line.item.verified == 'V2' else ''}]", 8)
    return lines


def _evidence(page: AppealPage) -> list[str]:
    if not page.file.appeal.open:
        return []
    pieces = page.evidence.pieces
    if not pieces:
        return ["EVIDENCE MISSING", "  Nothing by the records."]
    back = page.evidence.counted_back_from
    counted = f"Counted back from: {back}." if back else "No date lies ahead to count back from: ask today."
    if back and "evidence" not in back:
        counted += (" The date for evidence is not known and may come sooner: ask now, the days below are the last "
                    "possible; give it with --date evidence=.")
    lines = ["EVIDENCE MISSING", *_wrapped(counted, 2)]
    for piece in pieces:
        by = "ask today: too late to be sure of it" if piece.too_late else (
            f"ask by {short_day(piece.ask_by)}" if piece.ask_by else "ask today")
        lines += _wrapped(f"{piece.what[0].upper()}{piece.what[1:]}, from {piece.from_whom}; {by}. "
                          f"{piece.why[0].upper()}{piece.why[1:]}.", 4, "  -")
    return lines


def _options(page: AppealPage) -> list[str]:
    lines = ["OPTIONS", *_wrapped(page.options.note, 2)]
    if page.options.after_response:
        lines += _wrapped(page.options.after_response, 2)
    for option in page.options.options:
        lines += [f"  {option.name}", *_wrapped(option.means, 4), *_wrapped(f"Needs: {option.needs}", 4)]
        for duty in option.obliges:
            sure = f", {HOW_SURE[duty.verified]}" if duty.verified == "V2" else ""
            when = "from today" if duty.limit == "at once" else f"by {short_day(duty.due_on)} ({duty.limit}{sure})"
            lines += _wrapped(f"{duty.what} {when}", 8, "    -")
        if option.obliges:
            since = "if the order were made today" if page.options.after_response else "counted from today"
            lines += _wrapped(f"[{option.obliges[0].source}; {since}]", 4)
    return lines


def _record(page: AppealPage) -> list[str]:
    record = page.options.record
    prior = record.prior
    labels = [label for label, _ in ENDINGS.values()]
    national = "; ".join(f"{share:.0%} {label}" for share, label in zip(prior.shares, labels, strict=True))
    lines = ["HOW SUCH APPEALS ENDED",
             *_wrapped(f"England {prior.year}, all grounds: {national}. Not published by ground. [{prior.source}; "
                       f"{prior.verified}]", 2),
             *_wrapped(f"{page.file.authority}: {count_in_words(record.closed, 'closed appeal')} registered a year or "
                       "more before today.", 2)]
    for one in record.grounds:
        lines += _ground_lines(one, record.kappa)
    return lines


def _ground_lines(one: GroundRecord, kappa: float) -> Iterator[str]:
    label = terms.GROUND.label(one.ground)
    yield f"  {label[0].upper()}{label[1:]}"
    if one.few:
        yield from _wrapped(f"Only {count_in_words(one.closed, 'closed appeal')} here: too few to say; see England "
                            "above.", 4)
        return
    for place, (ending, _) in enumerate(ENDINGS.values()):
        low, high = one.pooled.interval[place]
        share = one.pooled.shares[place]
        said = "fewer than 1" if share < 0.005 else f"about {share * 100:.0f}"
        yield from _wrapped(f"{said} in 100 ({range_in_words(low, high)}) {ending}", 6, "    -")
    ended = {terms.APPEAL_OUTCOME.label(code): count for code, count in one.by_outcome.items() if count}
    yield from _wrapped("Recorded: " + ", ".join(f"{count} {label}" for label, count in ended.items()) + ".", 4)
    slow = f" Half took more than {days_in_words(one.median_days)} from registration." if one.closed else ""
    still = " Corrected for those still open." if one.corrected else ""
    yield from _wrapped(f"Based on {one.closed} here, drawn towards other grounds and England (worth {kappa:.0f} "
                        f"appeals); 80% range.{still}{slow}", 4)


def _costs(page: AppealPage) -> list[str]:
    if not page.options.options or not page.options.record.grounds:
        return []
    if not page.options.costs_shown:
        return ["EXPECTED COST", *_wrapped("Shown once every question above is answered (--answers FILE, or "
                                           "--checklist-done): the legal test and the child's needs come first.", 2)]
    leading = max(page.options.record.grounds, key=lambda one: one.closed)
    share = float(leading.pooled.shares[list(ENDINGS).index("decided_for_authority")])
    hearing = unit_costs()["casework_hearing"]
    stake = float(f"{stake_to_break_even(share, hearing.low):.2g}")
    lines = ["EXPECTED COST", *_wrapped(
        f"An appeal with a hearing costs about {hearing.pounds} ({hearing.price_year} prices). At {share:.1%} decided "
        f"for the authority in full, going on would pay for itself only with about GBP {stake:,.0f} at stake.", 2)]
    for option in page.options.options:
        if option.cost is not None:
            lines += _wrapped(f"{option.name}: about GBP {option.cost.mean:,.0f} ({option.cost.low:,.0f} to "
                              f"{option.cost.high:,.0f}); {option.cost.rests_on}.", 4, "  -")
    lines += _worth_of_a_report(page)
    lines += _wrapped("Casework of the authority from the start of an appeal, each figure in its own price year. "
                      "What is spent already does not count. The place or provision in dispute is not in it and runs "
                      "either way.", 2)
    for cost in unit_costs().values():
        sure = {"V": "read there", "V2": "secondary source", "D": "worked out"}[cost.verified]
        lines += _wrapped(f"{cost.what[0].upper()}{cost.what[1:]}: {cost.pounds}, {cost.price_year} [{cost.source}; "
                          f"{sure}; {cost.caveat}]", 4, "  -")
    return lines


def _worth_of_a_report(page: AppealPage) -> list[str]:
    """Return what a report that is missing is worth before choosing, where one is missing."""
    missing = [piece.what for piece in page.evidence.pieces if piece.what.endswith("advice") and piece.from_whom != "the family"]
    if not missing:
        return []
    if page.options.information is None:
        return _wrapped(f"What {missing[0]} would be worth before choosing: give what is in dispute in pounds with --stake.", 2)
    return _wrapped(f"Missing: {'; '.join(missing)}. {page.options.information.summary()}", 2)


def _causes(page: AppealPage) -> list[str]:
    coded = [page.answers.primary_cause, *page.answers.further_causes]
    lines = ["CAUSES PROPOSED", *_wrapped("For the officer to code, one primary; what the records speak for:", 2)]
    if page.answers.primary_cause:
        lines += _wrapped("Coded: " + "; ".join(terms.CAUSE.label(code) for code in coded if code) + ".", 2)
    if not page.causes:
        lines.append("  Nothing by the records.")
    for proposal in page.causes:
        lines += _wrapped(f"{proposal.label} ({proposal.code})", 4, "  -")
        for said in proposal.evidence:
            lines += _wrapped(said, 6)
    return lines


def _law(page: AppealPage) -> list[str]:
    lines = ["CASE LAW", *_wrapped('Points, sources and when checked: dispute-risk appeal --law "WORDS"', 2)]
    for one in page.law.rulings:
        lines += _wrapped(f"{one.issue}: {one.case} {one.citation}", 4, "  -")
    return lines


def case_law_lines(law: CaseLaw) -> list[str]:
    """Return rulings as text: issue, case, point, source and when it was checked; addresses are not cut."""
    lines: list[str] = []
    for one in law.rulings:
        lines += _wrapped(f"{one.issue}: {one.case} {one.citation}", 4, "  -")
        lines += _wrapped(one.point, 6)
        lines.append(f"      checked {one.checked_on}: {one.source}")
    return lines or ["  No ruling in the table fits."]


def open_appeals_lines(listed: OpenAppeals) -> list[str]:
    """Return the list of open appeals as text, none over 79 characters."""
    lines = [*([INVENTED] if listed.synthetic else []), *_wrapped(listed.summary(), 0), ""]
    lines.append(f"{'next date':>11} {'days':>5}  {'case':<9} {'area':<5} {'grounds':<17} what")
    for one in listed.appeals:
        mark = {"breached": "BREACHED: ", "check": "CHECK: ", "open": ""}[one.status]
        days = "" if one.days_left is None else str(one.days_left)
        grounds = textwrap.wrap(grounds_short(one.grounds) or "not recorded", 17)
        what = textwrap.wrap(f"{mark}{one.next_what}", WIDTH - 53)
        for place in range(max(len(grounds), len(what))):
            start = f"{short_day(one.next_on):>11} {days:>5}  {one.case_id:<9} {one.area:<5} "
            start = " " * 35 if place else start
            ground = grounds[place] if place < len(grounds) else ""
            lines.append(f"{start}{ground:<17} {what[place] if place < len(what) else ''}".rstrip())
    return lines
