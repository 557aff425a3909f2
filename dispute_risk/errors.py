"""What a user can get wrong: one class and one exit code each.

Every error here is written for the person who has to put it right. The command line shows the message without a
traceback and leaves with `exit_code`, so that a script can tell the cases apart.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "EXIT_CODES",
    "DisputeRiskError",
    "DocumentsUnfinished",
    "LedgerAltered",
    "ModelNotUsable",
    "NotEnoughHistory",
    "OutputNotWritten",
    "ProblemsFound",
    "RefusedUse",
    "UnknownName",
    "UnreadableFile",
    "UnusableRecords",
]


class DisputeRiskError(Exception):
    """A mistake the user can put right; carries every problem found, not only the first.

    Parameters
    ----------
    message : str
        What is wrong, where, which value, what is allowed and what to do.
    problems : sequence of str, optional
        Further lines, one problem each, shown under the message.
    """

    exit_code = 1
    meaning = "something the tool could not do"

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  {line}" for line in self.problems)])


class UnreadableFile(DisputeRiskError):
    """A file or folder is missing, is not what its name says, or cannot be read to its end."""

    exit_code = 3
    meaning = "a file or folder is missing or cannot be read"


class UnusableRecords(DisputeRiskError):
    """A required table is missing, or nothing in it can be used."""

    exit_code = 4
    meaning = "a required table is missing or nothing in it can be used"


class ProblemsFound(DisputeRiskError):
    """`check` found rows to set aside; the rest can be used."""

    exit_code = 5
    meaning = "check found problems; the rest of the records can be used"


class NotEnoughHistory(DisputeRiskError):
    """Too little history, or too few appeals, for what was asked."""

    exit_code = 6
    meaning = "not enough history or too few appeals for what was asked"


class ModelNotUsable(DisputeRiskError):
    """A released model is missing, damaged, expired, or was made for other features."""

    exit_code = 7
    meaning = "the released model is missing, damaged, expired or made for other features"


class OutputNotWritten(DisputeRiskError):
    """The place for the output cannot be written, or already holds something else."""

    exit_code = 8
    meaning = "the output could not be written; nothing was left half written"


class UnknownName(DisputeRiskError):
    """A case, area, authority or feature that is not in the records."""

    exit_code = 9
    meaning = "a case, area, authority or feature that is not in the records"


class RefusedUse(DisputeRiskError):
    """A use this tool refuses, such as ranking cases to resist them."""

    exit_code = 10
    meaning = "a use that this tool refuses"


class LedgerAltered(DisputeRiskError):
    """A ledger in which something is not as it was written."""

    exit_code = 11
    meaning = "ledger verify found something altered"


class DocumentsUnfinished(DisputeRiskError):
    """Documents of governance are to be released and still hold fields that only people can fill in."""

    exit_code = 12
    meaning = "the documents still hold fields to be completed by people"


EXIT_CODES: dict[int, str] = {
    0: "done",
    2: "the command was typed wrongly (see --help)",
    **{
        kind.exit_code: kind.meaning
        for kind in (
            DisputeRiskError,
            UnreadableFile,
            UnusableRecords,
            ProblemsFound,
            NotEnoughHistory,
            ModelNotUsable,
            OutputNotWritten,
            UnknownName,
            RefusedUse,
            LedgerAltered,
            DocumentsUnfinished,
        )
    },
    130: "stopped by the user; nothing was left half written",
}
"""What each exit code of the command line means."""
