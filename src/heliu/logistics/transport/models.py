"""Shipments and what was seen of them on the way."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
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
    sees them travel.
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
    dispatched_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [known_status("shipment_status_known", ShipmentStatus)]
        indexes = [
            models.Index(fields=["order_id"], name="shipment_order"),
            models.Index(fields=["warehouse", "status", "-dispatched_at"], name="shipment_to"),
            models.Index(fields=["sender", "-dispatched_at"], name="shipment_from"),
            models.Index(fields=["owner", "-dispatched_at"], name="shipment_owner"),
            models.Index(fields=["lender", "-dispatched_at"], name="shipment_lender"),
        ]

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

    PICKED_UP = "PICKED_UP", _("Picked up")
    DEPARTED = "DEPARTED", _("Departed")
    ARRIVED = "ARRIVED", _("Arrived")
    DELIVERED = "DELIVERED", _("Delivered")


class Milestone(models.Model):
    """Something seen of a shipment: when and where."""

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

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            known_status("milestone_kind_known", MilestoneKind, field="kind"),
            models.UniqueConstraint(fields=["shipment", "kind", "at"], name="milestone_once"),
        ]
