"""The ground a simulation stands on: a database of its own and a connection for each role."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend
from psycopg import sql

import heliu
from heliu.config import database
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu_world.wire import FastLane

BASE = "heliu_world_base_"
KEPT = 12  # migrated databases, for whoever goes back and forth between versions
# Nobody mourns a simulation after a power cut.
FAST = "-c synchronous_commit=off"


@dataclass
class Ground:
    """A database with a web, a worker and an owner connection; `judge` reads beside Django.

    Only one role is in use at a time: whoever acts is `default` for as long as it acts.
    """

    name: str
    entry: dict[str, Any]
    _wrappers: dict[str, BaseDatabaseWrapper] = field(default_factory=dict)

    @contextmanager
    def being(self, role: str) -> Iterator[BaseDatabaseWrapper]:
        """Let all of Django's queries be this role's for the time of the block."""
        before = connections["default"]
        if role not in self._wrappers:
            self._wrappers[role] = self._wrapper(role)
        connections["default"] = self._wrappers[role]
        try:
            yield self._wrappers[role]
        finally:
            connections["default"] = before

    @contextmanager
    def desk(self, actor: Actor) -> Iterator[Actor]:
        """As the web role, through the door, for somebody at a desk."""
        with self.being("web"), acting_for(actor.sees, actor.speaks_for):
            yield actor

    @contextmanager
    def working(self) -> Iterator[Actor]:
        """As the worker, in one transaction."""
        with self.being("worker"), transaction.atomic():
            yield Actor.system()

    @cached_property
    def judge(self) -> psycopg.Connection:
        """A connection that only looks, as the worker, outside of everybody's transactions."""
        entry = self._entry("worker")
        return psycopg.connect(
            host=entry["HOST"],
            port=entry["PORT"] or None,
            dbname=self.name,
            user=entry["USER"],
            password=entry["PASSWORD"] or None,
            options=FAST,
            autocommit=True,
        )

    @cached_property
    def lane(self) -> FastLane:
        """The fast lane in front of this database."""
        with self.being("web") as web:
            return FastLane(web)

    def install(self, statements: str) -> None:
        """Run statements as the owner of the tables."""
        with self.being("owner") as link, link.cursor() as cursor:
            cursor.execute(statements)

    def leave(self) -> None:
        """Close every connection."""
        if "lane" in self.__dict__:
            self.lane.close()
        for wrapper in self._wrappers.values():
            wrapper.close()
        if "judge" in self.__dict__:
            self.judge.close()

    def _wrapper(self, role: str) -> BaseDatabaseWrapper:
        entry = self._entry(role)
        made: BaseDatabaseWrapper = load_backend(entry["ENGINE"]).DatabaseWrapper(entry, "default")
        made.inc_thread_sharing()
        return made

    def _entry(self, role: str) -> dict[str, Any]:
        return {**self.entry, "NAME": self.name, **_user(role)}


@contextmanager
def fresh(name: str, *, template: str = "") -> Iterator[Ground]:
    """A new database of this name in the running cluster, thrown away after the block.

    It is copied from `template`, to which nobody may be connected; without one, from a base that
    is made when this version of the tables is met for the first time.
    """
    with _administration() as admin:
        _drop(admin, name)
        base = template or _base(admin)
        _create(admin, name, template=base)
    ground = Ground(name, _plain(connection.settings_dict))
    try:
        yield ground
    finally:
        ground.leave()
        with _administration() as admin:
            _drop(admin, name)


def migrated() -> str:
    """The name of the migrated empty database, to be copied."""
    with _administration() as admin:
        return _base(admin)


def _base(admin: psycopg.Connection) -> str:
    """The name of the migrated empty database, made once per version of the tables."""
    name = BASE + _fingerprint()
    # Others may make another version's meanwhile.
    admin.execute("select pg_advisory_lock(hashtext(%s))", [name])
    there = admin.execute(
        "select datname from pg_database where datname ~ %s order by oid desc",
        [f"^{BASE}[0-9a-f]{{12}}$"],
    )
    known = [found for (found,) in there.fetchall()]
    if name not in known:
        for old in known[KEPT - 1 :]:
            _drop(admin, old)
        making = f"{name}_new"
        _drop(admin, making)  # of one that was broken off
        _create(admin, making, template="template1")
        ground = Ground(making, _plain(connection.settings_dict))
        with ground.being("owner"):
            call_command("migrate", verbosity=0, interactive=False)
        ground.leave()
        rename = sql.SQL("alter database {} rename to {}")
        admin.execute(rename.format(sql.Identifier(making), sql.Identifier(name)))
    return name


def _fingerprint() -> str:
    """A digest of everything that makes tables and functions."""
    root = Path(heliu.__path__[0])
    said = hashlib.sha256()
    makers = ("migrations/*.py", "sql/*.sql", "access/row_policies.py")
    for place in sorted(place for maker in makers for place in root.rglob(maker)):
        said.update(place.relative_to(root).as_posix().encode() + b"\0" + place.read_bytes())
    return said.hexdigest()[:12]


@contextmanager
def _administration() -> Iterator[psycopg.Connection]:
    entry = connection.settings_dict
    address = os.environ.get("HELIU_DATABASE_URL")
    link = (
        psycopg.connect(address, autocommit=True)
        if address
        else psycopg.connect(host=entry["HOST"], user="heliu", dbname="postgres", autocommit=True)
    )
    with link:
        yield link


def _create(admin: psycopg.Connection, name: str, *, template: str) -> None:
    make = sql.SQL("create database {} template {} owner heliu_owner strategy file_copy")
    admin.execute(make.format(sql.Identifier(name), sql.Identifier(template)))


def _drop(admin: psycopg.Connection, name: str) -> None:
    drop = sql.SQL("drop database if exists {} with (force)")
    admin.execute(drop.format(sql.Identifier(name)))


def _user(role: str) -> dict[str, str]:
    entry = database.settings_for(role, os.environ, settings.DATA)
    return {"USER": entry["USER"], "PASSWORD": entry.get("PASSWORD", "")}


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    """Connections that stay open, without a pool."""
    options = {name: value for name, value in entry["OPTIONS"].items() if name != "pool"}
    options["options"] = FAST
    return {**entry, "OPTIONS": options, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
