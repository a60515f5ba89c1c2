"""The deal that ties one order's goods, money and facts together, and the memory of its steps."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.ids import new_id
from heliu.kernel.states import known_status


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
    DEPOSIT_PART = "DEPOSIT_PART", _("A part of the deposit paid")
    DEPOSIT_WITHDRAWN = "DEPOSIT_WITHDRAWN", _("A part of the deposit taken back by the bank")
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
    DEPOSIT_MISSED = "DEPOSIT_MISSED", _("Deposit not paid in time")
    CAME_UNASKED = "CAME_UNASKED", _("Money came unasked")
    RECEIPT_DIFFERS = "RECEIPT_DIFFERS", _("Short or damaged")
    STRUCK = "STRUCK", _("Struck by the seller")
    NOT_SHIPPED = "NOT_SHIPPED", _("Not shipped in time")
    CANCELLED = "CANCELLED", _("Cancelled")
    REFUND_ASKED = "REFUND_ASKED", _("Refund ordered")
    REFUNDED = "REFUNDED", _("Refunded")
    REFUND_TAKEN_BACK = "REFUND_TAKEN_BACK", _("Refund taken back")
    DEPOSIT_RETURNED = "DEPOSIT_RETURNED", _("Deposit returned")
    UNAPPLIED_RETURNED = "UNAPPLIED_RETURNED", _("Overpayment returned")
    TERMS_PAID = "TERMS_PAID", _("Paid on terms")
    TERMS_CREDITED = "TERMS_CREDITED", _("Credit note")
    RETURNED = "RETURNED", _("Goods given back")
    EXCHANGE_ASKED = "EXCHANGE_ASKED", _("Exchange of goods asked for")
    EXCHANGED = "EXCHANGED", _("Goods exchanged")
    TERMS_TAKEN_BACK = "TERMS_TAKEN_BACK", _("Payment taken back")
    DUE_SOON = "DUE_SOON", _("Due soon")
    OVERDUE = "OVERDUE", _("Overdue")
    DEFAULT_NOTICED = "DEFAULT_NOTICED", _("Notice of default")
    ENFORCED = "ENFORCED", _("Enforced")
    GOODS_GIVEN_UP = "GOODS_GIVEN_UP", _("Goods taken back by the seller")
    WRITTEN_OFF = "WRITTEN_OFF", _("Written off")
    SALE_AGREED = "SALE_AGREED", _("Sale of the goods agreed")
    SALE_CALLED_OFF = "SALE_CALLED_OFF", _("Sale of the goods called off")
    GOODS_SOLD = "GOODS_SOLD", _("Goods sold")
    RECOVERED = "RECOVERED", _("Paid after writing off")
    CHANGED = "CHANGED", _("Order changed")
    RECKONED_ANEW = "RECKONED_ANEW", _("Payments reckoned anew")
    PAYMENTS_STOPPED = "PAYMENTS_STOPPED", _("Payments wait: the account is frozen")
    PAYMENTS_FREED = "PAYMENTS_FREED", _("The account is free: payments go on")
    # Of a loan against stock.
    STOCK_OFFERED = "STOCK_OFFERED", _("Stock offered")
    PAID_OUT = "PAID_OUT", _("Paid out against stock")
    WARNED = "WARNED", _("Warned: the stock lost value")
    CALLED = "CALLED", _("Called for cash or goods")
    CURED = "CURED", _("Call cured")
    CALL_LAPSED = "CALL_LAPSED", _("Call not cured in time")
    # The registry's part.
    SEARCHED = "SEARCHED", _("Register searched")
    CONFLICT_FOUND = "CONFLICT_FOUND", _("Another's claim found")
    CONFLICT_ACCEPTED = "CONFLICT_ACCEPTED", _("Gone on in spite of a claim")
    REGISTERED = "REGISTERED", _("Pledge registered")
    RENEWED = "RENEWED", _("Registration renewed")
    AMENDED = "AMENDED", _("Other goods registered")
    DISCHARGED = "DISCHARGED", _("Registration struck off")
    FILING_REFUSED = "FILING_REFUSED", _("Refused by the registry")


# The key under which the seller is asked to pay for the goods of a dealer in default.
BUY_BACK = "buy-back"
# The key with which begins what the seller refunds for pledged goods that go back to it.
GIVEN_BACK = "return:"
# The key with which begins what the seller pays by its duty once the loan was written off.
DUTY = "duty:"


class Deal(models.Model):
    """One order with its money, goods and facts, seen by all its parties.

    What the seller has not shipped by `ship_by` it refunds. One of a loan against stock
    (`is_stock`) has no order: `order_id` names its pool, and the seller supplied the goods.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20)
    order_id = models.UUIDField(unique=True)
    loan_id = models.UUIDField(null=True, blank=True)
    pledge_id = models.UUIDField(null=True, blank=True)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)
    custodian = models.UUIDField(null=True, blank=True)
    is_stock = models.BooleanField(default=False, db_default=False)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    ship_by = models.DateField(null=True, blank=True)

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
