"""Buildings, counting in, warehouse receipts, picking."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.language import in_language
from heliu.kernel.states import Moves, Tone, known_status


class Warehouse(models.Model):
    """A building where an organisation keeps goods, its own or others'.

    Where it stands, when it is open (`hours`) and whom to call are for people who come there, and
    any may be empty.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=60, blank=True)
    city_zh = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=200, blank=True)
    address_zh = models.CharField(max_length=200, blank=True, db_default="")
    hours = models.CharField(max_length=120, blank=True, db_default="")
    hours_zh = models.CharField(max_length=120, blank=True, db_default="")
    contact = models.CharField(max_length=80, blank=True, db_default="")
    phone = models.CharField(max_length=40, blank=True, db_default="")
    is_supervised = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "code"], name="one_warehouse_per_code"),
        ]

    @property
    def display(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name, self.name_zh)

    @property
    def where(self) -> str:
        """The address in the reader's language."""
        return in_language(self.address, self.address_zh)

    @property
    def when(self) -> str:
        """The hours in the reader's language."""
        return in_language(self.hours, self.hours_zh)

    @property
    def dialled(self) -> str:
        """The number as a telephone dials it."""
        return "".join(sign for sign in self.phone if sign in "+0123456789")

    def __str__(self) -> str:
        return self.display


class Bin(models.Model):
    """A place in a warehouse; `x` and `y` are its column and row on the plan, from 0."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="bins")
    org = models.UUIDField()
    code = models.CharField(max_length=20)
    x = models.PositiveSmallIntegerField()
    y = models.PositiveSmallIntegerField()
    is_dock = models.BooleanField(default=False)
    is_quarantine = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "code"], name="one_bin_per_code"),
            models.UniqueConstraint(fields=["warehouse", "x", "y"], name="one_bin_per_place"),
        ]
        indexes = [models.Index(fields=["org"], name="bin_org")]

    def __str__(self) -> str:
        return self.code


class ReceivingStatus(models.TextChoices):
    """Where the counting of a shipment stands."""

    COUNTED = "COUNTED", _("Counted with differences")
    CLOSED = "CLOSED", _("Closed")


RECEIVING_MOVES: Moves = {
    ReceivingStatus.COUNTED: {ReceivingStatus.CLOSED},
    ReceivingStatus.CLOSED: set(),
}
RECEIVING_TONES = {ReceivingStatus.COUNTED: Tone.BAD, ReceivingStatus.CLOSED: Tone.QUIET}


class Receiving(models.Model):
    """A shipment counted in at a warehouse: what was expected and what came."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shipment = models.UUIDField(unique=True)
    shipment_number = models.CharField(max_length=20)
    warehouse = models.UUIDField()
    owner = models.UUIDField()
    sender = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=ReceivingStatus)
    counted_at = models.DateTimeField()
    counted_by_name = models.CharField(max_length=80)
    closed_at = models.DateTimeField(null=True, blank=True)
    settlement = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [known_status("receiving_status_known", ReceivingStatus)]
        indexes = [
            models.Index(fields=["warehouse", "-counted_at"], name="receiving_warehouse"),
            models.Index(fields=["owner", "-counted_at"], name="receiving_owner"),
            models.Index(fields=["sender", "-counted_at"], name="receiving_sender"),
        ]


