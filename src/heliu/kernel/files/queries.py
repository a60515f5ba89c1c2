"""Reading files: first whether one may, then the bytes, held against their digest."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as N_

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound, Refused
from heliu.kernel.files import store
from heliu.kernel.files.models import StoredFile


def visible_to(actor: Actor) -> QuerySet[StoredFile]:
    """The files the actor's organisations brought or may read, oldest first."""
    files = StoredFile.objects.order_by("uploaded_at", "id")
    if actor.is_system:
        return files
    return files.filter(Q(org__in=actor.orgs) | Q(readers__overlap=list(actor.orgs)))


def get(actor: Actor, file_id: UUID) -> StoredFile:
    """One file, or `NotFound`."""
    found = visible_to(actor).filter(pk=file_id).first()
    if found is None:
        raise NotFound()
    return found


def of_subjects(actor: Actor, subjects: Iterable[UUID]) -> list[StoredFile]:
    """The files of some documents."""
    return list(visible_to(actor).filter(subject__in=list(subjects)))


def open_bytes(file: StoredFile) -> bytes:
    """The content of a file, exactly as it was brought. Raises `Refused` (file-lost)."""
    try:
        return store.read(file.digest)
    except store.Lost as error:
        words = (
            N_("The file %(name)s is no longer what was kept.")
            if error.is_altered
            else N_("The file %(name)s is missing in the store.")
        )
        raise Refused(
            "file-lost",
            words,
            status=500,
            help="The operator can bring it back from a backup.",
            name=file.name,
        ) from error
