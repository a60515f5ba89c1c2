"""The file of a backup: what is not as its manifest says is not read."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from heliu.config import archive
from heliu.config.archive import Manifest
from heliu.config.postgres import Trouble

PICTURE = b"a picture"
DIGEST = hashlib.sha256(PICTURE).hexdigest()


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


def empty_manifest(**what: Any) -> Manifest:
    plain: dict[str, Any] = {
        "format": archive.FORMAT, "heliu": "1.0", "postgres": 18, "migrations": [], "rows": {},
        "taken": datetime(2026, 11, 25, tzinfo=UTC), "left_out": [], "heads": {}, "counter": 0,
        "parts": {},
    }  # fmt: skip
    return Manifest(**{**plain, **what})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An archive of three parts."""
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "database.dump").write_bytes(b"all the rows" * 10_000)
    (folder / "heads.json").write_text("{}")
    (folder / DIGEST).write_bytes(PICTURE)
    names = {
        "database.dump": "database.dump",
        "heads.json": "heads.json",
        f"files/{DIGEST}": DIGEST,
    }
    sources = {part: folder / name for part, name in names.items()}
    parts = {part: archive.digest_of(path) for part, path in sources.items()}
    target = tmp_path / "heliu.backup"
    digest = archive.pack(target, empty_manifest(parts=parts), sources)
    (tmp_path / "digest").write_text(digest)
    return target


def read(file: Path, **how: str) -> Manifest:
    folder = file.parent / "out"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return archive.unpack(file, folder, **how)


def test_what_is_packed_is_unpacked(file: Path) -> None:
    manifest = read(file, digest=(file.parent / "digest").read_text().upper())
    assert (manifest.heliu, sorted(manifest.parts)) == ("1.0", [
        "database.dump", f"files/{DIGEST}", "heads.json",
    ])  # fmt: skip
    assert (file.parent / "out" / "files" / DIGEST).read_bytes() == PICTURE
    dump = file.parent / "out" / "database.dump"
    assert dump.read_bytes() == b"all the rows" * 10_000
    assert dump.stat().st_mode & 0o777 == file.stat().st_mode & 0o777 == 0o600
    assert not file.with_name("heliu.backup.new").exists()


def flipped(name: str, content: bytes) -> bytes:
    return content[:-1] + b"!" if name == "database.dump" else content


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (flipped, "is damaged: database.dump is not what its manifest says"),
        (say_otherwise(format=2), "is of format 2; this Heliu reads 1"),
        (say_otherwise(rows=1), "its manifest cannot be read"),
        (say_otherwise(parts={"files/../x": ""}), "which is no part of a backup"),
        (say_otherwise(parts={"../x": ""}), "holds ../x, which is no part of a backup"),
        (say_otherwise(parts={"secrets.json": ""}), "it has no secrets.json"),
        (lambda name, content: b"[" if name == "manifest.json" else content, "cannot be read"),
    ],
)  # fmt: skip
def test_what_was_changed_is_refused(
    file: Path, change: Callable[[str, bytes], bytes], words: str
) -> None:
    with pytest.raises(Trouble) as refused:
        read(changed(file, change))
    assert words in str(refused.value)


def test_what_is_no_archive_is_refused(file: Path) -> None:
    whole = file.read_bytes()
    for content in (b"", b"nothing", whole[: len(whole) // 2]):
        file.write_bytes(content)
        with pytest.raises(Trouble, match="is damaged"):
            read(file)
    file.unlink()
    with pytest.raises(Trouble, match=r"cannot be read \(No such file"):
        read(file)


def test_another_backup_is_found_by_the_digest(file: Path) -> None:
    with pytest.raises(Trouble, match="is another backup than the one of 00"):
        read(file, digest="00")