class ReceivingLine(models.Model):
    """One line of a count: good, damaged and missing add up to what was expected."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    receiving = models.ForeignKey(Receiving, on_delete=models.CASCADE, related_name="lines")
    shipment_line = models.UUIDField(unique=True)
    order_line = models.BigIntegerField()
    position = models.PositiveIntegerField()
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    expected = models.BigIntegerField()
    good = models.BigIntegerField()
    damaged = models.BigIntegerField()
    missing = models.BigIntegerField()
    warehouse = models.UUIDField()
    owner = models.UUIDField()
    sender = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    good__gte=0,
                    damaged__gte=0,
                    missing__gte=0,
                    expected=models.F("good") + models.F("damaged") + models.F("missing"),
                ),
                name="count_adds_up",
            ),
        ]


class ReceiptStatus(models.TextChoices):
    """Where a warehouse receipt stands."""

    ISSUED = "ISSUED", _("Issued")
    PLEDGED = "PLEDGED", _("Pledged")
    PART_DELIVERED = "PART_DELIVERED", _("Partly delivered")
    DELIVERED = "DELIVERED", _("Delivered")


RECEIPT_MOVES: Moves = {
    ReceiptStatus.ISSUED: {
        ReceiptStatus.PLEDGED,
        ReceiptStatus.PART_DELIVERED,
        ReceiptStatus.DELIVERED,
    },
    ReceiptStatus.PLEDGED: {
        ReceiptStatus.ISSUED,
        ReceiptStatus.PART_DELIVERED,
        ReceiptStatus.DELIVERED,
    },
    ReceiptStatus.PART_DELIVERED: {ReceiptStatus.DELIVERED},
    ReceiptStatus.DELIVERED: set(),
}
RECEIPT_TONES = {
    ReceiptStatus.ISSUED: Tone.GOOD,
    ReceiptStatus.PLEDGED: Tone.BOUND,
    ReceiptStatus.PART_DELIVERED: Tone.MOVING,
    ReceiptStatus.DELIVERED: Tone.QUIET,
}


class WarehouseReceipt(models.Model):
    """The keeper's record that it holds named goods of `owner` for `holder` (仓单).

    It names good goods only. While pledged the holder, who alone may call the goods, is the
    pledgee. `content` is what the keeper signs (Civil Code of the PRC art. 909, UCC 7-202) and
    never changes; `content_hash` is the SHA-256 of its canonical JSON. What happened to the
    receipt later stands in `endorsements`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    warehouse = models.UUIDField()
    owner = models.UUIDField()
    holder = models.UUIDField()
    pledgee = models.UUIDField(null=True, blank=True)
    pledge = models.UUIDField(null=True, blank=True)
    receiving = models.OneToOneField(Receiving, on_delete=models.PROTECT)
    status = models.CharField(max_length=14, choices=ReceiptStatus, default=ReceiptStatus.ISSUED)
    issued_at = models.DateTimeField()
    issued_by_name = models.CharField(max_length=80)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    endorsements = models.JSONField(default=list)

    class Meta:
        constraints = [
            known_status("receipt_status_known", ReceiptStatus),
            models.CheckConstraint(
                condition=models.Q(pledge=None, pledgee=None, holder=models.F("owner"))
                | models.Q(pledge__isnull=False, pledgee__isnull=False),
                name="pledged_receipts_name_their_pledgee",
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "-issued_at"], name="receipt_warehouse"),
            models.Index(fields=["owner", "-issued_at"], name="receipt_owner"),
            models.Index(fields=["pledgee", "-issued_at"], name="receipt_pledgee"),
            models.Index(fields=["pledge"], name="receipt_pledge"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return RECEIPT_TONES[ReceiptStatus(self.status)]

    def __str__(self) -> str:
        return self.number


class ReceiptLine(models.Model):
    """Goods named by a receipt: the row they were put in, and what of them was handed over."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    receipt = models.ForeignKey(WarehouseReceipt, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    order_line = models.BigIntegerField()
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    stock_row = models.UUIDField()
    quantity = models.BigIntegerField()
    delivered = models.BigIntegerField(default=0)
    warehouse = models.UUIDField()
    owner = models.UUIDField()
    pledgee = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["receipt", "stock_row"], name="one_receipt_line_per_row"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    quantity__gt=0, delivered__gte=0, delivered__lte=models.F("quantity")
                ),
                name="receipt_delivers_what_it_holds",
            ),
        ]
        indexes = [models.Index(fields=["stock_row"], name="receipt_line_row")]


class PickOutcome(models.TextChoices):
    """How an attempt to pick ended."""

    GO = "GO", _("Go")
    REFUSED = "REFUSED", _("Refused")


class PickAttempt(models.Model):
    """Somebody wanted to take goods out of a bin; refusals are kept as well as passes."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField(max_length=80)
    stock_row = models.UUIDField()
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    release_order = models.UUIDField(null=True, blank=True)
    pledge = models.UUIDField(null=True, blank=True)
    outcome = models.CharField(max_length=7, choices=PickOutcome)
    reason = models.CharField(max_length=20)
    warehouse = models.UUIDField()
    owner = models.UUIDField()
    pledgee = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("pick_outcome_known", PickOutcome, field="outcome"),
        ]
        indexes = [
            models.Index(fields=["warehouse", "-at"], name="pick_warehouse"),
            models.Index(fields=["pledgee", "-at"], name="pick_pledgee"),
            models.Index(fields=["owner", "-at"], name="pick_owner"),
        ]
