"""One round of load over HTTP, measured from outside."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from heliu.config.postgres import Trouble
from heliu_bench.cpu import Meter, Spent
from heliu_bench.generator import Job
from heliu_bench.measure import Round

REFUSED = frozenset({402, 409})  # an answer of the rules: credit or goods did not reach


@dataclass(frozen=True)
class Answered:
    """A round, with its answers counted by status."""

    round: Round
    statuses: Counter[int]
    wrong: dict[str, int]


def fire(job: Job, meter: Meter, *, good: int) -> Answered:
    """Let a generator of its own process do the job; `good` is the status of what was done.

    Every other status but a refusal, and every connection that broke, is a failure.
    """
    told, spent = played("heliu_bench.generator", asdict(job), meter)
    took = {int(status): list(times) for status, times in told["took"].items()}
    statuses = Counter({status: len(times) for status, times in took.items()})
    refused = sum(statuses[status] for status in REFUSED - {good})
    done = took.get(good, [])
    failed = statuses.total() - len(done) - refused + told["broken"]
    made = Round(told["seconds"], done, spent, refused=refused, failed=failed)
    return Answered(made, statuses, told["wrong"])


def played(module: str, asked: dict[str, Any], meter: Meter) -> tuple[dict[str, Any], Spent]:
    """Run a module that makes load in a process of its own; what it told, and what all cost.

    Raises `Trouble` when it ends without telling: then the round is lost, not guessed.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(asked, file)
        file.flush()
        with subprocess.Popen(
            [sys.executable, "-m", module, file.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                raise Trouble("The generator could not connect to the server.")
            meter.start()
            process.stdin.write("go\n")
            process.stdin.flush()
            said = process.stdout.readline()
            if not said:
                raise Trouble("The generator ended without an answer; the round is lost.")
            told: dict[str, Any] = json.loads(said)
            _, spent = meter.stop(generator=told["cpu"])
    return told, spent
