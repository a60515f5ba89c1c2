"""The posting engine by itself: journals one by one, and in sets."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from heliu.config import install
from heliu.config.postgres import Trouble
from heliu.kernel import clock
from heliu.kernel.clock import day_of
from heliu.kernel.ids import new_id
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import AccountSpec, Journal, Line
from heliu_bench import ground as grounds
from heliu_bench.crew import Act, crew
from heliu_bench.ground import Ground
from heliu_bench.report import Report

ORG = UUID("018f6f5e-0000-7000-8000-0000000000be")
DEEP = -(10**15)  # a floor that is judged and never met


@dataclass(frozen=True)
class Options:
    """What was asked for. `size` journals make a set."""

    seconds: float
    rounds: int
    accounts: int
    size: int


@dataclass(frozen=True)
class Case:
    """How journals are posted: so many in a transaction, between which accounts, by how many."""

    name: str
    hands: int
    size: int
    kind: str


def cases(size: int) -> list[Case]:
    """Everything that is measured. Limited accounts are locked and judged, others only added to."""
    return [
        Case("single journals", 1, 1, "limited"),
        Case("single journals", 2, 1, "limited"),
        Case(f"sets of {size:,}, limited accounts", 1, size, "limited"),
        Case(f"sets of {size:,}, limited accounts", 2, size, "limited"),
        Case(f"sets of {size:,}, accounts without limits", 1, size, "open"),
        Case(f"sets of {size:,}, one side a hot account", 1, size, "hot"),
        Case(f"sets of {size:,}, one side a hot account", 2, size, "hot"),
    ]


def run(ground: Ground, report: Report, options: Options) -> None:
    """Each case in turn, round by round. Raises `Trouble` when a law of the engine is broken."""
    grounds.fresh_database(ground)
    accounts = {kind: open_accounts(kind, options.accounts) for kind in ("limited", "open")}
    accounts["hot"] = accounts["open"][:1]
    with ground.link() as link:
        link.execute("vacuum analyze")
    install.disconnect()
    meter, wanted = ground.meter(), cases(options.size)
    rows = {case: report.row(case.name, clients=case.hands, unit="journals/s") for case in wanted}
    with crew(2) as people, report.progress(options.rounds * len(wanted)) as step:
        for _ in range(options.rounds):
            for case, row in rows.items():
                step(case.name)
                sides = (accounts["hot" if case.kind == "hot" else case.kind],
                         accounts["open" if case.kind == "hot" else case.kind])  # fmt: skip
                row.add(
                    people.work(
                        poster,
                        *sides,
                        case.size,
                        hands=case.hands,
                        seconds=options.seconds,
                        meter=meter,
                    )
                )
    report.say("Checking every law of the engine over all that was posted")
    if broken := posting.check():
        raise Trouble(f"A law of the engine is broken: {broken[0]}.")
    with ground.link() as link:
        found = link.execute("select count(*) from posting_journal").fetchone()
    assert found is not None
    report.facts["journals_checked"] = int(found[0])


def open_accounts(kind: str, count: int) -> list[int]:
    """So many accounts of one unit and group; limited ones have a floor."""
    specs = [
        AccountSpec(
            key=f"bench:{kind}:{number}",
            chain="bench",
            balance_group="bench",
            unit="CNY",
            org=ORG,
            floor=DEEP if kind == "limited" else None,
        )
        for number in range(count)
    ]
    return list(posting.open_accounts(specs).values())


def poster(number: int, left: Sequence[int], right: Sequence[int], size: int) -> Act:
    """Posts a set of transfers of two lines in a transaction; the records are made in the time."""
    choose = random.Random(number)  # noqa: S311
    at = clock.now()
    day = day_of(at)

    def journal() -> Journal:
        one = choose.choice(left)
        other = choose.choice(right)
        while other == one:
            other = choose.choice(right)
        amount, id = choose.randint(1, 10_000), new_id()
        lines = (Line(one, amount), Line(other, -amount))
        return Journal(id, f"bench:{id}", "bench", lines, day, id)

    def act() -> int:
        with transaction.atomic():
            posting.post([journal() for _ in range(size)], at=at)
        return size

    return act
