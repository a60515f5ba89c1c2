"""The terms of a seller with a buyer, what is owed under them, and how it is paid."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heliu.kernel.ids import new_id
from heliu.kernel.states import Moves, Tone, known_status


class DueRule(models.TextChoices):
    """From what the due day is counted; `Terms.days` is how far."""

    NET = "NET", _("Days after shipment")
    MONTH_END = "MONTH_END", _("Days after the end of the month")
    DAY_OF_MONTH = "DAY_OF_MONTH", _("Day of the next month")


class Stop(models.TextChoices):
    """Why a buyer's orders on terms are stopped."""

    OVERDUE = "OVERDUE", _("Overdue")
    HAND = "HAND", _("Stopped by the seller")


class Terms(models.Model):
    """What a seller grants a buyer; amounts in fen, rates in per cent.

    Orders stop when more than `tolerance` is later than the days of grace, or by hand; until
    `passes_until` a person lets them pass although something is late. The credit itself is the
    ceiling of the account; `ceiling` says what was granted, `by_rule` that no person did but the
    rule for newcomers. What is sent is due in one sum after `days`, or in instalments: after each
    of `part_days`, by the same rule, its share of `part_shares` per cent (`terms_parts_sound` in
    the database).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller = models.UUIDField()
    buyer = models.UUIDField()
    rule = models.CharField(max_length=12, choices=DueRule, default=DueRule.NET)
    days = models.PositiveSmallIntegerField(default=30)
    part_days = ArrayField(models.PositiveSmallIntegerField(), default=list, db_default=[])
    part_shares = ArrayField(models.PositiveSmallIntegerField(), default=list, db_default=[])
    rolls = models.BooleanField(default=True)
    discount = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    discount_days = models.PositiveSmallIntegerField(default=0)
    grace_days = models.PositiveSmallIntegerField(default=30)
    tolerance = models.BigIntegerField(default=0)
    late_rate = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(0))
    ceiling = models.BigIntegerField(default=0)
    stop = models.CharField(max_length=8, choices=Stop, blank=True)
    stopped_on = models.DateField(null=True, blank=True)
    passes_until = models.DateField(null=True, blank=True)
    by_rule = models.BooleanField(default=False, db_default=False)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "buyer"], name="one_terms_per_pair"),
            models.CheckConstraint(condition=Q(rule__in=DueRule.values), name="due_rule_known"),
            models.CheckConstraint(condition=Q(stop__in=["", *Stop.values]), name="stop_known"),
            models.CheckConstraint(
                condition=Q(stop="", stopped_on=None) | ~Q(stop="") & Q(stopped_on__isnull=False),
                name="stopped_since_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(rule="DAY_OF_MONTH") | Q(days__gte=1, days__lte=28),
                name="day_of_every_month",
            ),
            models.CheckConstraint(
                condition=Q(days__lte=365, grace_days__lte=365, ceiling__gte=0, tolerance__gte=0)
                & Q(discount__gte=0, discount__lt=100, late_rate__gte=0, late_rate__lte=100),
                name="terms_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(discount=0, discount_days=0) | Q(discount__gt=0, discount_days__gt=0),
                name="discount_until_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer"], name="terms_buyer"),
            models.Index(fields=["seller"], condition=Q(by_rule=True), name="terms_by_rule"),
            models.Index(fields=["seller"], condition=~Q(stop=""), name="terms_stopped"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.days}"


class NewcomerTerms(models.Model):
    """What a seller grants each newcomer without looking at it; amounts in fen.

    `ceiling` for each, due `days` after shipment, `total` for all that the rule has granted and
    nobody has looked at since. Only companies that the register confirmed are granted it, founded
    `least_days` ago or more.
    """

    seller = models.UUIDField(primary_key=True)
    is_on = models.BooleanField(default=False)
    ceiling = models.BigIntegerField(default=0)
    days = models.PositiveSmallIntegerField(default=30)
    total = models.BigIntegerField(default=0)
    least_days = models.PositiveSmallIntegerField(default=0)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(ceiling__gt=0), name="newcomers_get_something"
            ),
            models.CheckConstraint(
                condition=Q(ceiling__gte=0, total__gte=F("ceiling"), days__lte=365),
                name="newcomer_terms_within_bounds",
            ),
        ]


class LevelKind(models.TextChoices):
    """What a step of the dunning ladder does."""

    REMIND = "REMIND", _("Reminder")
    STOP = "STOP", _("Reminder and stop of orders")
    CLAIM = "CLAIM", pgettext_lazy("reminder", "Claim")


class DunningLevel(models.Model):
    """A step of a seller's ladder: so many days after the due day (before it, below zero)."""

    seller = models.UUIDField()
    days = models.SmallIntegerField()
    kind = models.CharField(max_length=6, choices=LevelKind)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "days"], name="one_level_per_day"),
            models.CheckConstraint(condition=Q(kind__in=LevelKind.values), name="level_known"),
            models.CheckConstraint(
                condition=Q(days__gte=-30, days__lte=365), name="level_within_a_year"
            ),
        ]


