"""Keeping files, and letting others read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid
from heliu.kernel.files import store, sweeping
from heliu.kernel.files.kinds import LARGEST, clean_name, kind_of
from heliu.kernel.files.models import StoredFile


def keep(
    content: bytes,
    *,
    actor: Actor,
    org: UUID,
    name: str,
    subject: UUID,
    readers: Iterable[UUID],
    at: datetime,
) -> StoredFile:
    """Keep a file that `org` brings to the document `subject`, for `readers` and itself.

    The same bytes brought again to the same document are the file that is there. Raises `Invalid`
    (file-empty, file-too-large, file-kind) for what is not taken.
    """
    kind = kind_of(content)
    if not content:
        raise Invalid("file-empty", "This file is empty.", field="file")
    if len(content) > LARGEST:
        raise too_large()
    if kind is None:
        raise Invalid(
            "file-kind",
            "This file is neither a JPEG, PNG or WebP picture nor a PDF.",
            field="file",
            help="Its content counts, not its name.",
        )
    with transaction.atomic():
        sweeping.hold()
        found, _ = StoredFile.objects.get_or_create(
            subject=subject,
            org=org,
            digest=store.put(content),
            defaults={
                "readers": sorted({*readers, org}),
                "size": len(content),
                "content_type": kind.content_type,
                "name": clean_name(name, kind),
                "uploaded_by": actor.user_id,
                "uploaded_by_name": actor.name,
                "uploaded_at": at,
            },
        )
    return found


def too_large() -> Invalid:
    """What is said of a file above `LARGEST`."""
    return Invalid(
        "file-too-large",
        "This file is larger than %(most)s MB.",
        field="file",
        help="Send a smaller picture.",
        most=LARGEST // 1024 // 1024,
    )


def share(subject: UUID, *, readers: Iterable[UUID]) -> int:
    """Let these organisations read the files of a document too. Returns how many files it has."""
    files = list(StoredFile.objects.select_for_update().filter(subject=subject).order_by("id"))
    for one in files:
        one.readers = sorted({*one.readers, *readers})
    StoredFile.objects.bulk_update(files, ["readers"])
    return len(files)


def close(subject: UUID) -> int:
    """Nobody but the house that brought them reads the files of a document any more."""
    return StoredFile.objects.filter(subject=subject).update(readers=[])
