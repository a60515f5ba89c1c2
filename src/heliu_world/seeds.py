"""Several seeds played, two at a time, and what came up in none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

from heliu.kernel.errors import Invalid
from heliu_world.play import Report, Say, simulate

type Begin = Callable[[], None]

HANDS = 2  # seeds side by side
MOST = 1_000


def numbered(text: str) -> list[int]:
    """The seeds of `7`, `1..20` or `1,5,9..12`. Raises `Invalid` for anything else."""
    try:
        found = [seed for part in text.split(",") for seed in _stretch(part)]
    except ValueError:
        found = []
    if not 0 < len(found) <= MOST:
        raise Invalid("seeds-unread", "Seeds are a number, or several: 1..20 or 3,7,11.")
    return sorted(set(found))


def _stretch(part: str) -> range:
    first, _, last = part.partition("..")
    return range(int(first), int(last or first) + 1)


def simulate_all(
    seeds: Sequence[int], days: int, faults: str, *, begin: Begin, say: Say
) -> Iterator[Report]:
    """Play the seeds, each on a database of its own, and hand the reports over in their order.

    One alone tells its days; of several, which are played in processes that each `begin` first,
    only the reports are heard.
    """
    if len(seeds) == 1:
        yield simulate(seeds[0], days, faults, say=say)
        return
    with ProcessPoolExecutor(HANDS, get_context("spawn"), initializer=begin) as hands:
        yield from hands.map(partial(simulate, days=days, faults=faults), seeds)


def never_reached(reports: Sequence[Report]) -> dict[str, list[str]]:
    """By document the states that no report knows, in the order of their table; faults as well."""
    reached = {
        document: {state for report in reports for state in report.states[document]["reached"]}
        for document in reports[0].states
    }
    first = reports[0]
    never = {
        document: [state for state in found["missed"] if state not in reached[document]]
        for document, found in first.states.items()
    }
    fired = {name for report in reports for name in report.faults}
    never["fault"] = [name for name in first.faults_allowed if name not in fired]
    return {document: states for document, states in never.items() if states}


def as_json(reports: Sequence[Report]) -> dict[str, Any]:
    """What was played, as plain JSON; see docs/simulate.schema.json. One seed is its report."""
    if len(reports) == 1:
        return reports[0].as_json()
    return {
        "reports": [report.as_json() for report in reports],
        "never_reached": never_reached(reports),
    }


def tell(reports: Sequence[Report], say: Say) -> None:
    """How far the states of each document came, and which never did."""
    never, states = never_reached(reports), reports[0].states
    wide = max(map(len, states), default=0)
    say(f"{'':{wide}}  reached  never reached")
    for document, found in states.items():
        missed = never.get(document, [])
        count = len(found["reached"]) + len(found["missed"])
        say(f"{document:{wide}}  {count - len(missed):3} of {count:2}  {' '.join(missed)}".rstrip())
    allowed, quiet = len(reports[0].faults_allowed), never.get("fault", [])
    fired = f"{allowed - len(quiet):3} of {allowed:2}"
    say(f"{'fault':{wide}}  {fired}  {' '.join(quiet)}".rstrip())
