"""Accounts, journals, lines, holds and seals. Written only by the functions in `sql/`.

The foreign keys of lines and holds are not constraints of the database: their check would lock
the account's row, and the hot accounts of the product are hot because nothing locks them. The
functions are the only writers and know the accounts they write for; nothing is ever deleted.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heliu.kernel.states import Moves, Tone, known_status


class Chain(models.Model):
    """A chain of seals, one per book and per warehouse, and where it ends."""

    name = models.CharField(max_length=120, unique=True)
    blocks = models.BigIntegerField(default=0)
    lines = models.BigIntegerField(default=0)
    last_line = models.BigIntegerField(default=0)
    hash = models.BinaryField(max_length=32)
    sealed_to = models.BigIntegerField(default=0)  # lines of older transactions are sealed
    first_day = models.DateField(null=True, blank=True)  # the earliest of what is sealed


class Closed(models.Model):
    """Up to which day a chain takes no more lines; kept by whoever owns what the chain means."""

    chain = models.OneToOneField(Chain, primary_key=True, on_delete=models.PROTECT)
    org = models.UUIDField()
    last = models.DateField()


class Account(models.Model):
    """A place where an amount stands. What it means is known to the app that opened it."""

    key = models.CharField(max_length=200, unique=True)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, db_index=False)
    balance_group = models.CharField(max_length=160)
    unit = models.CharField(max_length=40)
    org = models.UUIDField()
    other = models.UUIDField(null=True, blank=True)
    floor = models.BigIntegerField(null=True, blank=True)
    ceiling = models.BigIntegerField(null=True, blank=True)
    # Decided when it is opened: the balance stands on the row, under a lock, and is judged.
    is_limited = models.BooleanField()
    lock_rank = models.SmallIntegerField()
    posted = models.BigIntegerField(default=0)
    held_out = models.BigIntegerField(default=0)
    held_in = models.BigIntegerField(default=0)
    folded_to = models.BigIntegerField(default=0)  # unlimited: lines of older transactions are in

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(floor__isnull=True)
                | Q(is_limited=True, floor__lte=F("posted") - F("held_out")),
                name="account_above_floor",
            ),
            models.CheckConstraint(
                condition=Q(ceiling__isnull=True)
                | Q(is_limited=True, ceiling__gte=F("posted") + F("held_in")),
                name="account_below_ceiling",
            ),
            models.CheckConstraint(
                condition=Q(held_out__gte=0, held_in__gte=0), name="account_held_counts"
            ),
        ]
        indexes = [
            models.Index(fields=["org"], name="account_org"),
            models.Index(fields=["other"], name="account_other"),
        ]


class Journal(models.Model):
    """One movement; its lines sum to zero per balance group and unit. Written once."""

    id = models.UUIDField(primary_key=True)
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=60)
    effective = models.DateField()
    subject = models.UUIDField()
    reverses = models.UUIDField(null=True, blank=True)
    content = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    orgs = ArrayField(models.UUIDField())

    class Meta:
        indexes = [models.Index(fields=["subject"], name="journal_subject")]


class Line(models.Model):
    """One end of a movement. Written once; the transaction that wrote it says when it is final."""

    journal = models.ForeignKey(
        Journal, on_delete=models.PROTECT, db_constraint=False, related_name="lines"
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    amount = models.BigIntegerField()
    hold = models.UUIDField(null=True, blank=True)
    effective = models.DateField()
    org = models.UUIDField()
    other = models.UUIDField(null=True, blank=True)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    transaction = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="line_moves_something")]
        indexes = [
            models.Index(fields=["account", "transaction"], include=["amount"], name="line_fold"),
            models.Index(fields=["account", "effective"], include=["amount"], name="line_day"),
            models.Index(fields=["transaction"], name="line_transaction"),
            models.Index(
                fields=["hold"], include=["amount"], condition=~Q(hold=None), name="line_hold"
            ),
        ]


class HoldStatus(models.TextChoices):
    """Whether a hold binds, and if not, how it ended."""

    OPEN = "OPEN", _("In force")
    POSTED = "POSTED", _("Posted")
    VOIDED = "VOIDED", _("Let go")
    EXPIRED = "EXPIRED", _("Expired")


HOLD_MOVES: Moves = {
    HoldStatus.OPEN: {HoldStatus.POSTED, HoldStatus.VOIDED, HoldStatus.EXPIRED},
    # Made larger (`rehold`), they bind again.
    HoldStatus.POSTED: {HoldStatus.OPEN},
    HoldStatus.VOIDED: {HoldStatus.OPEN},
    HoldStatus.EXPIRED: set(),
}
HOLD_TONES = {
    HoldStatus.OPEN: Tone.BOUND,
    HoldStatus.POSTED: Tone.QUIET,
    HoldStatus.VOIDED: Tone.QUIET,
    HoldStatus.EXPIRED: Tone.QUIET,
}


class Hold(models.Model):
    """Room set aside on a limited account; posted in part or whole, let go, or expired."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    amount = models.BigIntegerField()
    posted = models.BigIntegerField(default=0)
    subject = models.UUIDField()
    expires_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=HoldStatus, default=HoldStatus.OPEN)
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    org = models.UUIDField()
    other = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("hold_status_known", HoldStatus),
            models.CheckConstraint(
                condition=Q(amount__gt=0, posted__gte=0, posted__lte=F("amount"))
                | Q(amount__lt=0, posted__lte=0, posted__gte=F("amount")),
                name="hold_posted_within",
            ),
            models.CheckConstraint(
                condition=Q(status="OPEN", closed_at=None)
                | (~Q(status="OPEN") & ~Q(closed_at=None)),
                name="hold_closed_when",
            ),
            models.CheckConstraint(
                condition=Q(status="POSTED", posted=F("amount"))
                | (~Q(status="POSTED") & ~Q(posted=F("amount"))),
                name="hold_posted_whole",
            ),
        ]
        indexes = [
            # Holds without an end are found by their names alone: most are, and they are many.
            models.Index(
                fields=["account", "expires_at"],
                condition=Q(status="OPEN", expires_at__isnull=False),
                name="hold_due",
            )
        ]


class Seal(models.Model):
    """A block of a chain: the ids of its lines, a hash of what each said, and the chain so far."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, db_index=False)
    block = models.BigIntegerField()
    lines = ArrayField(models.BigIntegerField())
    leaves = ArrayField(models.BinaryField(max_length=32))  # in the order of `lines`
    before = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "block"], name="one_seal_per_block")
        ]
