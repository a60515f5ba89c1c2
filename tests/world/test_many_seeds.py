"""Twenty seeds of thirty days: no law is broken, every fault happens and every state is reached."""

from __future__ import annotations

from collections import defaultdict

import pytest
from tests.world.conftest import Playing

from heliu_world.faults import CHANCES

SEEDS, DAYS = range(1, 21), 30
# A registration is renewed half a year after the due day only.
BEYOND = {"deal step": {"RENEWED"}, "registry filing kind": {"AMEND"}}


@pytest.mark.long
def test_twenty_seeds(playing: Playing) -> None:
    reached: dict[str, set[str]] = defaultdict(set)
    known: dict[str, set[str]] = defaultdict(set)
    fired: set[str] = set()
    for seed in SEEDS:
        report = playing(seed, DAYS)
        assert [(found.replay, found.law, found.offender) for found in report.violations] == []
        fired |= set(report.faults)
        for document, states in report.states.items():
            reached[document] |= set(states["reached"])
            known[document] |= set(states["reached"]) | set(states["missed"])
    missed = {name: known[name] - reached[name] for name in known}
    assert {name: states for name, states in missed.items() if states} == BEYOND
    assert fired == set(CHANCES)
