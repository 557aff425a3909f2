"""What the weeks leave behind: runs, lists as shown, who saw what, what was done and why, so that nothing is altered unseen."""

from dispute_risk.triage.ledger.chain import Verdict, verify
from dispute_risk.triage.ledger.erasure import erase_before, erase_case
from dispute_risk.triage.ledger.opening import Ledger, open_ledger
from dispute_risk.triage.ledger.reading import Entry, Run, case_entries, runs, standing
from dispute_risk.triage.ledger.writing import record, record_run

# `export` and `replay` need pandas, and a case is to be shown at once: import them from their own modules.
__all__ = [
    "Entry", "Ledger", "Run", "Verdict", "case_entries", "erase_before", "erase_case", "open_ledger", "record",
    "record_run", "runs", "standing", "verify",
]  # fmt: skip
