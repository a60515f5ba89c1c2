"""Returns and claims, their lines, and how much of an order line was given back so far."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.states import Moves, Tone, known_status


class Remedy(models.TextChoices):
    """What the buyer asks for."""

    CREDIT = "CREDIT", _("Goods back, money back")
    REPLACEMENT = "REPLACEMENT", _("Goods back, new goods")
    ALLOWANCE = "ALLOWANCE", _("Keep the goods for less")


class ReturnStatus(models.TextChoices):
    """Where a return stands."""

    ASKED = "ASKED", pgettext_lazy("return", "Asked for")
    AGREED = "AGREED", pgettext_lazy("return", "Agreed")
    REFUSED = "REFUSED", pgettext_lazy("return", "Refused")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("return", "Withdrawn")
    SENT = "SENT", pgettext_lazy("return", "Sent back")
    JUDGED = "JUDGED", pgettext_lazy("return", "Judged")
    REPLACING = "REPLACING", pgettext_lazy("return", "New goods sent")
    SETTLED = "SETTLED", pgettext_lazy("return", "Settled")


_R = ReturnStatus
OVER = (_R.REFUSED, _R.WITHDRAWN, _R.SETTLED)
RETURN_MOVES: Moves = {
    _R.ASKED: {_R.AGREED, _R.REFUSED, _R.WITHDRAWN, _R.SETTLED},
    # Of a financed order the lender may say no, and the goods lie at the keeper's already.
    _R.AGREED: {_R.SENT, _R.WITHDRAWN, _R.REFUSED, _R.SETTLED},
    _R.SENT: {_R.JUDGED, _R.SETTLED},
    _R.JUDGED: {_R.REPLACING},
    _R.REPLACING: {_R.SETTLED},
    _R.REFUSED: set(),
    _R.WITHDRAWN: set(),
    _R.SETTLED: set(),
}
RETURN_TONES = {
    _R.ASKED: Tone.DUE,
    _R.AGREED: Tone.MOVING,
    _R.REFUSED: Tone.BAD,
    _R.WITHDRAWN: Tone.QUIET,
    _R.SENT: Tone.MOVING,
    _R.JUDGED: Tone.DUE,
    _R.REPLACING: Tone.MOVING,
    _R.SETTLED: Tone.GOOD,
}


class Return(models.Model):
    """What a buyer gives back of an order, or claims for it; amounts in fen.

    `amount` is what is asked for (the price of the goods, or the allowance), `credited` what the
    seller gave for it in the end; of that `refund` had been paid and is owed back. `case` is the
    one it came of.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    case = models.UUIDField(null=True, blank=True)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    warehouse = models.UUIDField()
    order_id = models.UUIDField()
    order_number = models.CharField(max_length=20)
    deal = models.UUIDField()
    remedy = models.CharField(max_length=11, choices=Remedy)
    status = models.CharField(max_length=9, choices=ReturnStatus, default=ReturnStatus.ASKED)
    reason = models.CharField(max_length=300)
    amount = models.BigIntegerField()
    credited = models.BigIntegerField(default=0)
    refund = models.BigIntegerField(default=0)
    refund_by_bank = models.BooleanField(default=False)
    answer = models.CharField(max_length=300, blank=True)
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decided_by_name = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    judged_by_name = models.CharField(max_length=80, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("return_status_known", ReturnStatus),
            known_status("return_remedy_known", Remedy, field="remedy"),
            models.CheckConstraint(
                condition=(Q(amount__gt=0) | Q(amount=0) & ~Q(remedy="ALLOWANCE"))
                & Q(credited__gte=0, credited__lte=F("amount"))
                & Q(refund__gte=0, refund__lte=F("credited")),
                name="return_gives_no_more_than_asked",
            ),
            models.CheckConstraint(
                condition=Q(credited=0) | Q(status="SETTLED", remedy__in=["CREDIT", "ALLOWANCE"]),
                name="return_credited_when_settled",
            ),
            models.CheckConstraint(
                condition=Q(status__in=OVER, ended_at__isnull=False)
                | (~Q(status__in=OVER) & Q(ended_at=None)),
                name="return_ended_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-asked_at", "-id"], name="return_buyer"),
            models.Index(fields=["seller", "-asked_at", "-id"], name="return_seller"),
            models.Index(fields=["order_id"], name="return_order"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return RETURN_TONES[ReturnStatus(self.status)]

    @property
    def goes_back(self) -> bool:
        """Whether goods are sent back for it."""
        return self.remedy != Remedy.ALLOWANCE

    def __str__(self) -> str:
        return self.number


class ReturnLine(models.Model):
    """How much of an order line a return is about, and what the warehouse found when it came.

    Of `quantity` so much came `good`, `damaged` or not at all (`missing`); `accepted` is what the
    buyer gets something for. `marks` are the serial numbers, where the goods have such.
    """

    of = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines", db_index=False)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    position = models.PositiveIntegerField()
    order_line = models.BigIntegerField()
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    unit_price = models.BigIntegerField()
    good = models.BigIntegerField(default=0)
    damaged = models.BigIntegerField(default=0)
    missing = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    marks = ArrayField(models.CharField(max_length=40), default=list, db_default=[])

    class Meta:
        ordering = ["of_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["of", "order_line"], name="order_line_once_in_return"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0), name="return_line_of_something"
            ),
            models.CheckConstraint(
                condition=Q(good__gte=0, damaged__gte=0, missing__gte=0)
                & (
                    Q(good=0, damaged=0, missing=0)
                    | Q(quantity=F("good") + F("damaged") + F("missing"))
                ),
                name="return_line_counts_what_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(accepted__gte=0, accepted__lte=F("quantity") - F("missing")),
                name="return_line_accepts_what_came",
            ),
            models.CheckConstraint(
                condition=Q(marks__len=0) | Q(marks__len=F("quantity")),
                name="return_line_names_all_or_none",
            ),
        ]


class GivenBack(models.Model):
    """How much of an order line was `received` good, and how much of that is in returns that were
    not refused: never more. What was replaced is in none any more."""

    order_line = models.BigIntegerField(primary_key=True)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    received = models.BigIntegerField()
    taken = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__gte=0, taken__lte=F("received")),
                name="no_more_given_back_than_received",
            )
        ]