class InvoiceStatus(models.TextChoices):
    """Where an invoice stands."""

    OPEN = "OPEN", _("Unpaid")
    PART_PAID = "PART_PAID", _("Partly paid")
    PAID = "PAID", _("Paid")
    OVERDUE = "OVERDUE", _("Overdue")
    DISPUTED = "DISPUTED", _("Disputed")
    WRITTEN_OFF = "WRITTEN_OFF", _("Written off")
    SOLD = "SOLD", _("Sold")


UNSETTLED = (
    InvoiceStatus.OPEN, InvoiceStatus.PART_PAID, InvoiceStatus.OVERDUE, InvoiceStatus.DISPUTED,
)  # fmt: skip
_ANYWHERE = {*UNSETTLED, InvoiceStatus.PAID, InvoiceStatus.WRITTEN_OFF, InvoiceStatus.SOLD}
# A payment written down by mistake is taken back, so a settled invoice may be owed again; of one
# that was written off the goods may come back, so that nothing of it is given up any more.
INVOICE_MOVES: Moves = {
    **{state: _ANYWHERE - {state} for state in UNSETTLED},
    InvoiceStatus.PAID: set(UNSETTLED),
    InvoiceStatus.WRITTEN_OFF: {*UNSETTLED, InvoiceStatus.PAID},
    InvoiceStatus.SOLD: set(),
}
INVOICE_TONES = {
    InvoiceStatus.OPEN: Tone.OPEN,
    InvoiceStatus.PART_PAID: Tone.MOVING,
    InvoiceStatus.PAID: Tone.QUIET,
    InvoiceStatus.OVERDUE: Tone.BAD,
    InvoiceStatus.DISPUTED: Tone.DUE,
    InvoiceStatus.WRITTEN_OFF: Tone.BAD,
    InvoiceStatus.SOLD: Tone.QUIET,
}


class InvoiceKind(models.TextChoices):
    """What an invoice is for."""

    GOODS = "GOODS", _("Goods")
    INTEREST = "INTEREST", _("Interest for late payment")


LEFT = F("amount") - F("paid") - F("credited") - F("discounted") - F("written_off")


