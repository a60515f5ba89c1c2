"""Which worker runs what: the long first, and those who share a dear world one after another."""

from __future__ import annotations

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

# What takes longest begins first, so that no worker has to wait for another in the end. A folder
# stays with one worker: its world (the served demonstration; a chain that has lived) is made once.
FIRST = (
    "tests/browser/",
    "tests/access/",
    "tests/api/test_schemathesis.py",
    "tests/demo/test_bank_over_http.py",
    "tests/demo/test_demo.py",
    "tests/trade/test_scenarios.py",
    "tests/trade/test_bank_faults.py",
    "tests/bench/test_benches.py",
    "tests/config/",
    "tests/world/test_world.py",
    "tests/portal/test_statements_of_lists.py",
)


def room(nodeid: str) -> str:
    """What stays together: a folder of `FIRST`, else a file."""
    return next(
        (place for place in FIRST if place.endswith("/") and nodeid.startswith(place)),
        nodeid.partition("::")[0],
    )


def rank(item: pytest.Item) -> int:
    """Where an item's turn comes: as in `FIRST`, then all others."""
    places = (n for n, place in enumerate(FIRST) if item.nodeid.startswith(place))
    return next(places, len(FIRST))


class Rooms(LoadScopeScheduling):
    """Gives whole rooms to workers, in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: object = None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return room(nodeid)
