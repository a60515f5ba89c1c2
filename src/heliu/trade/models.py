"""The deal that ties one order's goods, money and facts together, and the memory of its steps."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.ids import new_id
from heliu.kernel.states import known_status
from heliu.logistics.pledges.models import Pledge


class Outcome(models.TextChoices):
    """How a deal ended. While it is open its status is derived from its order, loan and pledge."""

    OPEN = "OPEN", _("Under way")
    CLOSED = "CLOSED", _("Closed")
    CANCELLED = "CANCELLED", _("Cancelled")
    DEFAULTED = "DEFAULTED", _("Ended in default")


class Step(models.TextChoices):
    """What has been done in a deal, in the order of the straight path; side exits come last."""

    ORDERED = "ORDERED", _("Ordered")
    ASSESSED = "ASSESSED", _("Credit decided")
    QUOTED = "QUOTED", _("Limit held")
    SIGNED = "SIGNED", _("Signed")
    DEPOSIT_BOOKED = "DEPOSIT_BOOKED", _("Deposit paid")
    DISBURSED = "DISBURSED", _("Loan paid out")
    OWN_SHARE_MOVED = "OWN_SHARE_MOVED", _("Own share moved")
    SELLER_PAID = "SELLER_PAID", _("Seller paid")
    BILL_ACCEPTED = "BILL_ACCEPTED", _("Bill accepted")
    CONFIRMED = "CONFIRMED", _("Order confirmed")
    SHIPPED = "SHIPPED", _("Shipped")
    RECEIVED = "RECEIVED", _("Received")
    PLEDGED = "PLEDGED", _("Goods pledged")
    REPAYMENT_ASKED = "REPAYMENT_ASKED", _("Repayment ordered")
    REPAID = "REPAID", _("Repaid")
    BILL_PAID = "BILL_PAID", _("Bill paid")
    MARGIN_SET_OFF = "MARGIN_SET_OFF", _("Margin set off")
    RELEASED = "RELEASED", _("Goods released")
    PICKED_UP = "PICKED_UP", _("Picked up")
    CLOSED = "CLOSED", _("Closed")
    # Side exits.
    REFERRED = "REFERRED", _("A person decides")
    DECIDED = "DECIDED", _("Decided by a person")
    BANK_REJECTED = "BANK_REJECTED", _("Bank rejected")
    EXPIRED = "EXPIRED", _("Quote expired")
    RECEIPT_DIFFERS = "RECEIPT_DIFFERS", _("Short or damaged")
    CANCELLED = "CANCELLED", _("Cancelled")
    REFUND_ASKED = "REFUND_ASKED", _("Refund ordered")
    REFUNDED = "REFUNDED", _("Refunded")
    DEPOSIT_RETURNED = "DEPOSIT_RETURNED", _("Deposit returned")
    UNAPPLIED_RETURNED = "UNAPPLIED_RETURNED", _("Overpayment returned")
    TERMS_PAID = "TERMS_PAID", _("Paid on terms")
    DUE_SOON = "DUE_SOON", _("Due soon")
    OVERDUE = "OVERDUE", _("Overdue")
    DEFAULT_NOTICED = "DEFAULT_NOTICED", _("Notice of default")
    ENFORCED = "ENFORCED", _("Enforced")
    GOODS_GIVEN_UP = "GOODS_GIVEN_UP", _("Goods taken back by the seller")
    WRITTEN_OFF = "WRITTEN_OFF", _("Written off")


# The key under which the seller is asked to pay for the goods of a dealer in default.
BUY_BACK = "buy-back"


class Deal(models.Model):
    """One order with its money, goods and facts, seen by all its parties."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20)
    order_id = models.UUIDField(unique=True)
    loan_id = models.UUIDField(null=True, blank=True)
    pledge_id = models.UUIDField(null=True, blank=True)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)
    custodian = models.UUIDField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("deal_outcome_known", Outcome, field="outcome"),
            models.CheckConstraint(
                condition=models.Q(outcome="OPEN", closed_at=None)
                | ~models.Q(outcome="OPEN") & ~models.Q(closed_at=None),
                name="deal_ended_when_closed",
            ),
            models.UniqueConstraint(fields=["number"], name="one_deal_per_number"),
            # Most deals have no loan: what is empty has no place in an index.
            models.UniqueConstraint(
                fields=["loan_id"], condition=models.Q(loan_id__isnull=False), name="deal_loan"
            ),
            models.UniqueConstraint(
                fields=["pledge_id"],
                condition=models.Q(pledge_id__isnull=False),
                name="deal_pledge",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-opened_at"], name="deal_buyer"),
            models.Index(fields=["seller", "-opened_at"], name="deal_seller"),
            models.Index(
                fields=["lender", "-opened_at"],
                condition=models.Q(lender__isnull=False),
                name="deal_lender",
            ),
            models.Index(
                fields=["custodian", "-opened_at"],
                condition=models.Q(custodian__isnull=False),
                name="deal_custodian",
            ),
            models.Index(
                fields=["moved_at"], name="deal_waits", condition=models.Q(outcome="OPEN")
            ),
        ]

    def __str__(self) -> str:
        return self.number


class DealStep(models.Model):
    """A step that was done, once per business key; append-only. Carries the deal's parties."""

    id = models.BigAutoField(primary_key=True)
    # Found by `one_step_per_key`, which begins with the deal.
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="steps", db_index=False)
    step = models.CharField(max_length=20, choices=Step)
    key = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    actor = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)
    custodian = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "step", "key"], name="one_step_per_key")
        ]
        indexes = [
            models.Index(
                fields=["step", "-id"],
                condition=~models.Q(step__in=["ORDERED", "CLOSED"]),
                name="step_of_kind",
            )
        ]


class Cover(models.Model):
    """How the goods still bound by a pledge cover its debt, in fen: a view, `sql/cover.sql`.

    `debt` is what no margin secures (`Loan.exposure`), `percent` the loan to value now and `agreed`
    the one of the loan, in per cent; `gap` is what of the debt passes that share of the goods, else
    0. `ready` are the units released and not picked up yet; goods lie there `since` a day. Who may
    not see the loan reads no debt.
    """

    pledge = models.OneToOneField(
        Pledge, primary_key=True, on_delete=models.DO_NOTHING, related_name="cover"
    )
    quantity = models.BigIntegerField()
    ready = models.BigIntegerField()
    since = models.DateField()
    value = models.BigIntegerField()
    debt = models.BigIntegerField(null=True)
    percent = models.DecimalField(max_digits=20, decimal_places=1, null=True)
    agreed = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    gap = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "trade_cover"
