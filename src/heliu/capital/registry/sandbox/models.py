"""The sandbox registry's own tables. They belong to no organisation of the platform."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.ids import new_id


class RegisterEntry(models.Model):
    """A claim in the public register. `secured` is how the register names whose it is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=40, unique=True)
    debtor = models.UUIDField()
    secured = models.CharField(max_length=80)
    goods = models.JSONField(default=list)
    lot = models.CharField(max_length=40, blank=True)
    content = models.CharField(max_length=300, blank=True)
    amount = models.BigIntegerField()
    registered_on = models.DateField()
    expires_on = models.DateField()
    discharged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["debtor"],
                condition=models.Q(discharged_at=None),
                name="register_entry_debtor",
            )
        ]


class TakenFiling(models.Model):
    """A filing the registry has taken, with its one answer, told from `due_at` on."""

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=9)
    outcome = models.CharField(max_length=7)
    number = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    found = models.JSONField(default=list)
    at = models.DateTimeField()
    due_at = models.DateTimeField()


class RegistryFaultKind(models.TextChoices):
    """How the sandbox may misbehave."""

    REFUSE = "refuse", _("The filing is refused")
    SLOW = "slow", _("The answer comes later")
    LOST = "lost", _("Filed, but the answer is lost")
    LOST_UNFILED = "lost_unfiled", _("Not filed, and the answer is lost")


class RegistryFault(models.Model):
    """A fault to come: for the next `times` filings of a deal or kind (empty: of any)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    fault = models.CharField(max_length=12, choices=RegistryFaultKind)
    deal = models.UUIDField(null=True, blank=True)
    kind = models.CharField(max_length=9, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    delay = models.DurationField()
    times = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fault__in=RegistryFaultKind.values),
                name="registry_sandbox_fault_known",
            )
        ]
