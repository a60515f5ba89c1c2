"""Cases, and how soon a seller promises to answer and to solve them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heliu.commerce.cases.policies import (
    ANSWER_HOURS,
    MOST_HOURS,
    MOST_QUIET,
    QUIET_DAYS,
    SOLVE_HOURS,
)
from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.parties.models import Tier
from heliu.kernel.states import Moves, Tone, known_status


class CaseKind(models.TextChoices):
    """What is wrong."""

    DAMAGED = "DAMAGED", _("Damaged")
    SHORT = "SHORT", _("Too few")
    WRONG = "WRONG", _("Wrong goods")
    QUALITY = "QUALITY", _("Quality")
    QUESTION = "QUESTION", _("Question")


class CaseStatus(models.TextChoices):
    """Whose turn it is."""

    OPEN = "OPEN", pgettext_lazy("case", "Open")
    WAITS_BUYER = "WAITS_BUYER", pgettext_lazy("case", "Waits for the customer")
    WAITS_SELLER = "WAITS_SELLER", pgettext_lazy("case", "Waits for the seller")
    SOLVED = "SOLVED", pgettext_lazy("case", "Solved")
    CLOSED = "CLOSED", pgettext_lazy("case", "Closed")
    REOPENED = "REOPENED", pgettext_lazy("case", "Reopened")


_S = CaseStatus
LIVE = (_S.OPEN, _S.WAITS_BUYER, _S.WAITS_SELLER, _S.REOPENED)
_ON = {_S.WAITS_BUYER, _S.WAITS_SELLER, _S.SOLVED, _S.CLOSED}
CASE_MOVES: Moves = {
    _S.OPEN: _ON,
    _S.WAITS_BUYER: _ON - {_S.WAITS_BUYER},
    _S.WAITS_SELLER: _ON - {_S.WAITS_SELLER},
    _S.SOLVED: {_S.CLOSED, _S.REOPENED},
    _S.CLOSED: {_S.REOPENED},
    _S.REOPENED: _ON,
}
CASE_TONES = {
    _S.OPEN: Tone.DUE,
    _S.WAITS_BUYER: Tone.MOVING,
    _S.WAITS_SELLER: Tone.DUE,
    _S.SOLVED: Tone.GOOD,
    _S.CLOSED: Tone.QUIET,
    _S.REOPENED: Tone.BAD,
}


class ServiceLevel(models.Model):
    """Within how many hours a seller promises a first answer, and a solution. A case in which
    nobody says anything for `quiet_days` closes by itself (null: none does)."""

    seller = models.UUIDField(primary_key=True)
    answer_hours = models.PositiveSmallIntegerField(default=ANSWER_HOURS)
    solve_hours = models.PositiveSmallIntegerField(default=SOLVE_HOURS)
    quiet_days = models.PositiveSmallIntegerField(
        null=True, blank=True, default=QUIET_DAYS, db_default=QUIET_DAYS
    )
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_hours__gte=1, answer_hours__lte=F("solve_hours"))
                & Q(solve_hours__lte=MOST_HOURS),
                name="service_level_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(quiet_days=None) | Q(quiet_days__gte=1, quiet_days__lte=MOST_QUIET),
                name="service_level_quiet_days",
            ),
        ]


class Case(models.Model):
    """Something that a buyer has to say about an order or a line of it; the words and photos stand
    in its conversation.

    `answer_due` and `solve_due` are what the seller's service level promised when it was opened (or
    opened again), to customers of `tier` where that promises its own; `answered_at` and `solved_at`
    are when it came. `remind_at` is when the seller is reminded of the promise that is next, and
    again when it is broken; null when it needs no more reminding. `is_quiet` says that it closed by
    itself, because nobody had said anything since `moved_at`: then an answer opens it again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    order_id = models.UUIDField()
    order_number = models.CharField(max_length=20)
    deal = models.UUIDField()
    order_line = models.BigIntegerField(null=True, blank=True)
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    quantity = models.BigIntegerField(null=True, blank=True)
    serial = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=8, choices=CaseKind)
    status = models.CharField(max_length=12, choices=CaseStatus, default=CaseStatus.OPEN)
    opened_by = models.UUIDField(null=True, blank=True)
    opened_by_name = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    answer_due = models.DateTimeField()
    solve_due = models.DateTimeField()
    tier = models.CharField(max_length=8, choices=Tier, blank=True, default="", db_default="")
    remind_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    is_quiet = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            known_status("case_status_known", CaseStatus),
            known_status("case_kind_known", CaseKind, field="kind"),
            models.CheckConstraint(
                condition=Q(order_line=None, sku=None, quantity=None)
                | Q(order_line__isnull=False, sku__isnull=False),
                name="case_line_has_goods",
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gt=0), name="case_of_some_goods"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["SOLVED", "CLOSED"], solved_at__isnull=False)
                | Q(status__in=LIVE, solved_at=None, closed_at=None),
                name="case_solved_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="CLOSED") | Q(closed_at__isnull=False),
                name="case_closed_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(is_quiet=False) | Q(status="CLOSED"), name="case_quiet_is_closed"
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-opened_at", "-id"], name="case_buyer"),
            models.Index(fields=["seller", "-opened_at", "-id"], name="case_seller"),
            models.Index(
                fields=["seller", "solve_due"], condition=Q(status__in=LIVE), name="case_queue"
            ),
            models.Index(fields=["order_id"], name="case_order"),
            models.Index(
                fields=["moved_at"],
                condition=Q(status__in=(_S.SOLVED, _S.WAITS_BUYER)),
                name="case_may_close",
            ),
            models.Index(fields=["remind_at"], condition=Q(status__in=LIVE), name="case_to_remind"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return CASE_TONES[CaseStatus(self.status)]

    @property
    def is_live(self) -> bool:
        """Whether something is still to be done."""
        return self.status in LIVE

    @property
    def due(self) -> datetime:
        """By when what is promised next was promised: the first answer, then the solution."""
        return self.solve_due if self.answered_at else self.answer_due

    def is_late(self, at: datetime) -> bool:
        """Whether the seller has not kept its service level."""
        return self.is_live and at > self.due

    def __str__(self) -> str:
        return self.number
