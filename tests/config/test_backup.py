"""A backup of a working install, and what it becomes in another place."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from tests.api.conftest import hands, laid, world
from tests.api.hands import Hands
from tests.config.test_archive import changed, empty_manifest, manifest_of, say_otherwise
from tests.config.test_cli import heliu
from tests.conftest import CLUSTER, admin

from heliu.config import backup as backup_
from heliu.config import postgres, secrets
from heliu.config import restore as restore_
from heliu.config.postgres import Trouble

__all__ = ["hands", "laid", "world"]

SEALED = "select coalesce(sum(cardinality(lines)), 0) from posting_seal"


def url(database: str) -> str:
    return f"postgresql://heliu@/{database}?host={CLUSTER}"


def backup(hands: Hands, data: Path, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """A backup of the test's database, by the command as it is used."""
    name = connection.settings_dict["NAME"]
    return heliu(data, "backup", str(file), *options, HELIU_DATABASE_URL=url(name))


def restore(data: Path, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """A restore into a data folder with a database of its own."""
    return heliu(data, "restore", str(file), *options, HELIU_DEMO="1")


@pytest.fixture
def ordering(hands: Hands) -> Iterator[Callable[[], int]]:
    """Somebody who orders without a pause; says how many orders there are by now."""
    placed: list[str] = []
    some, stop = threading.Event(), threading.Event()

    def order() -> None:
        while not stop.is_set():
            answer = hands.dealer.post(
                "/orders",
                {
                    "seller": hands.seller_id,
                    "pay_by": "TRANSFER",
                    "lines": [{"sku": str(hands.world.chain.skus["M1"]), "quantity": 1}],
                },
                expect=201,
            )
            placed.append(answer["order"]["number"])
            some.set()
        connection.close()

    thread = threading.Thread(target=order)
    thread.start()
    some.wait(60)
    yield lambda: len(placed)
    stop.set()
    thread.join()


def test_a_backup_under_load_becomes_a_sound_install(
    hands: Hands, ordering: Callable[[], int], tmp_path: Path
) -> None:
    data, file = tmp_path / "one", tmp_path / "heliu.backup"
    before = ordering()
    made = backup(hands, data, file)
    after = ordering()
    assert (made.returncode, made.stderr) == (0, "")
    assert after > before, "nobody ordered meanwhile, so this proves nothing"
    manifest = manifest_of(file)
    orders = manifest["rows"]["ordering_order"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert "The secrets are not in it." in made.stdout
    digest = made.stdout.split()[-1]

    other = tmp_path / "two"
    done = restore(other, file, "--digest", digest)
    assert (done.returncode, done.stderr) == (0, "")
    assert "kernel.posting (seals): sound" in done.stdout
    lines = done.stdout.splitlines()[1:]
    assert lines
    assert all(line.endswith(": sound") for line in lines), done.stdout
    assert heliu(other, "check", HELIU_DEMO="1").returncode == 0
    assert (other / "secrets.json").stat().st_mode & 0o777 == 0o600

    cluster = postgres.Cluster(other / "pg", postgres.wheel_binaries())
    cluster.start()
    where = str(postgres.socket_folder(other / "pg"))
    try:
        with psycopg.connect(host=where, user="heliu", dbname="heliu", autocommit=True) as link:
            assert link.execute("select count(*) from ordering_order").fetchone() == (orders,)
            assert link.execute("select count(*) from django_session").fetchone() == (0,)
            # What was not sealed yet is sealed here, by this server's count of transactions.
            (lines_there,) = link.execute("select count(*) from posting_line").fetchone()  # type: ignore[misc]
            link.execute("select posting_seal(now())")
            assert link.execute(SEALED).fetchone() == (lines_there,)
    finally:
        cluster.stop()
    assert heliu(other, "check", HELIU_DEMO="1").returncode == 0

    again = restore(other, file)
    assert again.returncode == 1
    assert again.stderr.startswith("The database is not empty")
    assert again.stderr.count("\n") == 1


@pytest.fixture
def file(hands: Hands, tmp_path: Path) -> Path:
    made = backup(hands, tmp_path / "one", tmp_path / "heliu.backup")
    assert made.returncode == 0, made.stderr
    return tmp_path / "heliu.backup"


@pytest.fixture
def empty(db: None) -> Iterator[str]:
    """An empty database in the same server, whose count of transactions is as far already."""
    name = f"{connection.settings_dict['NAME']}_empty"
    admin(f'create database "{name}" owner heliu_owner')
    yield name
    admin(f'drop database "{name}" with (force)')


def test_what_the_manifest_tells_is_compared(file: Path, empty: str, tmp_path: Path) -> None:
    manifest = manifest_of(file)

    def said(**otherwise: object) -> str:
        changed_file = changed(file, say_otherwise(**otherwise))
        data = tmp_path / "two"
        done = heliu(data, "restore", str(changed_file), HELIU_DATABASE_URL=url(empty))
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.count("\n") == 1
        return done.stderr

    # Judged before anything is touched.
    migrations = [*manifest["migrations"], "events.0099_later"]
    assert said(migrations=migrations, heliu="9.0") == (
        "The backup was written by a newer Heliu (9.0; it knows events.0099_later): update Heliu.\n"
    )
    assert "The backup is of PostgreSQL 19; this is 18" in said(postgres=19)
    parts = {**manifest["parts"], "database.dump": "0" * 64}
    assert "database.dump is not what its manifest says" in said(parts=parts)
    # And when it is there.
    rows = manifest["rows"]
    count = rows["posting_line"]
    assert f"posting_line has {count} rows where the manifest counts {count + 1}" in said(
        rows={**rows, "posting_line": count + 1}
    )


def test_an_install_moves_with_its_secrets_when_asked(data: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "heliu.backup", tmp_path / "two"
    picture = b"a picture"
    kept = Path("files") / (name := hashlib.sha256(picture).hexdigest())[:2] / name
    (data / kept).parent.mkdir(parents=True)
    (data / kept).write_bytes(picture)
    done = heliu(data, "backup", str(file), "--with-secrets")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The secrets are in it." in done.stdout
    done = heliu(other, "restore", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert secrets.read(other) == secrets.read(data)
    assert (other / kept).read_bytes() == picture
    # Nothing is restored under the feet of one that runs.
    cluster = postgres.Cluster(other / "pg", postgres.wheel_binaries())
    cluster.start()
    try:
        assert f"Heliu works on {other}" in heliu(other, "restore", str(file)).stderr
    finally:
        cluster.stop()
    assert heliu(data, "backup", str(tmp_path / "none" / "x")).stderr == (
        f"There is no folder {tmp_path / 'none'}.\n"
    )


def test_a_ledger_that_ends_elsewhere_is_found(
    own_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = {"block": 2, "lines": 9, "last_line": 9, "hash": "00"}
    monkeypatch.setattr(restore_, "heads", lambda: {"some": head})
    monkeypatch.setattr(backup_, "rows_of_tables", dict)
    restore_._require_whole(empty_manifest(heads={"some": head}))
    for heads in ({}, {"some": {**head, "hash": "01"}}, {"some": head, "other": head}):
        with pytest.raises(Trouble, match="does not end as the manifest says"):
            restore_._require_whole(empty_manifest(heads=heads))


def test_a_server_that_is_not_ours_passes_the_numbers_in_between(
    own_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def now() -> int:
        with connection.cursor() as cursor:
            cursor.execute(restore_.NOW_AT)
            found: int = cursor.fetchone()[0]
        return found

    goal = now() + 1000
    restore_._number_on_from(goal, None)
    assert now() >= goal
    with pytest.raises(Trouble, match="would have to pass"):
        restore_._number_on_from(now() + 2 * restore_.MOST_PASSED, None)
