"""Which files there are, whose they are, and who may read them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from heliu.kernel.files.kinds import KINDS, LARGEST
from heliu.kernel.ids import new_id


class StoredFile(models.Model):
    """A file that `org` brought to a document; the bytes lie under their digest (`store`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    readers = ArrayField(models.UUIDField())
    subject = models.UUIDField()
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content_type = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    uploaded_by = models.UUIDField(null=True)
    uploaded_by_name = models.CharField(max_length=80)
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "org", "digest"], name="a_file_once_for_its_subject"
            ),
            models.CheckConstraint(
                condition=models.Q(digest__regex=r"^[0-9a-f]{64}$"), name="file_digest_is_sha256"
            ),
            models.CheckConstraint(
                condition=models.Q(size__gte=1, size__lte=LARGEST), name="file_size_in_bounds"
            ),
            models.CheckConstraint(
                condition=models.Q(content_type__in=[kind.content_type for kind in KINDS]),
                name="file_kind_known",
            ),
        ]

    @property
    def is_picture(self) -> bool:
        """Whether a page can show it."""
        return self.content_type.startswith("image/")

    def __str__(self) -> str:
        return self.name
