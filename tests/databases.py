"""The tests' cluster, the databases in it that are copied and thrown away, and who is connected."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.conf import settings
from django.db import connection
from psycopg_pool import ConnectionPool

from heliu.config import postgres

MEMORY, ROOM = Path("/dev/shm"), 6 * 1024**3
# Nothing of the tests outlives a power cut.
CAREFREE = (
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    "max_wal_size = '512MB'",
)


def roomy() -> Path:
    """Where files come and go: in memory, where a database is copied eight times as fast, or on
    the disk of a machine that has little."""
    free = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    has_room = (
        MEMORY.is_dir()
        and shutil.disk_usage(MEMORY).free > ROOM
        and free is not None
        and int(free[1]) * 1024 > ROOM
    )
    return MEMORY if has_room else Path(tempfile.gettempdir())


# Workers of one run inherit the choice.
CLUSTER = Path(os.environ.setdefault("HELIU_TEST_CLUSTER", str(roomy() / "heliu-test-pg")))
OURS = f"test_{settings.DATABASES['default']['NAME']}"


def start_cluster() -> None:
    """Start the cluster; other workers and later runs find it running."""
    cluster = postgres.Cluster(CLUSTER, postgres.wheel_binaries())
    with open(f"{CLUSTER}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        cluster.start()
        roles = Path(postgres.__file__).with_name("roles.sql").read_text()
        admin(
            roles,
            # In tests only: seeding across organisations inside one rolled-back transaction.
            "grant heliu_worker to heliu_web with inherit false, set true",
            *(f"alter system set {line}" for line in CAREFREE),
            "select pg_reload_conf()",
        )


def sweep() -> None:
    """Drop what an earlier run under this name, or this one, has left."""
    with _administration() as link:
        found = link.execute(
            "select datname from pg_database where datname ~ %s", [f"^{OURS}_[0-9a-f]{{12}}$"]
        )
        left = [name for (name,) in found.fetchall()]
    admin(*(f'drop database "{name}" with (force)' for name in left))


_warm: dict[str, ConnectionPool] = {}  # of the roles that `default` was in this database
_standing: dict[str, tuple[str, Any]] = {}


def be(user: str, name: str | None = None) -> None:
    """Switch who `default` is and where it connects.

    The pool it leaves stays open for its return, as it does in the product: a new connection would
    compile and plan everything anew. Nobody stays connected to a database that it left.
    """
    entry = connection.settings_dict
    if name and name != entry["NAME"]:
        leave()
        entry["NAME"] = settings.DATABASES["default"]["NAME"] = name
    if user == entry["USER"]:
        return
    connection.close()
    pools = connection._connection_pools  # type: ignore[attr-defined]  # psycopg's wrapper only
    if left := pools.pop(connection.alias, None):
        _warm[entry["USER"]] = left
    if kept := _warm.pop(user, None):
        pools[connection.alias] = kept
    entry["USER"] = user


def leave() -> None:
    """Be connected to nothing: a database that is copied or dropped has no visitors."""
    connection.close()
    connection.close_pool()
    while _warm:
        _warm.popitem()[1].close()


@contextmanager
def cloned(base: str) -> Iterator[str]:
    """A copy of a database nobody is connected to; `default` is the web role in it meanwhile."""
    before = connection.settings_dict["NAME"]
    name = _copy(base)
    be("heliu_web", name)
    try:
        yield name
    finally:
        be("heliu_web", before)
        admin(f'drop database "{name}" with (force)')


def standing[Facts](what: str, make: Callable[[], Facts]) -> tuple[str, Facts]:
    """A database to be copied, made as the worker by the first in this process who asks for it, and
    what is known of it. A session's fixture is made again in each folder that imports it; this is
    not. `sweep` drops it."""
    if what not in _standing:
        before = connection.settings_dict["NAME"]
        name = _copy(before)
        be("heliu_worker", name)
        try:
            _standing[what] = name, make()
        finally:
            be("heliu_web", before)
    return _standing[what]


def _copy(base: str) -> str:
    name = f"{OURS}_{uuid4().hex[:12]}"
    leave()
    admin(f'create database "{name}" template "{base}" owner heliu_owner strategy file_copy')
    return name


def admin(*statements: str) -> None:
    """Run statements as the cluster's administrator."""
    with _administration() as link:
        for statement in statements:
            link.execute(statement.encode())


def _administration() -> psycopg.Connection:
    return psycopg.connect(host=str(CLUSTER), user="heliu", dbname="postgres", autocommit=True)
