"""Shopping lists, orders that come back by themselves, and what became of each of their days."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heliu.commerce.ordering.parts import MOST_PARTS
from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.states import Moves, Tone, known_status


class RecurringStatus(models.TextChoices):
    """Whether a recurring order goes on."""

    ACTIVE = "ACTIVE", _("Active")
    PAUSED = "PAUSED", _("Paused")
    ENDED = "ENDED", _("Ended")


MOVES: Moves = {
    RecurringStatus.ACTIVE: {RecurringStatus.PAUSED, RecurringStatus.ENDED},
    RecurringStatus.PAUSED: {RecurringStatus.ACTIVE, RecurringStatus.ENDED},
    RecurringStatus.ENDED: set(),
}
TONES = {
    RecurringStatus.ACTIVE: Tone.MOVING,
    RecurringStatus.PAUSED: Tone.OPEN,
    RecurringStatus.ENDED: Tone.QUIET,
}


class RunStatus(models.TextChoices):
    """What became of one due day."""

    ORDERED = "ORDERED", _("Ordered")
    ASKED = "ASKED", _("Agreement asked")
    FAILED = "FAILED", _("Failed")
    SKIPPED = "SKIPPED", _("Skipped")


RUN_TONES = {
    RunStatus.ORDERED: Tone.GOOD,
    RunStatus.ASKED: Tone.DUE,
    RunStatus.FAILED: Tone.BAD,
    RunStatus.SKIPPED: Tone.QUIET,
}


class Every(models.TextChoices):
    """What a plan counts in."""

    WEEK = "WEEK", _("weeks")
    MONTH = "MONTH", _("months")


class ShoppingList(models.Model):
    """Goods of one seller that a buyer orders again; without a `user` it is the house's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    user = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=60)
    changed_by = models.CharField(max_length=80)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "seller", "user", "name"],
                nulls_distinct=False,
                name="one_list_per_name",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="list_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ListLine(models.Model):
    """How much of which goods a list asks for, in smallest units; carries the buyer for the
    row policy."""

    list = models.ForeignKey(ShoppingList, on_delete=models.CASCADE, related_name="lines")
    buyer = models.UUIDField()
    position = models.PositiveIntegerField()
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    quantity = models.BigIntegerField()

    class Meta:
        ordering = ["list_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["list", "sku"], name="one_list_line_per_sku"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="list_line_is_of_something"),
        ]


class RecurringOrder(models.Model):
    """A list that is ordered again and again, with the rights of whoever set it up.

    Its goods are wished `wished_after` days after each of its days (null: as soon as can be), and
    `remark` is said to the seller each time; they go to the `address` of the buyer's book (null: to
    its default). Of each line they come in `parts`, `parts_apart` days from one another (null: at
    once).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    list = models.ForeignKey(ShoppingList, on_delete=models.PROTECT, related_name="recurring")
    buyer = models.UUIDField()
    seller = models.UUIDField()
    status = models.CharField(max_length=8, choices=RecurringStatus, default=RecurringStatus.ACTIVE)
    pay_by = models.CharField(max_length=8)
    every = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=5, choices=Every)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    next_on = models.DateField(null=True, blank=True)
    set_by = models.UUIDField()
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()
    remark = models.CharField(max_length=300, blank=True, db_default="")
    wished_after = models.PositiveSmallIntegerField(null=True, blank=True)
    address = models.UUIDField(null=True, blank=True)
    parts = models.PositiveSmallIntegerField(null=True, blank=True)
    parts_apart = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(parts=None, parts_apart=None)
                | Q(parts__gte=2, parts__lte=MOST_PARTS, parts_apart__gte=1, parts_apart__lte=90),
                name="recurring_in_parts",
            ),
            known_status("recurring_status_known", RecurringStatus),
            models.CheckConstraint(condition=Q(unit__in=Every.values), name="recurring_unit_known"),
            models.CheckConstraint(
                condition=Q(every__gte=1, every__lte=52), name="recurring_every_so_many"
            ),
            models.CheckConstraint(
                # Paid without a signature, or nobody could be asleep.
                condition=Q(pay_by__in=("TRANSFER", "TERMS")),
                name="recurring_pay_by_known",
            ),
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=models.F("first_on")),
                name="recurring_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(fields=["next_on"], condition=Q(status="ACTIVE"), name="recurring_due"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return TONES[RecurringStatus(self.status)]


class Run(models.Model):
    """What became of one due day of a recurring order; `reason` and `reason_zh` say why it failed,
    `order_number` is that of the order, or of the purchase request where others must agree."""

    recurring = models.ForeignKey(RecurringOrder, on_delete=models.CASCADE, related_name="runs")
    buyer = models.UUIDField()
    due_on = models.DateField()
    status = models.CharField(max_length=8, choices=RunStatus)
    order_number = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    reason_zh = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            known_status("recurring_run_status_known", RunStatus),
            models.UniqueConstraint(fields=["recurring", "due_on"], name="one_run_per_day"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return RUN_TONES[RunStatus(self.status)]
