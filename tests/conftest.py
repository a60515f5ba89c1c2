"""One embedded cluster for the tests, with the product's roles; see docs/testing.md."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

# Playwright keeps a loop running in the main thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from tests.databases import CLUSTER, admin, be, cloned, leave, roomy, start_cluster, sweep
from tests.scheduling import Rooms, rank

from heliu_world.ground import migrated

__all__ = ["CLUSTER", "Door", "admin", "be", "cloned", "leave"]

# Timings belong in benches: a slow machine must not fail a property. `make verify` looks longer.
hypothesis.settings.register_profile(
    "house",
    max_examples=40,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """One cluster for all workers; the run begins with nothing that an earlier one has left."""
    start_cluster()
    settings.DATABASES["default"]["HOST"] = str(CLUSTER)
    if not hasattr(config, "workerinput"):
        sweep()
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(roomy()))


def pytest_unconfigure(config: pytest.Config) -> None:
    """What several workers share is thrown away when all have ended."""
    if not hasattr(config, "workerinput"):
        sweep()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first."""
    items.sort(key=rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Rooms | None:
    """How `--dist loadfile` is meant here."""
    return Rooms(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """A copy of the migrated database, in which the tests are the web role, as the product is."""
    with django_db_blocker.unblock():
        base = migrated()
    with cloned(base):
        yield


@pytest.fixture(scope="session", autouse=True)
def kept_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Files that tests bring lie in a folder of this run."""
    folder = tmp_path_factory.mktemp("files")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("heliu.kernel.files.store.folder", lambda: folder)
        yield folder


Door = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def as_worker() -> Door:
    """A door for seeding across organisations inside a rolled-back test."""

    @contextmanager
    def door() -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("set local role heliu_worker")
            yield
            cursor.execute("set local role none")

    return door


@pytest.fixture
def own_db(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """Real commits and many connections: a clone of the migrated database, thrown away."""
    with django_db_blocker.unblock(), cloned(connection.settings_dict["NAME"]) as name:
        yield name
