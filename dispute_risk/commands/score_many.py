"""The command `score-many`: the risks and lists of many authorities in one run, each with its own model."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispute_risk.commands.opening import Day

if TYPE_CHECKING:
    from dispute_risk.triage.many import Scored

__all__ = ["command"]


@click.command(name="score-many")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--models", type=click.Path(path_type=Path), required=True, metavar="DIR",
              help="Holds a released model for each authority, in a folder of its name.")
@click.option("--as-of", type=Day(), required=True, metavar="DATE", help="Nothing known after this date is used.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR",
              help="Gets a folder for each authority.")
@click.option("--capacity", type=click.IntRange(1), default=10, show_default=True, metavar="N",
              help="Cases each area can act on in a week.")
@click.option("--policy", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="How capacity is shared out, as TOML; the same for every authority.")
@click.option("--engine", type=click.Choice(["one", "spark"]), default="one", show_default=True,
              help="one: this machine, one authority after the other. spark: a cluster.")
@click.option("--json", "as_json", is_flag=True, help="Print what came of each authority as JSON, for a program to read.")
def command(
    folder: Path, models: Path, as_of: dt.date, out: Path, capacity: int, policy: Path | None, engine: str, as_json: bool
) -> None:
    """Give every case of every authority in FOLDER its risk and reasons, and make the lists of every area.

    FOLDER holds authorities in parts (dispute-risk in-parts). Each is worked out by itself with its own model, and nothing
    of one reaches another. DIR gets, for each, risk.csv and lists.csv in a folder of its name, and authorities.csv over all.
    Where one cannot be done, a model missing say, the others are done and the exit code is not 0. The lists remember no
    earlier week and give no steps: dispute-risk weekly does, for one authority.

    With --engine spark every machine of the cluster must see the three folders under the same names.

    \b
    Example:
      dispute-risk score-many records/parts --models models --as-of 2025-03-10 --out monday
    """
    from dispute_risk.commands.opening import step
    from dispute_risk.records.partitions import open_parts
    from dispute_risk.records.write import write_csv
    from dispute_risk.triage.many import Job, score_many, scored_table
    from dispute_risk.triage.selection import DEFAULT_POLICY, read_policy

    job = Job(as_of, capacity, DEFAULT_POLICY if policy is None else read_policy(policy))
    if job.policy.routing:
        raise click.BadParameter(f"{policy} has a section [routing]. A run over many authorities lists by risk: leave it out, or "
                                 "use dispute-risk weekly for that authority.", param_hint="--policy")
    authorities = list(open_parts(folder).values())
    with step(f"Working through {len(authorities)} authorities"):
        if engine == "spark":
            from dispute_risk.triage.on_spark import own_session, score_many_on_spark

            with own_session() as spark:
                scored = score_many_on_spark(spark, authorities, models, out, job)
        else:
            scored = score_many(authorities, models, out, job)
    table = scored_table(scored)
    write_csv(table, out / "authorities.csv")
    if as_json:
        click.echo(json.dumps({"as_of": as_of.isoformat(), "authorities": table.to_dict("records")}, indent=2))
    else:
        _say(scored, as_of, out)
    _leave_where_some_failed(scored, out)


def _say(scored: list[Scored], as_of: dt.date, out: Path) -> None:
    done = [one for one in scored if not one.problem]
    at_risk, disputed = sum(one.cases_at_risk for one in done), sum(one.already_in_dispute for one in done)
    listed, expected = sum(one.listed for one in done), sum(one.expected_appeals for one in done)
    click.echo(f"{len(done)} of {len(scored)} authorities as of {as_of}: {at_risk:,} cases at risk, {disputed:,} already in "
               f"dispute and given none, {listed:,} on lists to act on. Expected: {expected:,.0f} appeals.")
    if done:
        click.echo(f"Open {out / 'authorities.csv'} first, then the folder of each authority in {out}.")


def _leave_where_some_failed(scored: list[Scored], out: Path) -> None:
    from dispute_risk.errors import DisputeRiskError

    problems = [one.problem for one in sorted(scored, key=lambda one: one.authority) if one.problem]
    if problems:
        done = len(scored) - len(problems)
        rest = f"The other {done} are done, in {out}." if done else "None is done."
        raise DisputeRiskError(f"{len(problems)} of {len(scored)} authorities could not be done. {rest} Put these right and run "
                               "it again:", problems)
