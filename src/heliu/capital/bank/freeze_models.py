"""An account that a court, another authority or the bank itself has frozen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heliu.kernel.ids import new_id
from heliu.kernel.states import Tone, known_status


class Authority(models.TextChoices):
    """Who orders that an account is frozen."""

    COURT = "COURT", _("A court")
    AUTHORITY = "AUTHORITY", _("Another authority")
    BANK = "BANK", _("The bank itself")


class FreezeStatus(models.TextChoices):
    """Where a freeze stands, read off its times."""

    ASKED = "ASKED", _("Asked for")
    FROZEN = "FROZEN", pgettext_lazy("account", "Frozen")
    LIFTED = "LIFTED", pgettext_lazy("freeze", "Lifted")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    REFUSED = "REFUSED", _("Refused")
    EXPIRED = "EXPIRED", _("Expired")


FREEZE_TONES = {
    FreezeStatus.ASKED: Tone.DUE,
    FreezeStatus.FROZEN: Tone.BAD,
    FreezeStatus.LIFTED: Tone.QUIET,
    FreezeStatus.WITHDRAWN: Tone.QUIET,
    FreezeStatus.REFUSED: Tone.QUIET,
    FreezeStatus.EXPIRED: Tone.QUIET,
}
DROPPED = (FreezeStatus.WITHDRAWN, FreezeStatus.REFUSED, FreezeStatus.EXPIRED)


class Freeze(models.Model):
    """A supervised account is frozen: money may come in, none goes out, and what is bound on it
    stays bound. Lifted again, what waited goes on.

    `paper` is what the order is known by, `file` shows it. Several may freeze one account; it is
    free when all are lifted. One that was asked for and not agreed to says so (`dropped`). Who asks
    and who agrees are two persons, when it is frozen and when it is lifted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    account = models.ForeignKey("bank.BankAccount", on_delete=models.PROTECT, related_name="+")
    account_number = models.CharField(max_length=34)
    org = models.UUIDField()
    bank = models.UUIDField()
    authority = models.CharField(max_length=9, choices=Authority)
    paper = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    file = models.UUIDField(null=True, blank=True)
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    dropped = models.CharField(max_length=9, blank=True, db_default="")
    frozen_by_name = models.CharField(max_length=80, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    lift_paper = models.CharField(max_length=80, blank=True)
    lift_reason = models.CharField(max_length=300, blank=True)
    lift_asked_by_name = models.CharField(max_length=80, blank=True)
    lifted_by_name = models.CharField(max_length=80, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("freeze_authority_known", Authority, field="authority"),
            models.CheckConstraint(
                condition=~models.Q(paper="") & ~models.Q(reason=""), name="freeze_says_why"
            ),
            models.CheckConstraint(
                condition=models.Q(frozen_at=None, frozen_by_name="")
                | models.Q(frozen_at__isnull=False) & ~models.Q(frozen_by_name=""),
                name="freeze_agreed_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None)
                | models.Q(frozen_at__isnull=False)
                & ~models.Q(lifted_by_name="")
                & ~models.Q(lift_paper="")
                & ~models.Q(lift_reason=""),
                name="freeze_lifted_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(dropped="") | models.Q(dropped__in=DROPPED, frozen_at=None),
                name="freeze_dropped_before_it_held",
            ),
            models.UniqueConstraint(
                fields=["account", "authority", "paper"], name="one_freeze_per_paper"
            ),
        ]
        indexes = [
            models.Index(
                fields=["account"],
                condition=models.Q(frozen_at__isnull=False, lifted_at=None),
                name="freeze_in_force",
            ),
            models.Index(fields=["bank", "-asked_at"], name="freeze_bank"),
            models.Index(fields=["org", "-asked_at"], name="freeze_org"),
        ]

    @property
    def status(self) -> FreezeStatus:
        """Where it stands."""
        if self.lifted_at:
            return FreezeStatus.LIFTED
        if self.frozen_at:
            return FreezeStatus.FROZEN
        return FreezeStatus(self.dropped or FreezeStatus.ASKED)

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return FREEZE_TONES[self.status]

    @property
    def tail(self) -> str:
        """The last four digits of the account, as shown on pages."""
        return f"…{self.account_number[-4:]}"

    def __str__(self) -> str:
        return self.number
