"""What a lender thinks of a borrower."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.capital.credit.models.figures import rate_field
from heliu.capital.credit.models.programmes import Programme
from heliu.kernel.ids import new_id
from heliu.kernel.states import Tone


class Grade(models.TextChoices):
    """How likely a borrower is to pay, best first."""

    A = "A", _("A: very likely to pay")
    B = "B", _("B: likely to pay")
    C = "C", _("C: should pay")
    D = "D", _("D: may not pay")
    E = "E", _("E: not financed")


class Outcome(models.TextChoices):
    """What the rules say to a borrower."""

    APPROVE = "APPROVE", _("Approved")
    REFER = "REFER", _("For a person to decide")
    DECLINE = "DECLINE", _("Declined")


OUTCOME_TONES = {
    Outcome.APPROVE: Tone.GOOD,
    Outcome.REFER: Tone.DUE,
    Outcome.DECLINE: Tone.BAD,
}


class CreditAssessment(models.Model):
    """A scored proposal, kept with everything it was made from; never changed.

    `inputs` are the features, `versions` of which scorecard and rules, `digest` the sha256 over
    inputs, versions and results. An override is a new assessment that names the `overrides` one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    borrower = models.UUIDField()
    lender = models.UUIDField()
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    score = models.SmallIntegerField()
    default_probability = models.DecimalField(max_digits=7, decimal_places=6)
    grade = models.CharField(max_length=1, choices=Grade)
    limit = models.BigIntegerField()
    deposit_ratio = models.DecimalField(max_digits=5, decimal_places=4)
    rate = rate_field("0")
    decision = models.CharField(max_length=8, choices=Outcome)
    price_parts = models.JSONField()
    limit_parts = models.JSONField()
    reasons = models.JSONField()
    inputs = models.JSONField()
    versions = models.JSONField()
    digest = models.CharField(max_length=64)
    milliseconds = models.DecimalField(max_digits=9, decimal_places=3)
    overrides = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="overridden_by"
    )
    override_reason = models.CharField(max_length=300, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision__in=Outcome.values), name="assessment_outcome_known"
            ),
            models.CheckConstraint(
                condition=models.Q(grade__in=Grade.values), name="assessment_grade_known"
            ),
            models.CheckConstraint(condition=models.Q(limit__gte=0), name="assessed_limit_sane"),
            models.CheckConstraint(
                condition=models.Q(overrides=None) | ~models.Q(override_reason=""),
                name="override_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["borrower", "-at"], name="assessment_borrower"),
            models.Index(fields=["lender", "-at"], name="assessment_lender"),
        ]

    @property
    def tone(self) -> Tone:
        """How the decision looks."""
        return OUTCOME_TONES[Outcome(self.decision)]

    def __str__(self) -> str:
        return self.number
