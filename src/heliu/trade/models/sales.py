"""Sales of the goods of a dealer in default."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.ids import new_id
from heliu.kernel.states import Tone
from heliu.trade.models.deals import Deal


class SaleStatus(models.TextChoices):
    """Where a sale stands, read off its times."""

    ASKED = "ASKED", _("Asked for")
    AGREED = "AGREED", _("Payment awaited")
    SOLD = "SOLD", _("Sold")
    CALLED_OFF = "CALLED_OFF", _("Called off")


SALE_TONES = {
    SaleStatus.ASKED: Tone.DUE,
    SaleStatus.AGREED: Tone.MOVING,
    SaleStatus.SOLD: Tone.GOOD,
    SaleStatus.CALLED_OFF: Tone.QUIET,
}


class Sale(models.Model):
    """A lender's sale of pledged goods of a dealer in default; amounts in fen.

    `buyer` is an organisation of the platform, which pays through its bank; empty is somebody
    else, whose money the lender writes down. `goods` are [SKU, quantity], `value` what they secure,
    `reserve` what they should bring. A sale that was asked for and not agreed to is only what its
    `approval` is about. `reference` and `value_day` are of the money.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="sales")
    approval = models.UUIDField(unique=True)
    lender = models.UUIDField()
    dealer = models.UUIDField()
    seller = models.UUIDField()
    custodian = models.UUIDField()
    buyer = models.UUIDField(null=True, blank=True)
    buyer_name = models.CharField(max_length=120)
    goods = models.JSONField()
    quantity = models.BigIntegerField()
    value = models.BigIntegerField()
    reserve = models.BigIntegerField()
    price = models.BigIntegerField()
    sale_costs = models.BigIntegerField(default=0)
    custody_costs = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    called_off_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    value_day = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0, price__gt=0, value__gte=0, reserve__gte=0),
                name="sale_of_something",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    sale_costs__gte=0,
                    custody_costs__gte=0,
                    price__gte=models.F("sale_costs") + models.F("custody_costs"),
                ),
                name="sale_brings_its_costs",
            ),
            models.CheckConstraint(
                condition=models.Q(paid_at=None, value_day=None)
                | models.Q(
                    paid_at__isnull=False,
                    value_day__isnull=False,
                    agreed_at__isnull=False,
                    called_off_at=None,
                ),
                name="sale_paid_when_agreed",
            ),
            models.UniqueConstraint(
                fields=["deal"],
                condition=models.Q(agreed_at__isnull=False, paid_at=None, called_off_at=None),
                name="one_sale_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["lender", "-asked_at"], name="sale_lender"),
            models.Index(fields=["buyer", "-asked_at"], name="sale_buyer"),
        ]

    @property
    def status(self) -> SaleStatus:
        """Where it stands."""
        if self.called_off_at:
            return SaleStatus.CALLED_OFF
        if self.paid_at:
            return SaleStatus.SOLD
        return SaleStatus.AGREED if self.agreed_at else SaleStatus.ASKED

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return SALE_TONES[self.status]

    @property
    def quantities(self) -> dict[UUID, int]:
        """How many units of each SKU."""
        return {UUID(sku): int(quantity) for sku, quantity in self.goods}

    @property
    def is_below_reserve(self) -> bool:
        """Whether it brings less than the goods should."""
        return self.price < self.reserve

    def __str__(self) -> str:
        return self.number
