"""The bytes: in the data folder, each under its SHA-256, written once and never changed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings


class Lost(Exception):
    """The bytes of a digest are not there, or not what they were. `is_altered` says which."""

    def __init__(self, digest: str, *, is_altered: bool) -> None:
        super().__init__(f"{digest} is {'altered' if is_altered else 'missing'}")
        self.is_altered = is_altered


def folder() -> Path:
    """Where the bytes lie."""
    return Path(settings.DATA) / "files"


def path_of(digest: str) -> Path:
    """Where the bytes of a digest lie, if there are any."""
    return folder() / digest[:2] / digest


def put(content: bytes) -> str:
    """Keep bytes and return their digest, a SHA-256 in hexadecimals.

    When this returns they are on the disk, whole. Bytes that are there already stay as they are;
    those that were damaged since are made good.
    """
    digest = hashlib.sha256(content).hexdigest()
    try:
        read(digest)
    except Lost:
        _write(path_of(digest), content)
    return digest


def read(digest: str) -> bytes:
    """The bytes of a digest. Raises `Lost` when they are missing or are others."""
    try:
        content = path_of(digest).read_bytes()
    except OSError as error:
        raise Lost(digest, is_altered=False) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise Lost(digest, is_altered=True)
    return content


def stored_paths() -> Iterator[Path]:
    """All files that hold bytes, in the order of their digests; a backup takes these.

    Each is named by the SHA-256 of what it holds. None of them changes, and a row is written after
    its bytes: whoever copies them after a snapshot of the database has the bytes of all its rows.
    """
    return (path for path in all_paths() if len(path.name) == 64)


def all_paths() -> Iterator[Path]:
    """The same, with what a broken write may have left beside them."""
    return iter(sorted(folder().glob("??/*")))


def _write(path: Path, content: bytes) -> None:
    """All or nothing: beside its place, onto the disk, then under its name."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, fresh = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
    for place in (path.parent, path.parent.parent):
        _settle(place)


def _settle(place: Path) -> None:
    """Let a folder's names be on the disk too."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
