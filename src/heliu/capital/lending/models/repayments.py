"""What was repaid on a loan, and what was reckoned anew of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.capital.lending.models.loans import Loan
from heliu.kernel.ids import new_id
from heliu.kernel.states import known_status


class PaidBy(models.TextChoices):
    """Who paid on a loan."""

    BORROWER = "BORROWER", _("Borrower")
    SELLER = "SELLER", _("Seller, as a refund")
    SALE = "SALE", _("Sale of the goods")
    MARGIN = "MARGIN", _("Set off against the margin")


class ReplayCause(models.TextChoices):
    """Why payments were reckoned anew."""

    LATE = "LATE", _("Known later than its value day")
    CORRECTED = "CORRECTED", _("Value day corrected")
    TAKEN_BACK = "TAKEN_BACK", _("Payment taken back")
    PAID_OUT = "PAID_OUT", _("Paid out on another day")


class Replay(models.Model):
    """One reckoning anew of a loan: what followed a day was reversed and played again in order.

    `key` is the payment that was the cause (none when it is the loan itself), `value_day` its day
    as told and `counts_from` the day from which it counts: a later one where days are closed, or
    where others' money has settled the loan since. `entries` is how many journals were reversed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="+")
    borrower = models.UUIDField()
    lender = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=10, choices=ReplayCause)
    key = models.CharField(max_length=80)
    value_day = models.DateField()
    counts_from = models.DateField()
    entries = models.PositiveIntegerField()
    reason = models.CharField(max_length=300, blank=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["loan", "number"], name="one_replay_per_number"),
            known_status("replay_cause_known", ReplayCause, field="cause"),
        ]


class Repayment(models.Model):
    """Money that came for a loan, and what it pays.

    What came is never changed. Which of what is owed it pays, and from which day it counts, is as
    of the last `replay`, if there was one; a trigger of the database lets nothing else change and
    keeps what was before (`Reckoned`).

    `costs` are those of a sale of goods, with storage and custody; `margin` is what of it fills up
    the margin of a bill; `recovered` paid on a loan that was written off. `unapplied` is what was
    left over: it waits as unapplied money, but of a seller's refund it is the borrower's own share
    and goes back to it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="repayments")
    borrower = models.UUIDField()
    lender = models.UUIDField()
    key = models.CharField(max_length=80)
    paid_by = models.CharField(max_length=8, choices=PaidBy, default=PaidBy.BORROWER)
    amount = models.BigIntegerField()
    effective = models.DateField()
    costs = models.BigIntegerField(db_default=0)
    fee = models.BigIntegerField()
    penalty = models.BigIntegerField()
    interest = models.BigIntegerField()
    principal = models.BigIntegerField()
    recovered = models.BigIntegerField(db_default=0)
    margin = models.BigIntegerField(default=0, db_default=0)
    unapplied = models.BigIntegerField()
    replay = models.ForeignKey(
        Replay, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["loan", "key"], name="one_repayment_per_key"),
            models.CheckConstraint(
                condition=models.Q(paid_by__in=PaidBy.values), name="repayment_payer_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    amount=models.F("costs")
                    + models.F("fee")
                    + models.F("penalty")
                    + models.F("interest")
                    + models.F("principal")
                    + models.F("recovered")
                    + models.F("margin")
                    + models.F("unapplied")
                ),
                name="allocation_is_the_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    amount__gt=0,
                    costs__gte=0,
                    fee__gte=0,
                    penalty__gte=0,
                    interest__gte=0,
                    principal__gte=0,
                    recovered__gte=0,
                    margin__gte=0,
                    unapplied__gte=0,
                ),
                name="repayment_parts_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["borrower", "at"], name="repayment_borrower"),
            models.Index(fields=["lender", "at"], name="repayment_lender"),
        ]


class Reckoned(models.Model):
    """What a payment paid before a replay reckoned it anew; written by the database itself."""

    replay = models.ForeignKey(Replay, on_delete=models.PROTECT, related_name="before")
    repayment = models.ForeignKey(Repayment, on_delete=models.PROTECT, related_name="before")
    borrower = models.UUIDField()
    lender = models.UUIDField()
    effective = models.DateField()
    fee = models.BigIntegerField()
    penalty = models.BigIntegerField()
    interest = models.BigIntegerField()
    principal = models.BigIntegerField()
    unapplied = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["replay", "repayment"], name="reckoned_once")
        ]
