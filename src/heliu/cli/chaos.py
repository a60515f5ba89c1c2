"""`heliu chaos`: what is acknowledged survives whatever is killed."""

from __future__ import annotations

import json as documents
import os
from pathlib import Path
from typing import Annotated

import typer

from heliu.cli.ground import say, set_up, told


def chaos(
    kills: Annotated[int, typer.Option(min=1, help="How many blows fall.")] = 5,
    clients: Annotated[int, typer.Option(min=1)] = 32,
    seconds: Annotated[float, typer.Option(min=1, help="Length of a round, a blow in each.")] = 10,
    seed: int = 1,
    workers: Annotated[int, typer.Option(min=1, help="Web processes.")] = 2,
    port: Annotated[int, typer.Option(help="Port for the served product.")] = 8791,
    json: Annotated[Path | None, typer.Option("--json", help="Write what came of it.")] = None,
) -> None:
    """Kill server, lane, worker, database under load; then log, database and check must agree."""
    with told():
        os.environ.setdefault("HELIU_DATA", ".heliu/bench")
        os.environ["HELIU_DATABASE"] = "heliu_bench"
        os.environ["HELIU_RATE"] = "0"
        set_up("worker")
        from heliu_bench import chaos as blows
        from heliu_bench import ground as grounds

        options = blows.Options(
            kills=kills, clients=clients, seconds=seconds, seed=seed, port=port, workers=workers,
            dealers=200, skus=200,
        )  # fmt: skip
        with grounds.running() as ground:
            came = blows.run(ground, options, say)
        say(f"{came['acknowledged']:,} orders acknowledged, all there; {came['sent_again']} sent"
            " again under their keys; heliu check is clean.")  # fmt: skip
        if json is not None:
            json.write_text(documents.dumps(came, indent=2) + "\n")
