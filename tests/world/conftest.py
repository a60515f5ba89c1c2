"""A world is played on a copy of the test database, beside everything pytest-django does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from tests.conftest import leave

from heliu_world.play import Report, simulate

Playing = Callable[..., Report]
LONG = ("test_planted.py", "test_many_seeds.py")  # for `make verify` alone


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The long proofs are not there for anybody who did not ask for them."""
    is_asked_for = config.pluginmanager.hasplugin("tests.long_proofs")
    return True if collection_path.name in LONG and not is_asked_for else None


@pytest.fixture(scope="module")
def playing(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Playing]:
    """Plays a seed; nobody may be connected to what it copies."""

    def play(seed: int, days: int, faults: str = "all") -> Report:
        leave()
        return simulate(seed, days, faults, template=connection.settings_dict["NAME"])

    with django_db_blocker.unblock():
        yield play
