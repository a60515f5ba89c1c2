"""`heliu backup`: the whole install as of one moment, while it goes on working.

The database is written by PostgreSQL's own `pg_dump`, in a snapshot that this process holds; what
the manifest counts is read in the same snapshot.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql
from psycopg.conninfo import make_conninfo

from heliu.config import archive, install
from heliu.config.archive import DATABASE, FILES, HEADS, SECRETS, Manifest
from heliu.config.postgres import Trouble, binaries
from heliu.kernel.files.store import stored_paths
from heliu.kernel.files.sweeping import nothing_swept
from heliu.kernel.posting.sealing import heads

# Whoever holds a session's row is signed in as its person: sessions stay where they are.
LEFT_OUT = ("django_session",)
EXTENSIONS = "(pg_trgm|btree_gist)"  # the product's; a server may have others of its own
CONNINFO = ("host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey")
TABLES = """select relname from pg_class c
             where relnamespace = 'public'::regnamespace and relkind = 'r'
               and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
             order by relname"""


class Taken(NamedTuple):
    """A backup that was made: what it holds, and the SHA-256 of its manifest."""

    manifest: Manifest
    digest: str


def take(target: Path, *, with_secrets: bool, at: datetime) -> Taken:
    """Write a backup of the install to `target`. Raises `Trouble`."""
    if not target.parent.is_dir():
        raise Trouble(f"There is no folder {target.parent}.")
    with (
        tempfile.TemporaryDirectory(prefix=".heliu-backup-", dir=target.parent) as place,
        install.as_role("owner"),
        nothing_swept(),
    ):
        folder = Path(place)
        # Before the snapshot: the ledger must reach at least as far as what was kept outside it.
        sources = _copied(folder, with_secrets=with_secrets)
        with _snapshot() as (name, counter):
            _dump(folder / DATABASE, name)
            sources[DATABASE] = folder / DATABASE
            # After it: a file is there before its row is.
            sources |= {f"{FILES}/{path.name}": path for path in stored_paths()}
            manifest = Manifest(
                format=archive.FORMAT,
                heliu=version("heliu"),
                postgres=connection.pg_version // 10_000,  # type: ignore[attr-defined]
                taken=at,
                migrations=install.applied(),
                rows=rows_of_tables(),
                left_out=list(LEFT_OUT),
                heads=heads(),
                counter=counter,
                parts={part: archive.digest_of(path) for part, path in sources.items()},
            )
        return Taken(manifest, archive.pack(target, manifest, sources))


def rows_of_tables() -> dict[str, int]:
    """How many rows every table has; those that are left out are not counted."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        names = [name for (name,) in cursor.fetchall() if name not in LEFT_OUT]
        counted = {}
        for name in names:
            cursor.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(name)))
            (counted[name],) = cursor.fetchone()
    return counted


def run(program: str, *arguments: str | Path) -> None:
    """Run one of PostgreSQL's programs on the database as who we are. Raises `Trouble`.

    The password goes by the environment of that process alone, never by its arguments.
    """
    where = connection.get_connection_params()
    path = binaries(os.environ) / program
    if not path.exists():
        raise Trouble(f"{path.parent} holds no {program}.")
    password = where.get("password")
    parts = {
        name: where[name]
        for name in (
            "host",
            "port",
            "user",
            "dbname",
            "sslmode",
            "sslrootcert",
            "sslcert",
            "sslkey",
        )
        if where.get(name)
    }
    done = subprocess.run(
        [path, "--no-password", "--dbname", make_conninfo(**parts), *arguments],
        env=os.environ | ({"PGPASSWORD": password} if password else {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        # Only the first line: what comes after may tell the content of a row.
        first = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise Trouble(f"{first}.")


@contextmanager
def _snapshot() -> Iterator[tuple[str, int]]:
    """One moment of the database: its name for others, and the number its transactions are below.

    The number is counted on over the whole life of a server, so it does not come around.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute(
            "select pg_export_snapshot(), pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        )
        yield cursor.fetchone()


def _dump(target: Path, snapshot: str) -> None:
    run(
        "pg_dump", "--format=custom", "--extension", EXTENSIONS, "--snapshot", snapshot,
        *(f"--exclude-table-data=public.{name}" for name in LEFT_OUT), "--file", target,
    )  # fmt: skip


def _copied(folder: Path, *, with_secrets: bool) -> dict[str, Path]:
    """The files of the data folder that may change, as they are now, and where they were put."""
    wanted = [HEADS, *([SECRETS] if with_secrets else [])]
    there = [name for name in wanted if (settings.DATA / name).exists()]
    for name in there:
        shutil.copy(settings.DATA / name, folder / name)
    return {name: folder / name for name in there}
