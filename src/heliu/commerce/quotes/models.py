"""A quote, what either side said in versions, and the lines of these."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.money import CURRENCY
from heliu.kernel.states import Moves, Tone, known_status


class QuoteStatus(models.TextChoices):
    """Whose word is waited for, or how it ended."""

    ASKED = "ASKED", pgettext_lazy("quote", "Waits for the seller")
    OFFERED = "OFFERED", pgettext_lazy("quote", "Offered")
    ACCEPTED = "ACCEPTED", pgettext_lazy("quote", "Ordered")
    DECLINED = "DECLINED", pgettext_lazy("quote", "Declined")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("quote", "Withdrawn")
    EXPIRED = "EXPIRED", pgettext_lazy("quote", "Expired")


_Q = QuoteStatus
LIVE = (_Q.ASKED, _Q.OFFERED)
QUOTE_MOVES: Moves = {
    _Q.ASKED: {_Q.OFFERED, _Q.DECLINED, _Q.WITHDRAWN, _Q.EXPIRED},
    # What was offered binds the seller: only its buyer, or its last day, ends it.
    _Q.OFFERED: {_Q.ASKED, _Q.ACCEPTED, _Q.WITHDRAWN, _Q.EXPIRED},
    _Q.ACCEPTED: set(),
    _Q.DECLINED: set(),
    _Q.WITHDRAWN: set(),
    _Q.EXPIRED: set(),
}
QUOTE_TONES = {
    _Q.ASKED: Tone.DUE,
    _Q.OFFERED: Tone.MOVING,
    _Q.ACCEPTED: Tone.GOOD,
    _Q.DECLINED: Tone.BAD,
    _Q.WITHDRAWN: Tone.QUIET,
    _Q.EXPIRED: Tone.QUIET,
}


class Quote(models.Model):
    """What a buyer asks one seller a price for, or a seller offers of its own, and where that
    stands.

    `version` is the number of what was said last, `moved_at` when; `runs_out_at` is when nobody can
    answer any more, or the offer binds no longer. `currency` is that in which the two trade, which
    stays while they talk (`sql/quotes_currency.sql`). `wanted_on` is the day on which the buyer
    wishes the goods, `asked_by` whoever began. `order_id` is the order it became, `said` why it was
    declined or withdrawn.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    status = models.CharField(max_length=9, choices=QuoteStatus, default=QuoteStatus.ASKED)
    version = models.PositiveIntegerField(default=1)
    currency = models.CharField(max_length=3, default=CURRENCY, db_default=CURRENCY)
    wanted_on = models.DateField(null=True, blank=True)
    asked_by = models.UUIDField(null=True, blank=True)
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    runs_out_at = models.DateTimeField()
    order_id = models.UUIDField(null=True, blank=True, unique=True)
    order_number = models.CharField(max_length=20, blank=True)
    said = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("quote_status_known", QuoteStatus),
            models.CheckConstraint(condition=~Q(buyer=F("seller")), name="quote_has_two_sides"),
            models.CheckConstraint(
                condition=Q(status="ACCEPTED", order_id__isnull=False)
                | (~Q(status="ACCEPTED") & Q(order_id=None)),
                name="quote_ordered_when_accepted",
            ),
            models.CheckConstraint(
                condition=Q(status__in=LIVE, ended_at=None)
                | (~Q(status__in=LIVE) & Q(ended_at__isnull=False)),
                name="quote_ended_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1) & Q(runs_out_at__gt=F("moved_at")),
                name="quote_runs_out_after_it_moved",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-moved_at", "-id"], name="quote_buyer"),
            models.Index(fields=["seller", "-moved_at", "-id"], name="quote_seller"),
            # Whose turn it is: counted on every page of both desks.
            models.Index(
                fields=["seller", "moved_at"],
                condition=Q(status="ASKED"),
                name="quote_waits_for_seller",
            ),
            models.Index(
                fields=["buyer", "moved_at"],
                condition=Q(status="OFFERED"),
                name="quote_waits_for_buyer",
            ),
            models.Index(
                fields=["runs_out_at"], condition=Q(status__in=LIVE), name="quote_runs_out"
            ),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return QUOTE_TONES[QuoteStatus(self.status)]

    def __str__(self) -> str:
        return self.number


class QuoteVersion(models.Model):
    """What one side said, never changed: the buyer asks, the seller answers `valid_until` a day,
    which still counts. `total` is that of its prices (minor units; null where one is missing)."""

    of = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="versions", db_index=False)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    number = models.PositiveIntegerField()
    by_seller = models.BooleanField()
    by = models.UUIDField(null=True, blank=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    words = models.CharField(max_length=300, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    total = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["of_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["of", "number"], name="one_quote_version_per_number"),
            models.CheckConstraint(
                condition=Q(by_seller=True, valid_until__isnull=False, total__isnull=False)
                | Q(by_seller=False, valid_until=None),
                name="quote_offer_holds_until_a_day",
            ),
            models.CheckConstraint(
                condition=Q(total=None) | Q(total__gt=0), name="quote_version_total"
            ),
        ]

    @property
    def is_by_rule(self) -> bool:
        """Whether the seller's bounds gave the answer, and no person."""
        return self.by_seller and self.by is None


class QuoteLine(models.Model):
    """Goods of a version. Of the buyer's `unit_price` is what it wishes to pay, if it says so; of
    the seller's what it asks, and `usual` what the buyer would have paid then without a quote
    (minor units, of one smallest unit). `instead_of` are the goods that were asked for in their
    place."""

    version = models.ForeignKey(
        QuoteVersion, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    buyer = models.UUIDField()
    seller = models.UUIDField()
    position = models.PositiveIntegerField()
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    unit_price = models.BigIntegerField(null=True, blank=True)
    usual = models.BigIntegerField(null=True, blank=True)
    by_seller = models.BooleanField()
    is_struck = models.BooleanField(default=False)
    instead_of = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["version_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"], name="one_quote_line_per_position"
            ),
            models.UniqueConstraint(fields=["version", "sku"], name="one_quote_line_per_sku"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & (Q(unit_price=None) | Q(unit_price__gt=0)),
                name="quote_line_of_something",
            ),
            models.CheckConstraint(
                condition=Q(by_seller=False, is_struck=False, instead_of=None)
                | Q(by_seller=True, is_struck=True, unit_price=None)
                | Q(by_seller=True, is_struck=False, unit_price__isnull=False),
                name="quote_line_priced_or_struck",
            ),
        ]

    @property
    def amount(self) -> int | None:
        """What the line comes to, in minor units; None without a price."""
        return None if self.unit_price is None else self.unit_price * self.quantity


class AutoAnswer(models.Model):
    """Up to where a seller lets its quotes be answered without a person: lines of at least so many
    pieces at up to `percent` under what the buyer would pay anyway, in quotes of `most` at most
    (minor units of our currency; null: of any, in any), offered for so many days."""

    seller = models.UUIDField()
    min_quantity = models.BigIntegerField()
    percent = models.DecimalField(max_digits=4, decimal_places=2)
    days = models.PositiveSmallIntegerField()
    most = models.BigIntegerField(null=True, blank=True)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["seller", "min_quantity"]
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "min_quantity"], name="one_auto_answer_per_quantity"
            ),
            models.CheckConstraint(
                condition=Q(min_quantity__gte=1, percent__gte=0, percent__lte=90)
                & Q(days__gte=1, days__lte=90)
                & (Q(most=None) | Q(most__gt=0)),
                name="auto_answer_in_bounds",
            ),
        ]
