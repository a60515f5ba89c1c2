"""Making a database ours: roles, grants, tables, the first log-in; and proving that it is sound."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from heliu.capital.bank.port import current_bank
from heliu.config import database, secrets
from heliu.config.postgres import MAJOR, Cluster, Trouble, binaries, socket_folder
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import User
from heliu.kernel.access.operations import enrol
from heliu.kernel.parties.operations import register

ROLES = Path(__file__).with_name("roles.sql")
NAMES = tuple(f"heliu_{role}" for role in database.ROLES)


def own_cluster() -> Cluster | None:
    """The embedded cluster of this install; None when the database is somebody else's."""
    if os.environ.get("HELIU_DATABASE_URL"):
        return None
    return Cluster(settings.DATA / "pg", binaries(os.environ))


@contextmanager
def database_running() -> Iterator[None]:
    """See that a database runs for the time of the block; what was started here is stopped."""
    cluster = own_cluster()
    is_ours_to_stop = cluster is not None and cluster.start()
    try:
        yield
    finally:
        disconnect()
        if cluster is not None and is_ours_to_stop:
            cluster.stop()


def disconnect() -> None:
    """Give every connection back; a pool left open holds the process at its end."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # psycopg's wrapper only


def make_roles() -> None:
    """The three roles and, in our own cluster, the database. Running it again changes nothing."""
    try:
        if address := os.environ.get("HELIU_DATABASE_URL"):
            with psycopg.connect(address, autocommit=True) as admin:
                _make_roles_there(admin)
        else:
            where = str(socket_folder(settings.DATA / "pg"))
            with psycopg.connect(
                host=where, user="heliu", dbname="postgres", autocommit=True
            ) as admin:
                admin.execute(ROLES.read_text().encode())
                _make_database(admin, settings.DATABASES["default"]["NAME"])
    except psycopg.OperationalError as error:
        raise Trouble(f"The database cannot be reached: {_first_line(error)}.") from error


def _make_database(admin: psycopg.Connection, name: str) -> None:
    there = admin.execute("select from pg_database where datname = %s", [name]).fetchone()
    if there is None:
        make = sql.SQL("create database {} owner heliu_owner")
        admin.execute(make.format(sql.Identifier(name)))


def _make_roles_there(admin: psycopg.Connection) -> None:
    """In a database that is not ours: roles with passwords; the owner gets the right to build."""
    version = admin.info.server_version // 10_000
    if version < MAJOR:
        raise Trouble(f"The database is PostgreSQL {version}; Heliu needs {MAJOR} or newer.")
    kept = secrets.ensure(settings.DATA, *NAMES)
    admin.execute(ROLES.read_text().encode())
    for name in NAMES:
        change = sql.SQL("alter role {} password {}")
        admin.execute(change.format(sql.Identifier(name), sql.Literal(kept[name])))
    build = sql.SQL("grant create on database {} to heliu_owner")
    admin.execute(build.format(sql.Identifier(admin.info.dbname)))
    admin.execute("grant create, usage on schema public to heliu_owner")


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """Be another of the three roles for a while; the pool is keyed by alias, so it goes too."""
    before = dict(connection.settings_dict)
    _connect_as({**before, **database.settings_for(role, os.environ, settings.DATA)})
    try:
        yield
    finally:
        _connect_as(before)


def _connect_as(entry: dict[str, object]) -> None:
    disconnect()
    for name in ("USER", "PASSWORD"):
        connection.settings_dict[name] = entry.get(name, "")


def migrate() -> None:
    """Bring the tables up to this version. Raises `Trouble` when they are of a newer one."""
    with as_role("owner"):
        newer, _ = _migrations()
        if newer:
            raise _newer(newer)
        call_command("migrate", verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute("analyze")


def require_ready() -> None:
    """Refuse to serve a database that is missing, older, newer, or a demonstration's; and a bank
    whose settings are not fit for it."""
    current_bank()
    require_current()
    with as_role("worker"):
        if not settings.DEMO and User.objects.filter(is_demo=True).exists():
            raise Trouble(
                "This database holds the demonstration, whose log-ins everybody knows:"
                " set HELIU_DATA to another folder and run heliu init."
            )


def require_current() -> None:
    """Refuse a database that is missing, or whose tables are not of this version."""
    try:
        with as_role("worker"):
            newer, waiting = _migrations()
    except OperationalError as error:
        raise Trouble(
            f"The database is not there yet ({_first_line(error)}): run heliu init."
        ) from error
    if newer:
        raise _newer(newer)
    if waiting:
        raise Trouble("The database is not ready for this version: run heliu init.")


def applied() -> list[str]:
    """The migrations that have made the tables what they are, as `app.name`."""
    loader = MigrationLoader(connection)
    return sorted(f"{app}.{name}" for app, name in loader.applied_migrations)


def unknown(migrations: Iterable[str]) -> list[str]:
    """Those of the applied migrations that this version does not know, in order."""
    loader = MigrationLoader(None)
    known = loader.disk_migrations.keys() | loader.replacements.keys()
    ours = {app for app, _ in loader.disk_migrations}
    named = [(app, name) for app, _, name in (one.partition(".") for one in migrations)]
    return sorted(f"{app}.{name}" for app, name in set(named) - known if app in ours)


def _migrations() -> tuple[list[str], int]:
    """The applied migrations that this version does not know, and how many are still to be run."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return unknown(applied()), len(waiting)


def _newer(newer: list[str]) -> Trouble:
    return Trouble(
        f"The database was written by a newer Heliu (it knows {newer[0]}): update Heliu."
    )


def first_operator(*, email: str, name: str, password: str, house: str) -> bool:
    """The operator's house and its first log-in, unless there is an operator. Returns if made."""
    actor = Actor.system()
    with as_role("worker"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select from parties_partyrole where role = 'OPERATOR' limit 1")
            if cursor.fetchone() is not None:
                return False
        org = register(actor=actor, code="operator", roles=("OPERATOR",), name=house)
        enrol(actor=actor, email=email, name=name, org=org.pk, role="operator", password=password)
    return True


def _first_line(error: Exception) -> str:
    return (
        str(error).strip().splitlines()[0].rstrip(".")
        if str(error).strip()
        else type(error).__name__
    )
