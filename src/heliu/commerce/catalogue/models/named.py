"""What has a name in both languages."""

from __future__ import annotations

from django.db import models

from heliu.kernel.language import in_language


class Named(models.Model):
    """A thing of a seller with a code and a name in each language."""

    seller = models.UUIDField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True

    @property
    def display(self) -> str:
        """The name in the reader's language, or in the other one."""
        return in_language(self.name, self.name_zh)

    def __str__(self) -> str:
        return self.display
