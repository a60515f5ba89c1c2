"""Twenty seeds of thirty days: no law is broken, every fault happens and every state is reached."""

from __future__ import annotations

import pytest
from tests.world.conftest import Playing

from heliu_world.play import Report
from heliu_world.seeds import never_reached

SEEDS, DAYS = range(1, 21), 30
# Nobody joins in a world, carries for hire, or listens at a webhook.
OUTSIDE = {
    "application", "carriage", "colleague", "delivery", "endpoint", "letter", "organization",
    "trade ask", "trading relationship",
}  # fmt: skip
# Nobody buys invoices yet.
BEYOND = {"invoice": ["SOLD"]}


@pytest.mark.long
def test_twenty_seeds(playing: Playing) -> None:
    reports: list[Report] = []
    for seed in SEEDS:
        reports.append(report := playing(seed, DAYS))
        assert [(found.replay, found.law, found.offender) for found in report.violations] == []
    never = never_reached(reports)
    assert {name: states for name, states in never.items() if name not in OUTSIDE} == BEYOND
