"""The commands, in the order of the week; each is loaded when it is called, and calculates nothing itself."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from dispute_risk import __version__
from dispute_risk.errors import EXIT_CODES, DisputeRiskError

__all__ = ["COMMANDS", "main"]

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "Show the whole week on an invented authority, in two minutes."),
    "simulate": ("simulate", "Invent an authority's records."),
    "import": ("import_", "Turn a Department's return into a casebook."),
    "map": ("map_", "Turn a local export into a casebook."),
    "check": ("check", "Find every problem in a casebook, and what it costs."),
    "features": ("features", "Print the catalogue of features."),
    "train": ("train", "Train and release a model."),
    "validate": ("validate", "Test the model on later dates."),
    "fairness": ("fairness", "Check who is on the lists, and who is not heard."),
    "docs": ("docs", "Write the documents of governance of a release."),
    "score": ("score", "Give every case at risk its risk and reasons."),
    "weekly": ("weekly", "Write the weekly risk list of each area."),
    "monitors": ("monitors", "Show replies, reviews, the work ahead, the order served, and data gaps."),
    "triage": ("triage", "Work through the queue, one case in full, and record what is done."),
    "watch": ("watch", "Say whether the model still fits, what changed, and what to do."),
    "ledger": ("ledger", "Show, check, export and erase what the weeks left behind."),
    "appeal": ("appeal", "Help to answer one registered appeal."),
    "appeals": ("appeals", "List the open appeals by next date."),
    "england": ("england", "Show where an authority stands in England."),
    "causes": ("causes", "Report what lies behind the appeals of a period."),
    "before-after": ("before_after", "Compare before and after the launch, by a frozen plan."),
    "mediation": ("mediation", "Study whether an offer of mediation means fewer appeals here, and attack the figure."),
    "business-case": ("business_case", "Work out whether the mediation pilot is worth extending."),
    "in-parts": ("in_parts", "Write records as Parquet in parts, for a cluster or a large run."),
    "score-many": ("score_many", "Give the cases of many authorities their risks, each with its own model."),
    "completion": ("completion", "Let the shell complete what you type."),
}
"""Name of each command, the module that holds it, and what it is for."""


class LazyCommands(click.Group):
    """A group that imports a command only when it is called, so that help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the week."""
        return [name for name, (module, _) in COMMANDS.items() if _present(module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None where there is none of that name."""
        if cmd_name not in COMMANDS or not _present(COMMANDS[cmd_name][0]):
            return None
        command: click.Command = import_module(f"dispute_risk.commands.{COMMANDS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


def _present(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(f"dispute_risk.commands.{module}") is not None


def _exit_codes() -> str:
    return "\b\nExit codes:\n" + "\n".join(f"  {code:>2}  {meaning}" for code, meaning in EXIT_CODES.items())


@click.group(
    cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_exit_codes(),
)
@click.version_option(__version__, prog_name="dispute-risk")
def commands() -> None:
    """Which EHC cases are heading for the SEND Tribunal, why, and what to put right first.

    It is for officers' desks. It never decides anything about a child, and no list may be used to resist an appeal or to
    decide provision.

    \b
    Example:
      dispute-risk check casebook
      dispute-risk train casebook --as-of 2025-06-02 --out models/2025-06
      dispute-risk weekly casebook --model models/2025-06 --as-of 2025-06-09 --capacity 10 --out monday
    """


ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Read when numpy is loaded, which no command has done yet. On a laptop with other work, two threads wait for each other."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a mistake of the user ends in its message and its exit code, never in a traceback."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    try:
        code = commands.main(args=arguments, prog_name="dispute-risk", standalone_mode=False)
    except DisputeRiskError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        click.echo("Stopped. Nothing was left half written.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    # Outside its own mode click hands back the code of `context.exit` instead of leaving with it.
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
