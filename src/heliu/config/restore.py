"""`heliu restore`: a backup becomes an install again, in an empty database and nowhere else."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from heliu.config import archive, backup, install, secrets
from heliu.config.archive import DATABASE, FILES, HEADS, SECRETS, Manifest
from heliu.config.postgres import Cluster, Trouble, binaries, version_of
from heliu.kernel.files import store
from heliu.kernel.posting.sealing import heads

EMPTY = """select relname from pg_class c
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
              and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
            limit 1"""
NOW_AT = "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
# A transaction for each number; none is written down, so about 100,000 pass in a second.
GO_ON = """do $$ begin
  while pg_current_xact_id()::text::bigint < %s loop rollback; end loop; end $$"""
MOST_PASSED = 100_000_000


@contextmanager
def put_back(source: Path, *, digest: str = "") -> Iterator[Manifest]:
    """Restore a backup and keep its database running for the block. Raises `Trouble`.

    The file is read and judged before anything is touched. The tables come in one transaction, so
    one that fails leaves the database as empty as it was. They are those of the backup's version;
    in the end they are brought up to this one. Who calls this has yet to ask whether it is sound.
    """
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.DATA) as place:
        folder = Path(place)
        manifest = archive.unpack(source, folder, digest=digest)
        _require_known(manifest)
        cluster = install.own_cluster()
        if cluster is not None and cluster.is_running():
            raise Trouble(f"Heliu works on {settings.DATA}: stop it first.")
        with install.database_running():
            _put_secrets(folder)
            install.make_roles()
            with install.as_role("owner"):
                _require_empty()
                backup.run("pg_restore", "--no-owner", "--single-transaction", folder / DATABASE)
                _require_whole(manifest)
            _number_on_from(manifest.counter, cluster)
            _put_heads(folder)
            for path in (folder / FILES).iterdir():
                store.put(path.read_bytes())
            install.migrate()
            yield manifest


def _require_known(manifest: Manifest) -> None:
    """Whether this version can read the backup, older ones included."""
    if unknown := install.unknown(manifest.migrations):
        raise Trouble(
            f"The backup was written by a newer Heliu ({manifest.heliu}; it knows {unknown[0]}):"
            " update Heliu."
        )
    if manifest.postgres > (ours := version_of(binaries(os.environ))):
        raise Trouble(
            f"The backup is of PostgreSQL {manifest.postgres}; this is {ours}:"
            " name that version's programs in HELIU_PG_BIN."
        )


def _require_empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
        if (found := cursor.fetchone()) is not None:
            raise Trouble(
                f"The database is not empty (it has {found[0]}): a backup is restored into an"
                " empty one; set HELIU_DATA or HELIU_DATABASE_URL."
            )


def _require_whole(manifest: Manifest) -> None:
    """Whether all is there that was counted, and the ledger ends where it ended."""
    for table, there in backup.rows_of_tables().items():
        if there != manifest.rows.get(table):
            raise Trouble(
                f"The backup is not whole: {table} has {there} rows"
                f" where the manifest counts {manifest.rows.get(table, 'none')}."
            )
    now = heads()
    for chain in sorted(manifest.heads.keys() | now.keys()):
        if now.get(chain) != manifest.heads.get(chain):
            raise Trouble(f"The ledger's chain {chain} does not end as the manifest says.")


def _number_on_from(counter: int, cluster: Cluster | None) -> None:
    """Let transactions be numbered from `counter` on, where this server has not come so far.

    A ledger line keeps the number of the transaction that wrote it: what is not sealed yet, and
    what comes after, must have higher ones. Our own server begins a later epoch of its count; on
    another's the numbers in between are passed one by one.
    """
    with install.as_role("owner"), connection.cursor() as cursor:
        cursor.execute(NOW_AT)
        (now,) = cursor.fetchone()
        if now >= counter:
            return
        if cluster is None:
            if counter - now > MOST_PASSED:
                raise Trouble(
                    f"This server would have to pass {counter - now:,} transaction numbers:"
                    " restore into the server that the backup is of, or into one of our own."
                )
            cursor.execute(GO_ON % counter)
            return
    cluster.stop()
    cluster.begin_epoch((counter >> 32) + 1)
    cluster.start()


def _put_secrets(folder: Path) -> None:
    """Those of the backup, if it has any and there are none here; else new ones."""
    if (folder / SECRETS).exists() and not (settings.DATA / SECRETS).exists():
        shutil.copy(folder / SECRETS, settings.DATA / SECRETS)
    secrets.ensure(settings.DATA, "secret_key")


def _put_heads(folder: Path) -> None:
    """The heads kept with the backup; what was kept here until now stays beside them."""
    kept = settings.DATA / HEADS
    if kept.exists():
        kept.replace(kept.with_suffix(".before"))
    if (folder / HEADS).exists():
        shutil.copyfile(folder / HEADS, kept)
