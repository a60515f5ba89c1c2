"""Files that wait for the worker: kept in the data folder until they are read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

LEFT_ALONE = timedelta(days=1)


class Spool:
    """A folder of files, each named by the row of the database that tells how far it is read."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def place(self, pk: UUID) -> Path:
        """Where the file of a row lies."""
        return Path(settings.DATA) / self._folder / f"{pk}.csv"

    def keep(self, pk: UUID, chunks: Iterable[bytes]) -> int:
        """Write a file through to the disk; returns its bytes."""
        place = self.place(pk)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with place.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
            return file.tell()

    def drop(self, pk: UUID) -> None:
        """Throw a file away, if it is there."""
        self.place(pk).unlink(missing_ok=True)

    def sweep(self, at: datetime, is_read: Callable[[str], bool]) -> int:
        """Throw away files that nobody reads: of rows that were never written, and of a reader that
        died before it could. A file is left alone for a day, because its row may not be written
        yet. Returns how many it were."""
        gone = 0
        for place in (Path(settings.DATA) / self._folder).glob("*.csv"):
            age = at - datetime.fromtimestamp(place.stat().st_mtime, UTC)
            if age > LEFT_ALONE and not is_read(place.stem):
                place.unlink(missing_ok=True)
                gone += 1
        return gone
