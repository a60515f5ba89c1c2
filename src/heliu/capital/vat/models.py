"""Whose tax data, at which rates, and the invoices that the tax authority numbers."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heliu.kernel.goods.models import Family, Sku
from heliu.kernel.ids import new_id
from heliu.kernel.states import Moves, Tone, known_status


class VatKind(models.TextChoices):
    """Which invoice a buyer wants: by a special one it deducts the tax."""

    SPECIAL = "SPECIAL", _("Special VAT invoice")
    ORDINARY = "ORDINARY", _("Ordinary VAT invoice")


class TaxHouse(models.Model):
    """A house's tax data as it stands on invoices, given once: the title it asks for as a buyer,
    and who issues as a seller. With `is_auto` a seller's invoices are written as goods leave."""

    org = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=120)
    number = models.CharField(max_length=20)
    address = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    bank = models.CharField(max_length=120, blank=True)
    account = models.CharField(max_length=40, blank=True)
    wants = models.CharField(max_length=8, choices=VatKind, default=VatKind.ORDINARY)
    is_auto = models.BooleanField(default=False)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(wants__in=VatKind.values), name="vat_wants_known"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(number=""), name="tax_house_has_name_and_number"
            ),
        ]


class TaxRate(models.Model):
    """What of a price with tax is tax, from a day on, in per cent: for a SKU, for a family, or else
    for all of a seller's goods. Exempt goods bear none, which is not the rate 0."""

    id = models.BigAutoField(primary_key=True)
    seller = models.UUIDField()
    family = models.ForeignKey(
        Family, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rate = models.DecimalField(max_digits=4, decimal_places=2)
    is_exempt = models.BooleanField(default=False)
    from_day = models.DateField()
    set_by_name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "family", "sku", "from_day"],
                name="one_tax_rate_per_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(family=None) | Q(sku=None), name="tax_rate_for_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lt=100) & (Q(is_exempt=False) | Q(rate=0)),
                name="tax_rate_within_bounds",
            ),
        ]


class VatStatus(models.TextChoices):
    """Where an invoice stands with the tax authority."""

    QUEUED = "QUEUED", _("To be issued")
    PENDING = "PENDING", pgettext_lazy("tax authority", "Being issued")
    ISSUED = "ISSUED", pgettext_lazy("tax authority", "Issued")
    REFUSED = "REFUSED", pgettext_lazy("tax authority", "Refused")


VAT_MOVES: Moves = {
    VatStatus.QUEUED: {VatStatus.PENDING, VatStatus.ISSUED, VatStatus.REFUSED},
    VatStatus.PENDING: {VatStatus.ISSUED, VatStatus.REFUSED},
    VatStatus.ISSUED: set(),
    VatStatus.REFUSED: {VatStatus.QUEUED},  # mended, and handed over under a new id
}
VAT_TONES = {
    VatStatus.QUEUED: Tone.OPEN,
    VatStatus.PENDING: Tone.MOVING,
    VatStatus.ISSUED: Tone.GOOD,
    VatStatus.REFUSED: Tone.BAD,
}


class VatInvoice(models.Model):
    """A VAT invoice of a seller to a buyer, or the red letter that takes back a part of one.

    Amounts are fen; those of a red letter (`red_of`) are below zero. `gross` is what the buyer
    pays, `net` what of it is price, `tax` the rest. `key` is what it is for, once. `paper` is the
    id under which the authority knows it, `number` what it gave. `title` and `issuer` are the tax
    data of then. `red_gross` is what red letters took back so far. `split_on` is the day on which
    its tax left the sales in the books; null while it has not.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=VatKind)
    seller = models.UUIDField()
    buyer = models.UUIDField()
    order_id = models.UUIDField()
    order_number = models.CharField(max_length=20)
    key = models.CharField(max_length=80, unique=True)
    red_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="red_letters"
    )
    reason = models.CharField(max_length=200, blank=True)
    title = models.JSONField()
    issuer = models.JSONField()
    gross = models.BigIntegerField()
    net = models.BigIntegerField()
    tax = models.BigIntegerField()
    red_gross = models.BigIntegerField(default=0)
    status = models.CharField(max_length=8, choices=VatStatus, default=VatStatus.QUEUED)
    paper = models.UUIDField(unique=True, default=new_id)
    number = models.CharField(max_length=20, blank=True)
    trouble = models.CharField(max_length=200, blank=True)
    tries = models.PositiveIntegerField(default=0)
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    split_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("vat_status_known", VatStatus),
            models.CheckConstraint(condition=Q(kind__in=VatKind.values), name="vat_kind_known"),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="vat_adds_up"),
            models.CheckConstraint(
                condition=Q(red_of=None, gross__gt=0, tax__gte=0)
                | Q(red_of__isnull=False, gross__lt=0, tax__lte=0, red_gross=0),
                name="vat_red_is_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(red_gross__gte=0) & (Q(red_gross=0) | Q(red_gross__lte=F("gross"))),
                name="vat_not_more_red_than_blue",
            ),
            models.CheckConstraint(
                condition=Q(status="ISSUED", issued_at__isnull=False) & ~Q(number="")
                | ~Q(status="ISSUED") & Q(issued_at=None, number=""),
                name="vat_issued_has_a_number",
            ),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="one_vat_invoice_per_number"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-asked_at"], name="vat_seller"),
            models.Index(fields=["buyer", "-asked_at"], name="vat_buyer"),
            models.Index(fields=["order_id"], name="vat_order"),
            models.Index(
                fields=["asked_at"],
                condition=Q(status__in=["QUEUED", "PENDING"]),
                name="vat_to_hand_over",
            ),
            models.Index(
                fields=["issued_at"],
                condition=Q(status="ISSUED", split_on=None) & ~Q(tax=0),
                name="vat_to_split",
            ),
        ]

    @property
    def is_red(self) -> bool:
        """Whether it takes back what another says."""
        return self.red_of_id is not None

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return VAT_TONES[VatStatus(self.status)]

    def __str__(self) -> str:
        return self.number or self.order_number


class VatLine(models.Model):
    """Goods on a VAT invoice; of a red letter all amounts are below zero. `red_gross` is what red
    letters took back of it."""

    id = models.BigAutoField(primary_key=True)
    invoice = models.ForeignKey(VatInvoice, on_delete=models.PROTECT, related_name="lines")
    seller = models.UUIDField()
    buyer = models.UUIDField()
    position = models.PositiveIntegerField()
    order_line = models.BigIntegerField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40)
    quantity = models.BigIntegerField()
    rate = models.DecimalField(max_digits=4, decimal_places=2, default=Decimal(0))
    is_exempt = models.BooleanField(default=False)
    gross = models.BigIntegerField()
    net = models.BigIntegerField()
    tax = models.BigIntegerField()
    red_gross = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["invoice_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "position"], name="one_vat_line_per_position"
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="vat_line_adds_up"),
            models.CheckConstraint(
                condition=Q(red_gross__gte=0) & (Q(red_gross=0) | Q(red_gross__lte=F("gross"))),
                name="vat_line_not_more_red_than_blue",
            ),
        ]
