"""The sandbox authority's own tables. They belong to no organisation of the platform."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class TakenPaper(models.Model):
    """A paper the authority has taken, with its one answer, told from `due_at` on."""

    id = models.UUIDField(primary_key=True, editable=False)
    outcome = models.CharField(max_length=8)
    number = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField()


class AuthorityFaultKind(models.TextChoices):
    """How the sandbox may misbehave."""

    REFUSE = "refuse", _("The invoice is refused")
    SLOW = "slow", _("The answer comes later")
    LOST = "lost", _("Issued, but the answer is lost")


class AuthorityFault(models.Model):
    """A fault to come, for the next `times` papers."""

    fault = models.CharField(max_length=6, choices=AuthorityFaultKind)
    times = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=200, blank=True)
    delay = models.DurationField(default=timedelta(hours=1))
