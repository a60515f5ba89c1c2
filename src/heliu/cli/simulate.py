"""`heliu simulate`: one seed makes a market and plays it through, with everything checked."""

from __future__ import annotations

import json as to_json
from pathlib import Path
from typing import Annotated

import typer

from heliu.cli.ground import require_bank_of_the_house, say, set_up, told


def simulate(
    seed: Annotated[int, typer.Option(help="What makes the world: the same seed, the same story.")],
    days: Annotated[int, typer.Option(help="How many days are lived through.", min=1)] = 30,
    faults: Annotated[
        str, typer.Option(help="all, none, or names with commas (heliu simulate --faults help).")
    ] = "all",
    json: Annotated[Path | None, typer.Option(help="Write the report to this file.")] = None,
) -> None:
    """Play a market from a seed on a database of its own; ends with 1 where a law is broken."""
    with told():
        set_up("worker", log="CRITICAL")
        require_bank_of_the_house()
        from heliu.config import install
        from heliu_world.play import simulate as play

        with install.database_running():
            install.make_roles()
            report = play(seed, days, faults, say=say)
        if json:
            json.write_text(to_json.dumps(report.as_json(), indent=1, ensure_ascii=False) + "\n")
        say(
            f"seed {seed}: {report.days} days, {report.steps} steps in {report.seconds} s,"
            f" digest {report.digest[:16]}"
        )
        for left in report.not_reached():
            say(f"  not reached: {left}")
        for violation in report.violations:
            for line in violation.last:
                say(f"  {line}")
            say(violation.trace)
            say(f"BROKEN on day {violation.day}, step {violation.step}: {violation.law}")
            say(f"  {violation.offender}")
            say(f"Again: {violation.replay}")
        if report.violations:
            raise SystemExit(1)
