"""The pool of goods a loan against stock rests on: what was brought, what it was worth, calls.

Goods are brought for a loan of an order too, in place of others or of some that came short.
"""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.capital.valuation.policies import loan_to_value
from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.states import Moves, Tone, known_status
from heliu.logistics.transport.models import Shipment


class PoolLevel(models.TextChoices):
    """How a pool covers what is owed (`valuation.policies.Level`)."""

    COVERED = "COVERED", _("Covered")
    WARNING = "WARNING", _("Warning")
    CALL = "CALL", _("Below the call")
    LIQUIDATION = "LIQUIDATION", _("To be sold")


LEVEL_TONES = {
    PoolLevel.COVERED: Tone.GOOD,
    PoolLevel.WARNING: Tone.DUE,
    PoolLevel.CALL: Tone.BAD,
    PoolLevel.LIQUIDATION: Tone.BAD,
}


class Figures(models.Model):
    """What a pool was worth and what rested on it, in fen: `worth` is its goods at the lower of
    cost and price, `value` what may be lent against of that, `exposure` all that was owed, `floor`
    the least value that it must rest on."""

    worth = models.BigIntegerField(default=0)
    value = models.BigIntegerField(default=0)
    exposure = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=0)
    level = models.CharField(max_length=11, choices=PoolLevel, default=PoolLevel.COVERED)

    class Meta:
        abstract = True

    @property
    def free(self) -> int:
        """The value that lies above the floor: so much may be taken out."""
        return max(0, self.value - self.floor)

    @property
    def percent(self) -> Decimal | None:
        """What is owed as per cent of the value; None where nothing counts."""
        return loan_to_value(self.exposure, self.value)

    @property
    def tone(self) -> Tone:
        """How the level looks."""
        return LEVEL_TONES[PoolLevel(self.level)]


class Pool(Figures):
    """The goods a borrower brings for one loan, and how they cover it as it was last worked out.

    Its id stands where a deal has an order. `stands_since` is when its level was reached.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.OneToOneField("trade.Deal", on_delete=models.PROTECT, related_name="pool")
    buyer = models.UUIDField()
    lender = models.UUIDField()
    marked_at = models.DateTimeField(null=True, blank=True)
    stands_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["lender", "level"], name="pool_lender"),
            models.Index(fields=["buyer"], name="pool_buyer"),
        ]

    def __str__(self) -> str:
        return str(self.deal_id)


class LodgingKind(models.TextChoices):
    """What goods are brought for."""

    OFFER = "OFFER", _("To begin with")
    TOP_UP = "TOP_UP", _("More goods")
    SWAP = "SWAP", _("In place of others")


class LodgingStatus(models.TextChoices):
    """Where goods that are brought stand."""

    ASKED = "ASKED", _("The bank is asked")
    ANNOUNCED = "ANNOUNCED", _("To be sent")
    SENT = "SENT", _("On the way")
    COUNTED = "COUNTED", _("Counted in")
    CALLED_OFF = "CALLED_OFF", _("Called off")


LODGING_MOVES: Moves = {
    LodgingStatus.ASKED: {LodgingStatus.ANNOUNCED, LodgingStatus.CALLED_OFF},
    LodgingStatus.ANNOUNCED: {LodgingStatus.SENT, LodgingStatus.CALLED_OFF},
    LodgingStatus.SENT: {LodgingStatus.COUNTED},
    LodgingStatus.COUNTED: set(),
    LodgingStatus.CALLED_OFF: set(),
}
LODGING_TONES = {
    LodgingStatus.ASKED: Tone.OPEN,
    LodgingStatus.ANNOUNCED: Tone.DUE,
    LodgingStatus.SENT: Tone.MOVING,
    LodgingStatus.COUNTED: Tone.QUIET,
    LodgingStatus.CALLED_OFF: Tone.QUIET,
}


NOT_SENT = (LodgingStatus.ASKED, LodgingStatus.ANNOUNCED)


class Lodging(models.Model):
    """Goods that a borrower brings to a deal's keeper in one consignment, out of its own house.
    `wants_out`, of a swap, are the goods that leave for them: [SKU, pieces]. A deal of an order has
    no pool; there the lender is asked before a swap."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey("trade.Deal", on_delete=models.PROTECT, related_name="lodgings")
    pool = models.ForeignKey(
        Pool, null=True, blank=True, on_delete=models.PROTECT, related_name="lodgings"
    )
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=LodgingKind)
    status = models.CharField(max_length=10, choices=LodgingStatus, default=LodgingStatus.ANNOUNCED)
    shipment = models.OneToOneField(
        Shipment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    wants_out = models.JSONField(default=list, blank=True)
    buyer = models.UUIDField()
    lender = models.UUIDField()
    announced_at = models.DateTimeField()
    announced_by_name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            known_status("lodging_status_known", LodgingStatus),
            known_status("lodging_kind_known", LodgingKind, field="kind"),
            models.UniqueConstraint(fields=["deal", "number"], name="one_lodging_of_a_deal"),
            models.UniqueConstraint(
                fields=["deal"], condition=models.Q(status="ASKED"), name="one_lodging_asked_for"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["ASKED", "ANNOUNCED", "CALLED_OFF"], shipment=None)
                | models.Q(status__in=["SENT", "COUNTED"], shipment__isnull=False),
                name="lodging_sent_by_shipment",
            ),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return LODGING_TONES[LodgingStatus(self.status)]

    @property
    def goods_out(self) -> dict[UUID, int]:
        """The goods that leave for these."""
        return {UUID(sku): int(quantity) for sku, quantity in self.wants_out}


