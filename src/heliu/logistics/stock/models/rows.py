"""Two views of the same goods: what is promised, and what is."""

from __future__ import annotations

from django.db import models
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.states import Moves, Tone, known_status


class Quality(models.TextChoices):
    """What state goods are in."""

    GOOD = "GOOD", _("Good")
    DAMAGED = "DAMAGED", _("Damaged")


QUALITY_TONES = {Quality.GOOD: Tone.GOOD, Quality.DAMAGED: Tone.BAD}


class Promised(models.Model):
    """What an owner can promise of a SKU at a warehouse: its free, good stock less reservations.

    The quantity is the balance of `account` (floor 0); reservations are holds on it.
    """

    id = models.BigAutoField(primary_key=True)
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    owner = models.UUIDField()
    warehouse = models.UUIDField()
    account = models.BigIntegerField(unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "warehouse", "sku"], name="one_promise_per_place"
            ),
        ]


class BackOrder(models.Model):
    """An owner takes orders for more of a SKU than lies there: for `most` more at a time, in the
    smallest unit. What is ordered so waits for goods, in the order of placement.

    It is the floor of the SKU's promise, below nothing, so the engine's guard is the only one.
    """

    sku = models.OneToOneField(Sku, on_delete=models.PROTECT, primary_key=True, related_name="+")
    owner = models.UUIDField()
    most = models.BigIntegerField()
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(most__gt=0), name="back_orders_for_something")
        ]
        indexes = [models.Index(fields=["owner"], name="back_order_owner")]


class ExpectedStatus(models.TextChoices):
    """Whether goods are still to come."""

    OPEN = "OPEN", _("Expected")
    ARRIVED = "ARRIVED", _("Arrived")
    CALLED_OFF = "CALLED_OFF", _("Called off")


EXPECTED_MOVES: Moves = {
    ExpectedStatus.OPEN: {ExpectedStatus.ARRIVED, ExpectedStatus.CALLED_OFF},
    ExpectedStatus.ARRIVED: set(),
    ExpectedStatus.CALLED_OFF: set(),
}
EXPECTED_TONES = {
    ExpectedStatus.OPEN: Tone.MOVING,
    ExpectedStatus.ARRIVED: Tone.QUIET,
    ExpectedStatus.CALLED_OFF: Tone.QUIET,
}


class Expected(models.Model):
    """Goods an owner will get by a day, in the smallest unit: from production or another supplier.

    Nobody may promise them for that; they tell by when those who wait can be served.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    owner = models.UUIDField()
    quantity = models.BigIntegerField()
    day = models.DateField()
    note = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=10, choices=ExpectedStatus, default=ExpectedStatus.OPEN)
    arrived = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("expected_status_known", ExpectedStatus),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0, arrived__gte=0), name="expected_is_something"
            ),
            models.CheckConstraint(
                condition=models.Q(status="OPEN", closed_at=None, arrived=0)
                | ~models.Q(status="OPEN") & models.Q(closed_at__isnull=False),
                name="expected_until_closed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "sku", "day"],
                condition=models.Q(status="OPEN"),
                name="expected_open",
            )
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return EXPECTED_TONES[ExpectedStatus(self.status)]


class StockRow(models.Model):
    """Goods of one kind that lie in one place, of one lot, owner, quality and encumbrance.

    `owner`, `warehouse` (the organisation that keeps them) and `pledgee` are three separate
    facts. `quantity`, in the SKU's smallest unit, is the balance of `account` after its last
    movement, kept here for those who may see the row but not the account. Indexes ask `has_goods`:
    that a quantity changes, which happens all the time, is then none of their business.
    `is_traced` is set by the database from the article: its pieces are told apart (`marks.py`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    warehouse = models.UUIDField()
    bin = models.UUIDField(null=True, blank=True)
    lot = models.CharField(max_length=40, blank=True)
    owner = models.UUIDField()
    quality = models.CharField(max_length=8, choices=Quality, default=Quality.GOOD)
    pledge = models.UUIDField(null=True, blank=True)
    pledgee = models.UUIDField(null=True, blank=True)
    account = models.BigIntegerField(unique=True)
    quantity = models.BigIntegerField(default=0)
    has_goods = models.GeneratedField(
        expression=GreaterThan(models.F("quantity"), 0),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    since = models.DateTimeField()
    is_traced = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "warehouse", "bin", "lot", "owner", "quality", "pledge"],
                name="one_row_per_stock_key",
                nulls_distinct=False,
            ),
            known_status("stock_quality_known", Quality, field="quality"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=0), name="stock_never_below_nothing"
            ),
            models.CheckConstraint(
                condition=models.Q(pledge=None, pledgee=None)
                | models.Q(pledge__isnull=False, pledgee__isnull=False, quality=Quality.GOOD),
                name="pledged_rows_name_their_pledgee",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "warehouse", "sku", "since"],
                name="stock_oldest_first",
                condition=models.Q(has_goods=True),
            ),
            models.Index(
                fields=["warehouse", "bin"],
                name="stock_lying_in_bin",
                condition=models.Q(has_goods=True),
            ),
            models.Index(
                fields=["pledgee", "warehouse"],
                name="stock_of_pledgee",
                condition=models.Q(pledgee__isnull=False),
            ),
            models.Index(
                fields=["pledge"],
                name="stock_of_pledge",
                condition=models.Q(pledge__isnull=False),
            ),
        ]

    @property
    def is_saleable(self) -> bool:
        """Whether these goods may be promised: good and bound to nobody."""
        return self.quality == Quality.GOOD and self.pledge is None
