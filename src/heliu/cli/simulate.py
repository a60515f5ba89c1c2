"""`heliu simulate`: seeds make markets and play them through, with everything checked."""

from __future__ import annotations

import json as to_json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heliu.cli.ground import require_bank_of_the_house, say, set_up, told

if TYPE_CHECKING:
    from heliu_world.play import Report


def simulate(
    seed: Annotated[
        str,
        typer.Option(
            "--seed",
            "--seeds",
            help="What makes the world, told again by the same: 7, 1..20.",
        ),
    ],
    days: Annotated[int, typer.Option(help="How many days are lived through.", min=1)] = 30,
    faults: Annotated[
        str, typer.Option(help="all, none, or names with commas (heliu simulate --faults help).")
    ] = "all",
    json: Annotated[Path | None, typer.Option(help="Write the report to this file.")] = None,
) -> None:
    """Play markets from seeds, each on a database of its own; ends with 1 where a law is broken.

    Several seeds are played two at a time; at the end stands which states and faults came up in
    none of them.
    """
    with told():
        begin = partial(set_up, "worker", log="CRITICAL")
        begin()
        require_bank_of_the_house()
        from heliu.config import install
        from heliu_world import seeds

        reports = []
        with install.database_running():
            install.make_roles()
            wanted = seeds.numbered(seed)
            for report in seeds.simulate_all(wanted, days, faults, begin=begin, say=say):
                reports.append(report)
                _say(report)
        seeds.tell(reports, say)
        if json:
            found = seeds.as_json(reports)
            json.write_text(to_json.dumps(found, indent=1, ensure_ascii=False) + "\n")
        if any(report.violations for report in reports):
            raise SystemExit(1)


def _say(report: Report) -> None:
    """What a seed came to, and where it broke a law how to see that again."""
    say(
        f"seed {report.seed}: {report.days} days, {report.steps} steps in {report.seconds} s,"
        f" digest {report.digest[:16]}"
    )
    for violation in report.violations:
        for line in violation.last:
            say(f"  {line}")
        say(violation.trace)
        say(f"BROKEN on day {violation.day}, step {violation.step}: {violation.law}")
        say(f"  {violation.offender}")
        say(f"Again: {violation.replay}")