class LodgingLine(models.Model):
    """Goods of one kind that are brought, and what one piece of them cost their owner, in fen;
    `bought_by` is the order that says so."""

    id = models.BigAutoField(primary_key=True)
    lodging = models.ForeignKey(Lodging, on_delete=models.PROTECT, related_name="lines")
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    unit_cost = models.BigIntegerField()
    bought_by = models.CharField(max_length=20, blank=True)
    buyer = models.UUIDField()
    lender = models.UUIDField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["lodging", "sku"], name="lodged_once_by_kind"),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0, unit_cost__gt=0), name="lodged_something"
            ),
        ]

    @property
    def cost(self) -> int:
        """What they cost together."""
        return self.quantity * self.unit_cost


class MarkCause(models.TextChoices):
    """Why a pool was valued anew."""

    PRICED = "PRICED", _("Prices or the day")
    BROUGHT = "BROUGHT", _("Goods came in")
    PAID_OUT = "PAID_OUT", _("Paid out")
    REPAID = "REPAID", _("Repaid")
    TAKEN = "TAKEN", _("Goods taken out")
    SWAPPED = "SWAPPED", _("Goods exchanged")
    SOLD = "SOLD", _("Goods sold")
    ENDED = "ENDED", _("Over")


class PoolMark(Figures):
    """A pool as it was valued at a moment, and why; never changed. `before` is its value until
    then. The database lets no goods out below the floor; goods exchanged leave a pool that is below
    it no worse than it was."""

    id = models.BigAutoField(primary_key=True)
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="marks", db_index=False)
    at = models.DateTimeField()
    cause = models.CharField(max_length=8, choices=MarkCause)
    before = models.BigIntegerField(default=0)
    buyer = models.UUIDField()
    lender = models.UUIDField()

    class Meta:
        constraints = [
            known_status("mark_cause_known", MarkCause, field="cause"),
            models.CheckConstraint(
                condition=~models.Q(cause__in=["TAKEN", "SWAPPED"])
                | models.Q(value__gte=models.F("floor"))
                | models.Q(cause="SWAPPED", value__gte=models.F("before")),
                name="nothing_leaves_below_the_floor",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    value__gte=0, exposure__gte=0, floor__gte=0, worth__gte=models.F("value")
                ),
                name="mark_figures_sane",
            ),
        ]
        indexes = [models.Index(fields=["pool", "-id"], name="mark_of_pool")]


class CallStatus(models.TextChoices):
    """Where a margin call stands."""

    OPEN = "OPEN", _("To be cured")
    CURED = "CURED", _("Cured")
    LAPSED = "LAPSED", _("Not cured in time")
    ENDED = "ENDED", _("Overtaken")


CALL_MOVES: Moves = {
    CallStatus.OPEN: {CallStatus.CURED, CallStatus.LAPSED, CallStatus.ENDED},
    CallStatus.LAPSED: {CallStatus.CURED, CallStatus.ENDED},
    CallStatus.CURED: set(),
    CallStatus.ENDED: set(),
}
CALL_TONES = {
    CallStatus.OPEN: Tone.DUE,
    CallStatus.CURED: Tone.GOOD,
    CallStatus.LAPSED: Tone.BAD,
    CallStatus.ENDED: Tone.QUIET,
}
STANDING = (CallStatus.OPEN, CallStatus.LAPSED)


class MarginCall(models.Model):
    """A borrower is called to repay or to bring goods until a day, and what either would have taken
    when it was called, in fen. Until the pool is back at its floor it stands, also past its day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="calls")
    status = models.CharField(max_length=6, choices=CallStatus, default=CallStatus.OPEN)
    called_at = models.DateTimeField()
    until = models.DateField()
    value = models.BigIntegerField()
    exposure = models.BigIntegerField()
    cash = models.BigIntegerField()
    goods = models.BigIntegerField()
    lapsed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    buyer = models.UUIDField()
    lender = models.UUIDField()

    class Meta:
        constraints = [
            known_status("call_status_known", CallStatus),
            models.UniqueConstraint(
                fields=["pool"],
                condition=models.Q(status__in=["OPEN", "LAPSED"]),
                name="one_call_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(cash__gt=0, goods__gt=0), name="call_for_something"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["OPEN", "LAPSED"], closed_at=None)
                | models.Q(status__in=["CURED", "ENDED"], closed_at__isnull=False),
                name="call_stands_until_closed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"], condition=models.Q(status="OPEN"), name="call_runs_until"
            )
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return CALL_TONES[CallStatus(self.status)]

    def __str__(self) -> str:
        return self.number
