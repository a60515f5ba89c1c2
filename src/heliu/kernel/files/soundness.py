"""`heliu check`: every file that is listed is there, and is what was kept."""

from __future__ import annotations

from heliu.kernel.files import store
from heliu.kernel.files.models import StoredFile


def check() -> list[str]:
    """The laws of files that are broken, each with its first offender; [] when all hold."""
    missing: list[str] = []
    altered: list[str] = []
    for digest in StoredFile.objects.order_by("digest").values_list("digest", flat=True).distinct():
        try:
            store.read(digest)
        except store.Lost as error:
            (altered if error.is_altered else missing).append(digest)
    found = (("the bytes of every file are there", missing), ("they are what was kept", altered))
    return [f"{law}: {offenders[0]} ({len(offenders)})" for law, offenders in found if offenders]
