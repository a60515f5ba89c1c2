"""Pledges on named stock rows, and the orders that set goods free."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.states import Moves, Tone, known_status
from heliu.logistics.pledges.policies import Bound
from heliu.logistics.stock.models import StockRow


class PledgeStatus(models.TextChoices):
    """Where a pledge stands."""

    PROPOSED = "PROPOSED", _("Waits for the goods")
    ACTIVE = "ACTIVE", _("Pledged")
    PARTLY_RELEASED = "PARTLY_RELEASED", _("Partly released")
    RELEASED = "RELEASED", _("Released")
    CLOSED = "CLOSED", _("Closed")
    CANCELLED = "CANCELLED", _("Cancelled")


PLEDGE_MOVES: Moves = {
    PledgeStatus.PROPOSED: {PledgeStatus.ACTIVE, PledgeStatus.CANCELLED},
    PledgeStatus.ACTIVE: {PledgeStatus.PARTLY_RELEASED, PledgeStatus.RELEASED},
    PledgeStatus.PARTLY_RELEASED: {PledgeStatus.RELEASED},
    PledgeStatus.RELEASED: {PledgeStatus.CLOSED},
    PledgeStatus.CLOSED: set(),
    PledgeStatus.CANCELLED: set(),
}
PLEDGE_TONES = {
    PledgeStatus.PROPOSED: Tone.OPEN,
    PledgeStatus.ACTIVE: Tone.BOUND,
    PledgeStatus.PARTLY_RELEASED: Tone.BOUND,
    PledgeStatus.RELEASED: Tone.GOOD,
    PledgeStatus.CLOSED: Tone.QUIET,
    PledgeStatus.CANCELLED: Tone.QUIET,
}

IN_FORCE = (PledgeStatus.ACTIVE, PledgeStatus.PARTLY_RELEASED)  # goods are bound


class Pledge(models.Model):
    """A charge on named goods of `pledgor`, kept by `custodian`, for a loan of `pledgee`.

    Values are in minor units. `entitlement` is the value of goods the pledgor has earned free by
    repaying, or the lender has let go in default; the database lets no more than that be released.
    `missing_value` is what counts found missing or damaged of the goods that were to come;
    `short_since` is set while what is there does not cover the debt because of it, so that nothing
    comes free by parts. `returned_value` of what was released went back to the seller against a
    refund, while the loan ran. `brought_value` of what was pledged came out of the pledgor's own
    house; `exchanged_value` of what was released left in its place, and never more. `given_to` took
    over the goods of a pledgor in default.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    deal = models.UUIDField(unique=True)
    loan = models.UUIDField()
    pledgor = models.UUIDField()
    pledgee = models.UUIDField()
    custodian = models.UUIDField()
    status = models.CharField(max_length=16, choices=PledgeStatus, default=PledgeStatus.PROPOSED)
    agreed_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    pledged_quantity = models.BigIntegerField(default=0)
    pledged_value = models.BigIntegerField(default=0)
    entitlement = models.BigIntegerField(default=0)
    released_quantity = models.BigIntegerField(default=0)
    released_value = models.BigIntegerField(default=0)
    picked_up_quantity = models.BigIntegerField(default=0)
    given_to = models.UUIDField(null=True, blank=True)
    missing_value = models.BigIntegerField(default=0, db_default=0)
    short_since = models.DateTimeField(null=True, blank=True)
    returned_value = models.BigIntegerField(default=0, db_default=0)
    brought_value = models.BigIntegerField(default=0, db_default=0)
    exchanged_value = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            known_status("pledge_status_known", PledgeStatus),
            models.CheckConstraint(
                condition=Q(released_value__gte=0, released_value__lte=F("entitlement")),
                name="no_release_above_entitlement",
            ),
            models.CheckConstraint(
                condition=Q(entitlement__lte=F("pledged_value")),
                name="entitled_to_what_is_pledged",
            ),
            models.CheckConstraint(
                condition=Q(returned_value__gte=0, returned_value__lte=F("released_value")),
                name="returned_is_released",
            ),
            models.CheckConstraint(
                condition=Q(
                    brought_value__gte=F("exchanged_value"), brought_value__lte=F("pledged_value")
                ),
                name="no_exchange_above_what_was_brought",
            ),
            models.CheckConstraint(
                condition=Q(
                    exchanged_value__gte=0,
                    exchanged_value__lte=F("released_value") - F("returned_value"),
                ),
                name="exchanged_is_released",
            ),
            models.CheckConstraint(
                condition=Q(released_quantity__lte=F("pledged_quantity")),
                name="no_release_above_pledged",
            ),
            models.CheckConstraint(
                condition=Q(
                    picked_up_quantity__gte=0, picked_up_quantity__lte=F("released_quantity")
                ),
                name="no_pick_up_above_released",
            ),
        ]
        indexes = [
            models.Index(fields=["loan"], name="pledge_loan"),
            models.Index(fields=["pledgor", "-agreed_at"], name="pledge_pledgor"),
            models.Index(fields=["pledgee", "-agreed_at"], name="pledge_pledgee"),
            models.Index(fields=["custodian", "-agreed_at"], name="pledge_custodian"),
            models.Index(
                fields=["activated_at"],
                name="pledge_in_force",
                condition=Q(status__in=["ACTIVE", "PARTLY_RELEASED"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return PLEDGE_TONES[PledgeStatus(self.status)]

    @property
    def is_short(self) -> bool:
        """Whether goods stay bound because a count found fewer than the loan rests on."""
        return self.short_since is not None and self.status in IN_FORCE

    @property
    def bound_quantity(self) -> int:
        """What is still bound, in units."""
        return self.pledged_quantity - self.released_quantity

    @property
    def bound_value(self) -> int:
        """What is still bound, in minor units."""
        return self.pledged_value - self.released_value


class PledgeLine(models.Model):
    """One stock row under a pledge; a row is under one live pledge at most."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    stock_row = models.ForeignKey(StockRow, on_delete=models.PROTECT, related_name="+")
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    unit_value = models.BigIntegerField()
    released = models.BigIntegerField(default=0)
    picked_up = models.BigIntegerField(default=0)
    is_live = models.BooleanField(default=True)
    pledgor = models.UUIDField()
    pledgee = models.UUIDField()
    custodian = models.UUIDField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["stock_row"], name="one_live_pledge_per_row", condition=Q(is_live=True)
            ),
            models.UniqueConstraint(fields=["pledge", "position"], name="pledge_line_position"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_value__gte=0), name="pledge_line_has_worth"
            ),
            models.CheckConstraint(
                condition=Q(
                    picked_up__gte=0,
                    picked_up__lte=F("released"),
                    released__lte=F("quantity"),
                ),
                name="pledge_line_leaves_in_order",
            ),
            models.CheckConstraint(
                condition=Q(is_live=True, released__lt=F("quantity"))
                | Q(is_live=False, released=F("quantity")),
                name="pledge_line_lives_while_bound",
            ),
        ]

    @property
    def bound(self) -> Bound:
        """What of it is still bound."""
        return Bound(self.quantity - self.released, self.unit_value)


class ReleaseStatus(models.TextChoices):
    """Where a release order stands."""

    RELEASED = "RELEASED", _("Ready to be picked up")
    EXPIRED = "EXPIRED", _("Code expired")
    PICKED_UP = "PICKED_UP", _("Picked up")


RELEASE_MOVES: Moves = {
    ReleaseStatus.RELEASED: {ReleaseStatus.EXPIRED, ReleaseStatus.PICKED_UP},
    ReleaseStatus.EXPIRED: {ReleaseStatus.RELEASED},
    ReleaseStatus.PICKED_UP: set(),
}
RELEASE_TONES = {
    ReleaseStatus.RELEASED: Tone.GOOD,
    ReleaseStatus.EXPIRED: Tone.DUE,
    ReleaseStatus.PICKED_UP: Tone.QUIET,
}


class ReleaseOrder(models.Model):
    """The order to the warehouse to set named goods free, and the notice to fetch them.

    `key` names the repayment that earned it, once per pledge. Of the pick-up code only a digest
    is kept; it is used once, within its time. `taker` fetches them: the pledgor, or whoever took
    over the goods of one in default; `taker_name` is for whom, where they were sold. Goods that
    are exchanged (`is_exchanged`) leave for others that the pledgor brought in their place.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    notice_number = models.CharField(max_length=20, unique=True)
    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="releases")
    deal = models.UUIDField()
    key = models.CharField(max_length=120)
    status = models.CharField(max_length=9, choices=ReleaseStatus, default=ReleaseStatus.RELEASED)
    quantity = models.BigIntegerField()
    value = models.BigIntegerField()
    code_digest = models.CharField(max_length=64)
    code_valid_until = models.DateTimeField()
    released_at = models.DateTimeField()
    picked_up_at = models.DateTimeField(null=True, blank=True)
    picked_up_by_name = models.CharField(max_length=80, blank=True)
    pledgor = models.UUIDField()
    pledgee = models.UUIDField()
    custodian = models.UUIDField()
    taker = models.UUIDField()
    taker_name = models.CharField(max_length=120, blank=True, db_default="")
    is_exchanged = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            known_status("release_status_known", ReleaseStatus),
            models.UniqueConstraint(fields=["pledge", "key"], name="one_release_per_repayment"),
            models.UniqueConstraint(fields=["custodian", "code_digest"], name="one_order_per_code"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="release_frees_something"),
        ]
        indexes = [
            models.Index(fields=["custodian", "status", "-released_at"], name="release_custodian"),
            models.Index(fields=["taker", "status", "-released_at"], name="release_taker"),
            models.Index(fields=["deal"], name="release_deal"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return RELEASE_TONES[ReleaseStatus(self.status)]

    def __str__(self) -> str:
        return self.number


class ReleaseLine(models.Model):
    """Whole units of one pledged row set free: from the pledged row into the free row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    release = models.ForeignKey(ReleaseOrder, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(PledgeLine, on_delete=models.PROTECT, related_name="+")
    stock_row = models.ForeignKey(StockRow, on_delete=models.PROTECT, related_name="+")
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    value = models.BigIntegerField()
    pledgor = models.UUIDField()
    pledgee = models.UUIDField()
    custodian = models.UUIDField()
    taker = models.UUIDField()

    class Meta:
        ordering = ["line__position"]
        constraints = [
            models.UniqueConstraint(fields=["release", "line"], name="pledge_line_once_a_release"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="release_line_frees_units"),
        ]


class CodeOutcome(models.TextChoices):
    """How a try of a pick-up code ended."""

    GO = "GO", _("Go")
    WRONG = "WRONG", _("Wrong code")
    EXPIRED = "EXPIRED", _("Code expired")
    USED = "USED", _("Code used before")
    LOCKED = "LOCKED", _("Too many wrong codes")


class CodeAttempt(models.Model):
    """A pick-up code tried at a warehouse's gate; wrong ones are counted."""

    id = models.BigAutoField(primary_key=True)
    custodian = models.UUIDField()
    at = models.DateTimeField()
    actor = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField(max_length=80)
    outcome = models.CharField(max_length=7, choices=CodeOutcome)
    release = models.ForeignKey(ReleaseOrder, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            known_status("code_outcome_known", CodeOutcome, field="outcome"),
        ]
        indexes = [models.Index(fields=["custodian", "-at"], name="code_attempts")]
