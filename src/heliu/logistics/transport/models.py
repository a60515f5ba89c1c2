"""Shipments and what was seen of them on the way."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.language import is_chinese
from heliu.kernel.states import Moves, Tone, known_status


class ShipmentStatus(models.TextChoices):
    """Where a shipment stands."""

    IN_TRANSIT = "IN_TRANSIT", _("On the way")
    ARRIVED = "ARRIVED", _("Arrived")
    RECEIVED = "RECEIVED", _("Received")


SHIPMENT_MOVES: Moves = {
    ShipmentStatus.IN_TRANSIT: {ShipmentStatus.ARRIVED, ShipmentStatus.RECEIVED},
    ShipmentStatus.ARRIVED: {ShipmentStatus.RECEIVED},
    ShipmentStatus.RECEIVED: set(),
}
SHIPMENT_TONES = {
    ShipmentStatus.IN_TRANSIT: Tone.MOVING,
    ShipmentStatus.ARRIVED: Tone.DUE,
    ShipmentStatus.RECEIVED: Tone.QUIET,
}


class Shipment(models.Model):
    """Goods that leave one warehouse for another; `owner` is whoever holds title on the way.

    `warehouse` is the organisation that will receive them; `lender`, where a loan paid for them,
    sees them travel. `ship_to` is the address where they go, as their order keeps it, `origin` the
    sender's house they came out of, where it was named.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    order_id = models.UUIDField()
    deal = models.UUIDField(null=True, blank=True)
    sender = models.UUIDField()
    warehouse = models.UUIDField()
    owner = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)
    status = models.CharField(
        max_length=10, choices=ShipmentStatus, default=ShipmentStatus.IN_TRANSIT
    )
    carrier_name = models.CharField(max_length=80, blank=True)
    carrier_name_zh = models.CharField(max_length=80, blank=True, db_default="")
    origin = models.UUIDField(null=True, blank=True)
    ship_to = models.JSONField(null=True, blank=True)
    dispatched_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("shipment_status_known", ShipmentStatus),
            # What a carriage points at, so that it goes where its shipment goes.
            models.UniqueConstraint(fields=["id", "warehouse"], name="shipment_and_its_warehouse"),
        ]
        indexes = [
            models.Index(fields=["order_id"], name="shipment_order"),
            models.Index(fields=["warehouse", "status", "-dispatched_at"], name="shipment_to"),
            models.Index(fields=["sender", "-dispatched_at"], name="shipment_from"),
            models.Index(fields=["owner", "-dispatched_at"], name="shipment_owner"),
            models.Index(fields=["lender", "-dispatched_at"], name="shipment_lender"),
        ]

    @property
    def carried_by(self) -> str:
        """The carrier's name in the reader's language, as the sender said or the carrier is called;
        a name that was typed is the same in both."""
        return (self.carrier_name_zh or self.carrier_name) if is_chinese() else self.carrier_name

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return SHIPMENT_TONES[ShipmentStatus(self.status)]

    def __str__(self) -> str:
        return self.number


