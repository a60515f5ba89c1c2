"""A backup of a working install, and what it becomes in another place."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from tests.api.conftest import hands, laid, world
from tests.api.hands import Hands
from tests.config.test_cli import heliu, on
from tests.conftest import CLUSTER, admin

from heliu.config import postgres

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


def manifest_of(file: Path) -> dict[str, Any]:
    with tarfile.open(file) as tar:
        found: dict[str, Any] = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
    return found


def changed(file: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """A copy of the archive in which the content of its files is another."""
    other = file.with_suffix(".changed")
    with tarfile.open(file) as tar, tarfile.open(other, "w") as copy:
        for entry in tar:
            content = change(entry.name, tar.extractfile(entry).read())  # type: ignore[union-attr]
            fresh = tarfile.TarInfo(entry.name)
            fresh.size = len(content)
            copy.addfile(fresh, io.BytesIO(content))
    return other


def say_otherwise(**what: object) -> Callable[[str, bytes], bytes]:
    """Change the manifest."""

    def change(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        return json.dumps({**json.loads(content), **what}).encode()

    return change


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


def refused(data: Path, file: Path, *options: str) -> str:
    done = restore(data, file, *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    # Nothing was touched: no database, no secrets.
    assert [path.name for path in data.iterdir()] == []
    return done.stderr


def test_what_is_not_as_its_manifest_says_is_refused(file: Path, tmp_path: Path) -> None:
    data = tmp_path / "two"
    dump = changed(
        file, lambda name, content: content[:-1] + b"!" if name == "database.dump" else content
    )
    assert "database.dump is not what its manifest says" in refused(data, dump)
    short = tmp_path / "short"
    short.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert "is damaged" in refused(data, short)
    short.write_text("nothing")
    assert "is damaged, or no backup of Heliu" in refused(data, short)
    assert "cannot be read (No such file" in refused(data, tmp_path / "none")
    assert "is of format 2; this Heliu reads 1" in refused(
        data, changed(file, say_otherwise(format=2))
    )
    assert "its manifest cannot be read" in refused(data, changed(file, say_otherwise(rows=1)))
    strange = {**manifest_of(file)["parts"], "../x": ""}
    assert "no part of a backup" in refused(data, changed(file, say_otherwise(parts=strange)))
    migrations = [*manifest_of(file)["migrations"], "events.0099_later"]
    assert (
        refused(data, changed(file, say_otherwise(migrations=migrations, heliu="9.0")))
        == "The backup was written by a newer Heliu (9.0; it knows events.0099_later): update Heliu.\n"
    )
    assert "this is 18" in refused(data, changed(file, say_otherwise(postgres=19)))
    assert "is another backup than the one of" in refused(data, file, "--digest", "0" * 64)


@pytest.fixture
def empty(db: None) -> Iterator[str]:
    """An empty database in the same server, whose count of transactions is as far already."""
    name = f"{connection.settings_dict['NAME']}_empty"
    admin(f'create database "{name}" owner heliu_owner')
    yield name
    admin(f'drop database "{name}" with (force)')


def test_a_manifest_that_counts_otherwise_is_found(file: Path, empty: str, tmp_path: Path) -> None:
    rows = manifest_of(file)["rows"]
    more = changed(file, say_otherwise(rows={**rows, "posting_line": rows["posting_line"] + 1}))
    done = heliu(tmp_path / "two", "restore", str(more), HELIU_DATABASE_URL=url(empty))
    assert done.returncode == 1
    assert f"posting_line has {rows['posting_line']} rows" in done.stderr


def test_a_ledger_that_ends_elsewhere_is_found(file: Path, empty: str, tmp_path: Path) -> None:
    head = {"block": 1, "lines": 1, "last_line": 1, "hash": "00"}
    lost = {**manifest_of(file)["heads"], "none": head}
    done = heliu(
        tmp_path / "two", "restore", str(changed(file, say_otherwise(heads=lost))),
        HELIU_DATABASE_URL=url(empty),
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "The ledger's chain none does not end as the manifest says.\n"
