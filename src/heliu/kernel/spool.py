"""Files that people bring and the worker reads chunk by chunk, kept in the data folder until then.

An import is a row that tells how far its file is read. Each chunk is one transaction with the place
behind it, so that whoever reads on after a crash begins where the last one was committed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from heliu.kernel.ids import new_id

LEFT_ALONE = timedelta(days=1)


class ImportState(models.TextChoices):
    """How far a file is."""

    READING = "READING", _("Being read")
    READ = "READ", _("Read")
    FAILED = "FAILED", _("Not readable")
    CANCELLED = "CANCELLED", _("Cancelled")


class Import(models.Model):
    """A file on its way in: read up to `offset` (bytes) and `line`; `taken` and `bad` are rows.

    Whose it is says each kind of imports in a column of its own.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    size = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=ImportState, default=ImportState.READING)
    offset = models.BigIntegerField(default=0)
    line = models.IntegerField(default=0)
    taken = models.IntegerField(default=0)
    bad = models.IntegerField(default=0)
    brought_at = models.DateTimeField()
    brought_by = models.UUIDField(null=True, blank=True)
    brought_by_name = models.CharField(max_length=80)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def percent(self) -> int:
        """How much of the file is read."""
        return self.offset * 100 // self.size if self.size else 0


class Spool[Kept: Import]:
    """The files of one kind of imports, each named by its row."""

    def __init__(self, folder: str, imports: type[Kept]) -> None:
        self._folder, self._imports = folder, imports

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

    def cancel(self, one: Kept) -> Kept:
        """Stop reading a file; what was read stays."""
        found = self._imports._default_manager.select_for_update().get(pk=one.pk)
        if found.state == ImportState.READING:
            found.state = ImportState.CANCELLED
            found.save(update_fields=["state"])
            self.drop(found.pk)
        return found

    def read_on(self, chunk: Callable[[Kept], None]) -> bool:
        """Read one chunk of the oldest file that is not read yet; whether there may be more to do.

        One transaction, for the worker: a chunk is in with its place, or not at all. Several
        workers read several files. One that is gone or damaged has failed.
        """
        with transaction.atomic():
            found = (
                self._imports._default_manager.select_for_update(skip_locked=True, of=("self",))
                .filter(state=ImportState.READING)
                .order_by("brought_at")
                .first()
            )
            if found is None:
                return False
            try:
                chunk(found)
            except OSError:
                found.state = ImportState.FAILED
            found.save()
        if found.state != ImportState.READING:
            self.drop(found.pk)
        return True

    def sweep(self, at: datetime) -> int:
        """Throw away files that nobody reads: of rows that were never written, and of a reader that
        died before it could. A file is left alone for a day, because its row may not be written
        yet. Returns how many it were."""
        gone, reading = 0, self._imports._default_manager.filter(state=ImportState.READING)
        for place in (Path(settings.DATA) / self._folder).glob("*.csv"):
            age = at - datetime.fromtimestamp(place.stat().st_mtime, UTC)
            if age > LEFT_ALONE and not reading.filter(pk=place.stem).exists():
                place.unlink(missing_ok=True)
                gone += 1
        return gone