class ShipmentLine(models.Model):
    """One kind of goods in a shipment, for one line of the order."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    order_line = models.BigIntegerField()
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    sender = models.UUIDField()
    warehouse = models.UUIDField()
    owner = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "order_line"], name="order_line_once_in_shipment"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0), name="shipment_line_carries_goods"
            ),
        ]


class MilestoneKind(models.TextChoices):
    """What was seen of a shipment."""

    PICKED_UP = "PICKED_UP", pgettext_lazy("by the carrier", "Picked up")
    DEPARTED = "DEPARTED", _("Departed")
    AT_HUB = "AT_HUB", _("At a hub")
    OUT = "OUT", _("Out for delivery")
    ARRIVED = "ARRIVED", _("Arrived")
    DELIVERED = "DELIVERED", _("Delivered")


class Milestone(models.Model):
    """Something seen of a shipment: when and where; `carrier` is who says so, if a carrier does."""

    id = models.BigAutoField(primary_key=True)
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="milestones")
    kind = models.CharField(max_length=10, choices=MilestoneKind)
    at = models.DateTimeField()
    place = models.CharField(max_length=120, blank=True)
    actor_name = models.CharField(max_length=80)
    sender = models.UUIDField()
    warehouse = models.UUIDField()
    owner = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)
    carrier = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            known_status("milestone_kind_known", MilestoneKind, field="kind"),
            models.UniqueConstraint(fields=["shipment", "kind", "at"], name="milestone_once"),
        ]


class CarriageStatus(models.TextChoices):
    """How far a carrier is with goods."""

    TO_PICK_UP = "TO_PICK_UP", _("To pick up")
    PICKED_UP = "PICKED_UP", pgettext_lazy("by the carrier", "Picked up")
    DEPARTED = "DEPARTED", _("Departed")
    AT_HUB = "AT_HUB", _("At a hub")
    OUT = "OUT", _("Out for delivery")
    DELIVERED = "DELIVERED", _("Delivered")


_C = CarriageStatus
CARRIAGE_MOVES: Moves = {
    # The keeper may count goods that nobody said anything of: their way is over too.
    _C.TO_PICK_UP: {_C.PICKED_UP, _C.DELIVERED},
    _C.PICKED_UP: {_C.DEPARTED, _C.AT_HUB, _C.OUT, _C.DELIVERED},
    _C.DEPARTED: {_C.AT_HUB, _C.OUT, _C.DELIVERED},
    _C.AT_HUB: {_C.DEPARTED, _C.OUT, _C.DELIVERED},
    _C.OUT: {_C.AT_HUB, _C.DELIVERED},  # back to the hub when nobody took them
    _C.DELIVERED: set(),
}
CARRIAGE_TONES = {
    _C.TO_PICK_UP: Tone.DUE,
    _C.PICKED_UP: Tone.MOVING,
    _C.DEPARTED: Tone.MOVING,
    _C.AT_HUB: Tone.MOVING,
    _C.OUT: Tone.MOVING,
    _C.DELIVERED: Tone.QUIET,
}
ON_THE_WAY = (_C.PICKED_UP, _C.DEPARTED, _C.AT_HUB, _C.OUT)


class Carriage(models.Model):
    """A shipment given to a carrier: its waybill, and how far it is.

    It says from where to where and what, and nothing else: the carrier sees this, and neither the
    shipment's order nor prices or loan. `number` is the shipment's. It is delivered when the
    carrier handed the goods over, or when they were counted without a word of the carrier's
    (`is_counted`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shipment = models.OneToOneField(Shipment, on_delete=models.PROTECT, related_name="carriage")
    number = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=10, choices=_C, default=_C.TO_PICK_UP)
    carrier = models.UUIDField()
    sender = models.UUIDField()
    warehouse = models.UUIDField()
    owner = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)
    waybill = models.JSONField()
    pieces = models.BigIntegerField()
    open_exceptions = models.PositiveSmallIntegerField(default=0)
    given_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    receiver_name = models.CharField(max_length=80, blank=True)
    proof = models.UUIDField(null=True, blank=True)
    is_counted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            known_status("carriage_status_known", CarriageStatus),
            models.CheckConstraint(
                condition=models.Q(status="DELIVERED", delivered_at__isnull=False)
                | (~models.Q(status="DELIVERED") & models.Q(delivered_at=None)),
                name="carriage_delivered_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="DELIVERED")
                | models.Q(is_counted=True)
                | (~models.Q(receiver_name="") & models.Q(proof__isnull=False)),
                name="carriage_delivery_is_proved",
            ),
            models.CheckConstraint(condition=models.Q(pieces__gt=0), name="carriage_carries_goods"),
        ]
        indexes = [
            models.Index(fields=["carrier", "status", "-moved_at"], name="carriage_of_carrier"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return CARRIAGE_TONES[CarriageStatus(self.status)]

    def __str__(self) -> str:
        return self.number


class ExceptionKind(models.TextChoices):
    """What may go wrong with goods on their way."""

    LATE = "LATE", _("Late")
    DAMAGED = "DAMAGED", _("Damaged")
    SHORT = "SHORT", _("Pieces missing")
    REFUSED = "REFUSED", _("Not accepted")
    NOBODY = "NOBODY", _("Nobody there")
    SEAL = "SEAL", _("Seal broken")
    BREAKDOWN = "BREAKDOWN", _("Breakdown")
    OTHER = "OTHER", _("Something else")


class CarriageException(models.Model):
    """Something that went wrong on the way: a kind, a note, photos; open until it is settled."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    carriage = models.ForeignKey(Carriage, on_delete=models.PROTECT, related_name="exceptions")
    kind = models.CharField(max_length=9, choices=ExceptionKind)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    actor_name = models.CharField(max_length=80)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by_name = models.CharField(max_length=80, blank=True)
    carrier = models.UUIDField()
    sender = models.UUIDField()
    warehouse = models.UUIDField()
    owner = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            known_status("carriage_exception_kind_known", ExceptionKind, field="kind"),
            models.CheckConstraint(
                condition=~models.Q(kind="OTHER") | ~models.Q(note=""),
                name="carriage_exception_says_what",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_at=None, settled_by_name="")
                | (models.Q(settled_at__gte=models.F("at")) & ~models.Q(settled_by_name="")),
                name="carriage_exception_settled_by_somebody",
            ),
        ]
