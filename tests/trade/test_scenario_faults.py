"""Every payment the bank books in docs/scenarios.md, met by a fault, while the registry misbehaves for
the whole deal: each later state, journal and balance is that of the text all the same.

The long proofs play every payment of every scenario under every fault. A round of tests plays, of each
kind of payment, the last ones of some scenarios under changing faults. What a refusal leads to is told
in `test_bank_faults` and in the text itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, product

import pytest
from tests.trade.conftest import World
from tests.trade.scenarios.document import DOCUMENT, Scenario, scenarios, whole
from tests.trade.scenarios.stage import PAYMENTS, Disturbance, play

ALL = scenarios(DOCUMENT.read_text())
LATE = ("delay", "duplicate", "lost", "lost_unbooked", "out_of_order", "early")
MISFILED = ("slow", "lost", "lost_unfiled")
A_FEW = 3
# What the close of a day has the bank book by itself, by the journal that says so.
CLOSING = {"bill_paid": "bill payment", "unapplied_returned": "returned overpayment"}


def booked() -> Iterator[tuple[Scenario, int, str]]:
    """Every payment a scenario says the bank books: the scenario, the line and the payment."""
    for scenario in ALL:
        for step in scenario.steps:
            if "loses" in step.what:  # the text misbehaves itself
                continue
            if step.what == "closes the day":
                said = {journal[0] for journal in scenario.journals.get(step.number, ())}
                yield from (
                    (scenario, step.line, CLOSING[one]) for one in sorted(said & CLOSING.keys())
                )
            for part in step.what.split("; "):
                if step.who == "bank" and part.startswith("books "):
                    for payment in part.removeprefix("books ").split(", "):
                        yield scenario, step.line, payment


BOOKED = list(booked())


def test_every_kind_of_payment_is_booked_somewhere() -> None:
    assert {payment for _, _, payment in BOOKED} == set(PAYMENTS)


def some() -> Iterator[tuple[Scenario, int, str, str, str]]:
    """A few of each kind of payment, those of the shortest stories, no two under the same fault."""
    met = count()
    for kind in PAYMENTS:
        of_kind = [one for one in BOOKED if one[2] == kind]
        of_kind.sort(key=lambda one: len(whole(one[0], ALL)))
        for n, one in zip(met, of_kind[:A_FEW], strict=False):
            yield *one, LATE[n % len(LATE)], MISFILED[n % len(MISFILED)]


def every_one() -> Iterator[tuple[Scenario, int, str, str, str]]:
    """Each payment under each fault."""
    for n, (one, fault) in enumerate(product(BOOKED, LATE)):
        yield *one, fault, MISFILED[n % len(MISFILED)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A few, or in the long proofs all."""
    if "fault" not in metafunc.fixturenames:
        return
    is_long = metafunc.config.pluginmanager.hasplugin("tests.long_proofs")
    cases = list(every_one() if is_long else some())
    ids = [f"{one.name}-{line}-{payment}-{fault}" for one, line, payment, fault, _ in cases]
    metafunc.parametrize(("scenario", "line", "payment", "fault", "misfiled"), cases, ids=ids)


def test_a_fault_changes_nothing_of_how_it_ends(
    world: World, scenario: Scenario, line: int, payment: str, fault: str, misfiled: str
) -> None:
    play(scenario, ALL, world, Disturbance(line, payment, fault, misfiled))
