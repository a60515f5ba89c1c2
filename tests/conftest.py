"""One embedded cluster for the tests, with the product's roles; see docs/testing.md."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

# Playwright keeps a loop running in the main thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

import hypothesis
import psycopg
import pytest
import pytest_django.fixtures
from django.conf import settings
from django.db import connection

# Timings belong in benches: a slow machine must not fail a property. `make verify` looks longer.
hypothesis.settings.register_profile(
    "house",
    max_examples=40,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("house")

CLUSTER = Path(os.environ.get("HELIU_TEST_CLUSTER", Path(tempfile.gettempdir()) / "heliu-test-pg"))


def pytest_configure() -> None:
    """Start the cluster once; workers and later runs find it running. Tests need no durability."""
    from heliu.config import postgres

    cluster = postgres.Cluster(CLUSTER, postgres.wheel_binaries())
    with _alone():
        cluster.start()
        with psycopg.connect(
            host=str(CLUSTER), user="heliu", dbname="postgres", autocommit=True
        ) as admin:
            roles = Path(postgres.__file__).with_name("roles.sql").read_text()
            admin.execute(roles.encode())
            # In tests only: seeding across organisations inside one rolled-back transaction.
            admin.execute("grant heliu_worker to heliu_web with inherit false, set true")
            for line in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
                admin.execute(f"alter system set {line}".encode())
            admin.execute("select pg_reload_conf()")
    settings.DATABASES["default"]["HOST"] = str(CLUSTER)


@contextmanager
def _alone() -> Iterator[None]:
    import fcntl

    with open(f"{CLUSTER}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def be(user: str, name: str | None = None) -> None:
    """Switch who `default` is and where it connects; the pool is keyed by alias, so it goes too."""
    connection.close()
    connection.close_pool()
    connection.settings_dict["USER"] = user
    if name:
        connection.settings_dict["NAME"] = name
        settings.DATABASES["default"]["NAME"] = name


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Make the test database as its owner, also when only tests with `own_db` were chosen."""
    pytest_django.fixtures._get_databases_for_setup = lambda items: ({"default"}, set())
    settings.DATABASES["default"].setdefault("TEST", {})
    be("heliu_owner")


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """After the migrations the tests are the web role, as the product is."""
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        be("heliu_web")
    yield
    with django_db_blocker.unblock():
        be("heliu_owner", name)


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


@contextmanager
def cloned(base: str) -> Iterator[str]:
    """A copy of a database nobody is connected to; `default` is the web role in it meanwhile."""
    before = connection.settings_dict["NAME"]
    name = f"{before}_{uuid4().hex[:12]}"
    be("heliu_web")
    admin(f'create database "{name}" template "{base}" owner heliu_owner strategy file_copy')
    be("heliu_web", name)
    try:
        yield name
    finally:
        be("heliu_web", before)
        admin(f'drop database "{name}" with (force)')


def admin(statement: str) -> None:
    """Run one statement as the cluster's administrator."""
    with psycopg.connect(
        host=str(CLUSTER), user="heliu", dbname="postgres", autocommit=True
    ) as link:
        link.execute(statement.encode())
