"""The ground a bench stands on: a cluster with room for many clients, and a fresh database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from heliu.config import install
from heliu.config.postgres import Cluster, Trouble, socket_folder
from heliu_bench.cpu import Meter, children

DATABASE = "heliu_bench"  # never the install's own, whatever folder it stands in
WISHES = {"max_connections": "400", "track_commit_timestamp": "on"}


@dataclass(frozen=True)
class Ground:
    """A cluster that runs."""

    cluster: Cluster

    @property
    def socket(self) -> str:
        """The folder of its socket."""
        return str(socket_folder(self.cluster.data))

    @property
    def postmaster(self) -> int:
        """The process that all of PostgreSQL's descend from."""
        return int((self.cluster.data / "postmaster.pid").read_text().split()[0])

    def link(self, name: str = "") -> psycopg.Connection:
        """A connection as the administrator, who sees all rows; by default to our database."""
        name = name or connection.settings_dict["NAME"]
        return psycopg.connect(host=self.socket, user="heliu", dbname=name, autocommit=True)

    def meter(self, app: frozenset[int] = frozenset()) -> Meter:
        """Measures these server processes and PostgreSQL; without servers, this process."""
        return Meter(app or frozenset({os.getpid()}), self.postmaster)


@contextmanager
def running(*, is_ours: bool = True) -> Iterator[Ground]:
    """The cluster for the time of the block; `is_ours`: to be set up for benches.

    Raises `Trouble` where it cannot be had, or somebody is at work in it.
    """
    cluster = install.own_cluster()
    if cluster is None:
        raise Trouble("A bench needs a PostgreSQL of its own: unset HELIU_DATABASE_URL.")
    is_in_use = cluster.is_running()
    with install.database_running():
        ground = Ground(cluster)
        if is_ours:
            _make_room(ground, is_in_use=is_in_use)
        yield ground


def _make_room(ground: Ground, *, is_in_use: bool) -> None:
    """Let 256 clients of the limit in and keep when commits were; one restart, the first time."""
    with ground.link("postgres") as admin:
        for name, value in WISHES.items():
            admin.execute(f"alter system set {name} = {value}".encode())
        found = admin.execute(
            "select name, setting from pg_settings where name = any (%s)", [list(WISHES)]
        ).fetchall()
    if dict(found) != WISHES:
        if is_in_use:
            raise Trouble(f"The database in {settings.DATA} is in use: stop it, or set HELIU_DATA.")
        ground.cluster.stop()
        ground.cluster.start()


def fresh_database(ground: Ground) -> None:
    """An empty, migrated database of this version, whose statements are counted."""
    if settings.DATABASES["default"]["NAME"] != DATABASE:
        raise Trouble(f"A bench writes to the database {DATABASE} only.")
    install.disconnect()
    with ground.link("postgres") as admin:
        drop = sql.SQL("drop database if exists {} with (force)")
        admin.execute(drop.format(sql.Identifier(DATABASE)))
    install.make_roles()
    install.migrate()
    with ground.link() as admin:
        admin.execute("create extension pg_stat_statements")


@contextmanager
def serving(ground: Ground, *, port: int, workers: int, log: Path) -> Iterator[tuple[str, Meter]]:
    """The product's own processes for the block: their address, and the meter that reads them."""
    from heliu.config import running as processes

    before = children(os.getpid())
    with processes.serving(host="127.0.0.1", port=port, workers=workers, log=log) as served:
        app = frozenset(children(os.getpid()) - before)
        yield served.address, ground.meter(app)
