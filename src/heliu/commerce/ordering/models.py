"""Orders, their lines, and the cart an order is made from."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.money import CURRENCY
from heliu.kernel.states import Moves, Tone, known_status


class OrderStatus(models.TextChoices):
    """Where an order stands between buyer and seller."""

    PLACED = "PLACED", _("Placed")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    PART_SHIPPED = "PART_SHIPPED", _("Part shipped")
    SHIPPED = "SHIPPED", _("Shipped")
    RECEIVED = "RECEIVED", _("Received")
    COMPLETED = "COMPLETED", _("Completed")
    CANCELLED = "CANCELLED", _("Cancelled")


MOVES: Moves = {
    OrderStatus.PLACED: {OrderStatus.CONFIRMED, OrderStatus.CANCELLED},
    OrderStatus.CONFIRMED: {
        OrderStatus.PART_SHIPPED,
        OrderStatus.SHIPPED,
        OrderStatus.RECEIVED,
        OrderStatus.CANCELLED,
    },
    # All is counted already where what was still to come is struck.
    OrderStatus.PART_SHIPPED: {OrderStatus.SHIPPED, OrderStatus.RECEIVED},
    OrderStatus.SHIPPED: {OrderStatus.RECEIVED},
    OrderStatus.RECEIVED: {OrderStatus.COMPLETED},
    OrderStatus.COMPLETED: set(),
    OrderStatus.CANCELLED: set(),
}
TONES = {
    OrderStatus.PLACED: Tone.OPEN,
    OrderStatus.CONFIRMED: Tone.MOVING,
    OrderStatus.PART_SHIPPED: Tone.MOVING,
    OrderStatus.SHIPPED: Tone.MOVING,
    OrderStatus.RECEIVED: Tone.GOOD,
    OrderStatus.COMPLETED: Tone.QUIET,
    OrderStatus.CANCELLED: Tone.QUIET,
}


class PayBy(models.TextChoices):
    """How an order is paid."""

    TRANSFER = "TRANSFER", _("Bank transfer")
    TERMS = "TERMS", _("On terms")
    FINANCE = "FINANCE", _("Financed by a bank")


class Order(models.Model):
    """What a buyer bought from a seller at agreed prices.

    `warehouse` is the organisation that receives the goods: the buyer's own or a supervised one.
    `lender` is whoever finances the order and may therefore read it. Amounts are minor units.
    `wanted_on` is the day on which the buyer wishes to have the goods (null: as soon as can be),
    `external_id` its own number, under which it is used once. `ship_to` is where they go, as the
    buyer's address book had it when the order was placed (`kernel.addresses`); what is financed
    goes to the supervised warehouse. `currency` is that in which the two trade
    (`sql/ordering_currency.sql`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    warehouse = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=OrderStatus, default=OrderStatus.PLACED)
    pay_by = models.CharField(max_length=8, choices=PayBy)
    currency = models.CharField(max_length=3, default=CURRENCY)
    total = models.BigIntegerField()
    placed_by = models.UUIDField(null=True, blank=True)
    placed_by_name = models.CharField(max_length=80)
    placed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.TextField(blank=True)
    remark = models.TextField(blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    wanted_on = models.DateField(null=True, blank=True)
    ship_to = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lender=None) | Q(ship_to=None), name="order_pledged_goes_to_its_keeper"
            ),
            known_status("order_status_known", OrderStatus),
            models.CheckConstraint(condition=Q(pay_by__in=PayBy.values), name="order_pay_by_known"),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(condition=~Q(buyer=F("seller")), name="order_has_two_sides"),
            models.CheckConstraint(
                condition=Q(status=OrderStatus.CANCELLED, cancelled_at__isnull=False)
                | ~Q(status=OrderStatus.CANCELLED) & Q(cancelled_at__isnull=True),
                name="order_cancelled_has_a_time",
            ),
            models.UniqueConstraint(fields=["number"], name="one_order_per_number"),
            models.UniqueConstraint(
                fields=["buyer", "external_id"],
                condition=~Q(external_id=""),
                name="one_order_per_external_id",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-placed_at", "-id"], name="order_buyer"),
            models.Index(fields=["seller", "-placed_at", "-id"], name="order_seller"),
            models.Index(
                fields=["lender", "-placed_at", "-id"],
                condition=Q(lender__isnull=False),
                name="order_lender",
            ),
            models.Index(
                fields=["seller", "status", "-placed_at", "-id"],
                condition=~Q(status="COMPLETED"),
                name="order_under_way",
            ),
            models.Index(
                fields=["seller", "-confirmed_at"],
                condition=Q(pay_by="TRANSFER"),
                name="order_transferred",
            ),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return TONES[OrderStatus(self.status)]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One SKU of an order, and how far its delivery went.

    Quantities are in the SKU's smallest unit. `received` arrived good, `damaged` arrived damaged,
    `missing` was sent and did not arrive; the three never exceed what was `shipped`. `wanted_on` is
    a day of its own, where that is not the order's; a line that is wished in `parts` (`parts.py`)
    has that of the first. That they add up to its quantity is held by the database.
    """

    # Their indexes and keys cost more than anything else about placing an order. The lines of an
    # order are found by their places; nobody asks by SKU alone. A line is written with its order,
    # by one function, for a SKU just read; orders stay for ever, and `check` holds it.
    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        related_name="lines",
        db_index=False,
        db_constraint=False,
    )
    buyer = models.UUIDField()
    seller = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)
    position = models.PositiveIntegerField()
    sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    quantity = models.BigIntegerField()
    unit_price = models.BigIntegerField()
    amount = models.BigIntegerField()
    shipped = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0)
    damaged = models.BigIntegerField(default=0)
    missing = models.BigIntegerField(default=0)
    cancelled = models.BigIntegerField(default=0)
    wanted_on = models.DateField(null=True, blank=True)
    parts = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["order_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "position"], name="one_order_line_per_position"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0)
                & Q(amount=F("quantity") * F("unit_price")),
                name="order_line_amount",
            ),
            models.CheckConstraint(
                condition=Q(shipped__gte=0, cancelled__gte=0)
                & Q(quantity__gte=F("shipped") + F("cancelled")),
                name="order_line_ships_what_was_ordered",
            ),
            models.CheckConstraint(
                condition=Q(received__gte=0, damaged__gte=0, missing__gte=0)
                & Q(shipped__gte=F("received") + F("damaged") + F("missing")),
                name="order_line_receives_what_was_shipped",
            ),
        ]

    @property
    def to_ship(self) -> int:
        """What the seller still owes."""
        return self.quantity - self.cancelled - self.shipped

    @property
    def under_way(self) -> int:
        """What was sent and is not yet counted by the receiver."""
        return self.shipped - self.received - self.damaged - self.missing


class GoneLine(models.Model):
    """A line that a change took out of its order, as it was: whatever was said of it still has
    something to point at. It keeps its id and its position, which no other line gets."""

    id = models.BigIntegerField(primary_key=True)
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="gone_lines", db_index=False
    )
    buyer = models.UUIDField()
    seller = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)
    position = models.PositiveIntegerField()
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.BigIntegerField()
    unit_price = models.BigIntegerField()
    change = models.PositiveIntegerField()
    gone_at = models.DateTimeField()

    class Meta:
        ordering = ["order_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "position"], name="one_gone_line_per_position"
            ),
        ]


class ChangeStatus(models.TextChoices):
    """How far a change of an order is."""

    HOUSE = "HOUSE", _("Waits for the house")
    SELLER = "SELLER", _("Waits for the seller")
    MADE = "MADE", pgettext_lazy("order change", "Changed")
    REFUSED = "REFUSED", _("Not agreed to")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    OVERTAKEN = "OVERTAKEN", _("Overtaken")


_S = ChangeStatus
OPEN_CHANGE = (_S.HOUSE, _S.SELLER)
CHANGE_MOVES: Moves = {
    _S.HOUSE: {_S.SELLER, _S.MADE, _S.REFUSED, _S.WITHDRAWN, _S.OVERTAKEN},
    _S.SELLER: {_S.MADE, _S.REFUSED, _S.WITHDRAWN, _S.OVERTAKEN},
    _S.MADE: set(),
    _S.REFUSED: set(),
    _S.WITHDRAWN: set(),
    _S.OVERTAKEN: set(),
}
CHANGE_TONES = {
    _S.HOUSE: Tone.DUE,
    _S.SELLER: Tone.DUE,
    _S.MADE: Tone.GOOD,
    _S.REFUSED: Tone.BAD,
    _S.WITHDRAWN: Tone.QUIET,
    _S.OVERTAKEN: Tone.QUIET,
}


class OrderChange(models.Model):
    """A version of an order that its buyer asked for after it was placed, seen by both sides.

    `before` and `after` say what the order was and what it is to be (`changes.Version`); until it
    is MADE the order stays as it was. The seller sees it once it `is_told`: what a house has not
    agreed to is the house's own. `said` is what was said to a no, `number` counts within the order.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="changes")
    buyer = models.UUIDField()
    seller = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=9, choices=ChangeStatus)
    is_told = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    asked_by = models.UUIDField(null=True, blank=True)
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    before = models.JSONField()
    after = models.JSONField()
    ended_by_name = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    said = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["order_id", "number"]
        constraints = [
            known_status("order_change_status_known", ChangeStatus),
            models.UniqueConstraint(fields=["order", "number"], name="one_order_change_per_number"),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status__in=OPEN_CHANGE),
                name="one_open_change_per_order",
            ),
            models.CheckConstraint(
                condition=Q(status__in=OPEN_CHANGE, ended_at=None)
                | ~Q(status__in=OPEN_CHANGE) & ~Q(ended_at=None),
                name="order_change_ended_when_over",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(status__in=OPEN_CHANGE),
                name="order_change_waits",
            )
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return CHANGE_TONES[ChangeStatus(self.status)]


class Cart(models.Model):
    """What one person of a buyer is putting together for one seller, on any device; the house's
    own, which has no `user`, is put together by all its people.

    `draft` keeps the rows of the order pad as they were pasted, also those that are wrong;
    `address` is where it goes of the buyer's book (null: to its default).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    user = models.UUIDField(null=True, blank=True)
    draft = models.TextField(blank=True)
    changed_by = models.CharField(max_length=80, blank=True, db_default="")
    changed_at = models.DateTimeField(null=True, blank=True)
    address = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["buyer", "seller", "user"], name="one_cart_each"),
            models.UniqueConstraint(
                fields=["buyer", "seller"],
                condition=Q(user__isnull=True),
                name="one_cart_of_the_house",
            ),
        ]


class CartLine(models.Model):
    """A SKU in a cart; carries the buyer for the row policy. `parts` are by day, as the order pad
    has them; one alone says the day of the whole line."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    buyer = models.UUIDField()
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    quantity = models.BigIntegerField()
    parts = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "sku"], name="one_cart_line_per_sku"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_line_holds_something"),
        ]