class Invoice(models.Model):
    """What a buyer owes for a shipment, or for having paid one late; amounts in fen.

    Of a shipment that is paid in instalments each is an invoice of its own, the `part`-th of
    `parts`, with its own due day, age and reminders.

    It is open as far as it is not `paid`, `credited`, `discounted` or `written_off`; of that a
    part may be `disputed`: nobody is reminded of it. `key` is what it is for, once. `reminded` is
    the last step of the ladder that was taken (days from the due day), `next_on` the next day on
    which the close of day has something to do.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=8, choices=InvoiceKind, default=InvoiceKind.GOODS)
    part = models.PositiveSmallIntegerField(default=1, db_default=1)
    parts = models.PositiveSmallIntegerField(default=1, db_default=1)
    seller = models.UUIDField()
    buyer = models.UUIDField()
    order_id = models.UUIDField()
    order_number = models.CharField(max_length=20)
    deal = models.UUIDField()
    key = models.CharField(max_length=80, unique=True)
    amount = models.BigIntegerField()
    issued_on = models.DateField()
    due_on = models.DateField()
    discount = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    discount_until = models.DateField(null=True, blank=True)
    late_rate = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(0))
    paid = models.BigIntegerField(default=0)
    credited = models.BigIntegerField(default=0)
    discounted = models.BigIntegerField(default=0)
    written_off = models.BigIntegerField(default=0)
    disputed = models.BigIntegerField(default=0)
    dispute = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=11, choices=InvoiceStatus, default=InvoiceStatus.OPEN)
    settled_on = models.DateField(null=True, blank=True)
    reminded = models.SmallIntegerField(null=True, blank=True)
    next_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("invoice_status_known", InvoiceStatus),
            models.CheckConstraint(
                condition=Q(
                    amount__gt=0,
                    paid__gte=0,
                    credited__gte=0,
                    discounted__gte=0,
                    written_off__gte=0,
                    disputed__gte=0,
                ),
                name="invoice_of_something",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount__gte=F("paid")
                    + F("credited")
                    + F("discounted")
                    + F("written_off")
                    + F("disputed")
                ),
                name="invoice_not_oversettled",
            ),
            models.CheckConstraint(
                condition=Q(part__gte=1, part__lte=F("parts")), name="invoice_part_of_parts"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["PAID", "WRITTEN_OFF", "SOLD"], settled_on__isnull=False)
                | Q(status__in=[*UNSETTLED], settled_on=None),
                name="invoice_settled_on_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["order_id"], name="invoice_order"),
            models.Index(fields=["buyer", "-issued_on"], name="invoice_buyer"),
            models.Index(fields=["seller", "-issued_on"], name="invoice_seller"),
            models.Index(
                fields=["seller", "buyer", "due_on"],
                condition=Q(settled_on=None),
                name="invoice_open",
            ),
            models.Index(  # holds what is open, so that it is added up without the rows
                fields=["seller", "due_on"],
                include=["buyer", "amount", "paid", "credited", "discounted", "written_off"],
                condition=Q(settled_on=None),
                name="invoice_due",
            ),
            models.Index(
                fields=["next_on"], condition=Q(next_on__isnull=False), name="invoice_next"
            ),
        ]

    @property
    def is_for_goods(self) -> bool:
        """Whether it is for goods, and not for having paid late."""
        return self.kind == InvoiceKind.GOODS

    @property
    def shipment(self) -> str:
        """The id of the shipment whose goods it is for, which its instalments share."""
        return self.key.partition("/")[0]

    @property
    def left(self) -> int:
        """What is open."""
        return self.amount - self.paid - self.credited - self.discounted - self.written_off

    @property
    def is_paid_up(self) -> bool:
        """Whether nothing is open, and nothing given up any more."""
        return self.settled_on is not None and not self.written_off

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return INVOICE_TONES[InvoiceStatus(self.status)]

    def __str__(self) -> str:
        return self.number


class Payment(models.Model):
    """Money a buyer paid a seller under terms, in fen; what is not `allocated` is its credit.

    `key` names it for its seller, once: what a person sent, or the entry of the bank it came by.
    One that was written down by mistake is taken back: it counts no more, and says so.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    seller = models.UUIDField()
    buyer = models.UUIDField()
    key = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    allocated = models.BigIntegerField(default=0)
    value_day = models.DateField()
    reference = models.CharField(max_length=140, blank=True)
    noted_by_name = models.CharField(max_length=80)
    noted_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "key"], name="one_payment_per_key"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, allocated__gte=0, allocated__lte=F("amount")),
                name="payment_within_its_amount",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None) | Q(allocated=0), name="taken_back_settles_nothing"
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-noted_at"], name="terms_payment_buyer"),
            models.Index(fields=["seller", "-noted_at"], name="terms_payment_seller"),
            models.Index(
                fields=["seller", "buyer"],
                condition=Q(taken_back_at=None, allocated__lt=F("amount")),
                name="terms_payment_left",
            ),
        ]

    @property
    def left(self) -> int:
        """What of it settles nothing yet: the buyer's credit."""
        return 0 if self.taken_back_at else self.amount - self.allocated

    def __str__(self) -> str:
        return self.number


class Allocation(models.Model):
    """What of a payment settles an invoice, with the discount taken for being early; in fen.

    Of what it settled `went_back` was for goods that came short or were given back, and of the
    discount `lapsed` with them: nothing is saved on what was not bought. `is_recovery` where it
    settles what was written off. `undone_at` when the payment was taken back.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    seller = models.UUIDField()
    buyer = models.UUIDField()
    amount = models.BigIntegerField()
    discount = models.BigIntegerField(default=0)
    went_back = models.BigIntegerField(default=0, db_default=0)
    lapsed = models.BigIntegerField(default=0, db_default=0)
    is_recovery = models.BooleanField(default=False, db_default=False)
    value_day = models.DateField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, discount__gte=0), name="allocation_of_something"
            ),
            models.CheckConstraint(
                condition=Q(lapsed__gte=0, lapsed__lte=F("discount")), name="allocation_lapsed_part"
            ),
            models.CheckConstraint(
                condition=Q(went_back__gte=0, went_back__lte=F("amount") + F("discount")),
                name="allocation_back_once",
            ),
        ]

    @property
    def kept(self) -> int:
        """What it settled of goods that were not given back."""
        return self.amount + self.discount - self.went_back

    @property
    def saved(self) -> int:
        """What being early saves."""
        return self.discount - self.lapsed


class Reminder(models.Model):
    """A step of the ladder that was taken towards a buyer, for all its invoices it had come for."""

    seller = models.UUIDField()
    buyer = models.UUIDField()
    on = models.DateField()
    days = models.SmallIntegerField()
    kind = models.CharField(max_length=6, choices=LevelKind)
    amount = models.BigIntegerField()
    invoices = models.PositiveIntegerField()
    oldest_due = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "buyer", "on", "days"], name="reminded_once"),
            models.CheckConstraint(
                condition=Q(kind__in=LevelKind.values), name="reminder_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["buyer", "-on"], name="reminder_buyer")]
