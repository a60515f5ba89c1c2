"""The file a backup is kept in: a tar of a manifest and the parts whose digests it tells."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from heliu.config.postgres import Trouble
from heliu.kernel.posting.records import Head

FORMAT = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 * 1024 * 1024
PARTS = ("database.dump", "heads.json", "secrets.json")
DATABASE, HEADS, SECRETS = PARTS
FILES = "files"  # each below it by its digest
KNOWN = re.compile(rf"{'|'.join(map(re.escape, PARTS))}|{FILES}/[0-9a-f]{{64}}")


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds, as of one moment.

    `rows` counts the rows of every table, `heads` are the ends of the ledger's chains, `counter`
    is above the number of every transaction that the ledger's lines name, and `parts` has the
    SHA-256 of every other file of the archive, in hexadecimals. Of the tables `left_out` there is
    the form and no row.
    """

    format: int
    heliu: str
    postgres: int
    taken: datetime
    migrations: list[str]
    rows: dict[str, int]
    left_out: list[str]
    heads: dict[str, Head]
    counter: int
    parts: dict[str, str]


def pack(target: Path, manifest: Manifest, sources: Mapping[str, Path]) -> str:
    """Write the archive, for nobody else to read; returns the SHA-256 of its manifest.

    `sources` says where the parts of the manifest lie.

    A file of that name is replaced when the new one is whole and on the disk, not before.
    """
    said = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    fresh = target.with_name(f"{target.name}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(said)
        tar.addfile(entry, io.BytesIO(said))
        for name in manifest.parts:
            with open(sources[name], "rb") as part:
                entry = tarfile.TarInfo(name)
                entry.size = sources[name].stat().st_size
                tar.addfile(entry, part)
        tar.close()
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)
    return hashlib.sha256(said).hexdigest()


def unpack(source: Path, folder: Path, *, digest: str = "") -> Manifest:
    """Lay the parts into `folder` and return the manifest. Raises `Trouble`.

    Refused are what is no backup, a part that is not what the manifest says, and a manifest that
    is not the one of this `digest`, where one is given.
    """
    (folder / FILES).mkdir()
    with _opened(source) as tar:
        there = {entry.name: entry for entry in tar}

        def part(name: str) -> BinaryIO:
            found = tar.extractfile(there[name]) if name in there else None
            if found is None:
                raise Trouble(f"{source} is damaged, or no backup of Heliu: it has no {name}.")
            return found  # type: ignore[return-value]

        manifest, found = _manifest(source, part(MANIFEST))
        if digest and found != digest.lower():
            raise Trouble(f"{source} is another backup than the one of {digest}.")
        for name in manifest.parts:
            if not KNOWN.fullmatch(name):
                raise Trouble(f"{source} holds {name}, which is no part of a backup.")
            if _copied(part(name), folder / name) != manifest.parts[name]:
                raise Trouble(f"{source} is damaged: {name} is not what its manifest says.")
    return manifest


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimals."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, mode="r:") as tar:
            yield tar
    except OSError as error:
        raise Trouble(f"{source} cannot be read ({error.strerror}).") from error
    except tarfile.TarError as error:
        raise Trouble(f"{source} is damaged, or no backup of Heliu ({error}).") from error


def _manifest(source: Path, part: BinaryIO) -> tuple[Manifest, str]:
    said = part.read(LARGEST_MANIFEST)
    try:
        format = msgspec.json.decode(said)["format"]
        if format != FORMAT:
            raise Trouble(f"{source} is of format {format}; this Heliu reads {FORMAT}.")
        return msgspec.json.decode(said, type=Manifest), hashlib.sha256(said).hexdigest()
    except (msgspec.MsgspecError, KeyError, TypeError) as error:
        raise Trouble(f"{source} is damaged: its manifest cannot be read.") from error


def _copied(part: BinaryIO, target: Path) -> str:
    """Copy a part, for nobody else to read, and return its digest."""
    sha = hashlib.sha256()
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := part.read(1024 * 1024):
            sha.update(piece)
            file.write(piece)
    return sha.hexdigest()
