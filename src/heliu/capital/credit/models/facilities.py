"""What a lender grants, and what a buyer's own money costs it instead."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.capital.credit.models.assessments import CreditAssessment, Grade
from heliu.capital.credit.models.figures import rate_field
from heliu.capital.credit.models.programmes import Programme
from heliu.kernel.ids import new_id
from heliu.kernel.states import Moves, Tone, known_status


class FacilityStatus(models.TextChoices):
    """Where a facility stands."""

    ACTIVE = "ACTIVE", _("Active")
    SUSPENDED = "SUSPENDED", _("Suspended")
    ENDED = "ENDED", _("Ended")


FACILITY_MOVES: Moves = {
    FacilityStatus.ACTIVE: {FacilityStatus.SUSPENDED, FacilityStatus.ENDED},
    FacilityStatus.SUSPENDED: {FacilityStatus.ACTIVE, FacilityStatus.ENDED},
    FacilityStatus.ENDED: set(),
}
FACILITY_TONES = {
    FacilityStatus.ACTIVE: Tone.GOOD,
    FacilityStatus.SUSPENDED: Tone.DUE,
    FacilityStatus.ENDED: Tone.QUIET,
}


class Facility(models.Model):
    """A revolving limit granted to a borrower under a programme.

    `account` is the posting account `limit_used` in the lender's book; its ceiling is the limit,
    so no two quotes together can pass it. `limit` repeats the ceiling for reading.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    borrower = models.UUIDField()
    lender = models.UUIDField()
    seller = models.UUIDField()
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    assessment = models.ForeignKey(CreditAssessment, on_delete=models.PROTECT)
    status = models.CharField(max_length=10, choices=FacilityStatus, default=FacilityStatus.ACTIVE)
    limit = models.BigIntegerField()
    deposit_ratio = models.DecimalField(max_digits=5, decimal_places=4)
    rate = rate_field("0")
    grade = models.CharField(max_length=1, choices=Grade)
    account = models.BigIntegerField()
    valid_to = models.DateField()
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            known_status("facility_status_known", FacilityStatus),
            models.UniqueConstraint(
                fields=["borrower", "programme"],
                condition=~models.Q(status="ENDED"),
                name="one_live_facility",
            ),
            models.CheckConstraint(condition=models.Q(limit__gte=0), name="facility_limit_sane"),
            models.CheckConstraint(
                condition=models.Q(deposit_ratio__gte=0, deposit_ratio__lt=1),
                name="facility_ratio_is_a_share",
            ),
        ]
        indexes = [models.Index(fields=["lender", "status"], name="facility_lender")]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return FACILITY_TONES[FacilityStatus(self.status)]

    def __str__(self) -> str:
        return self.number


class OwnMoney(models.Model):
    """What a buyer's own money costs it by its own reckoning, per cent a year; only it sees it."""

    org = models.UUIDField(primary_key=True)
    rate = rate_field("6")
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rate__gte=0, rate__lte=100), name="own_money_rate_sane"
            ),
        ]
