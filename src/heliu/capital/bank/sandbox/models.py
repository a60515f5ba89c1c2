"""The sandbox bank's own tables. They belong to no organisation of the platform.

Only the worker touches them, as only a bank's own staff sees a bank's database.
"""

from __future__ import annotations

from django.db import models

from heliu.capital.bank.sandbox.policies import FaultKind as FaultKind
from heliu.kernel.ids import new_id
from heliu.kernel.money import CURRENCY


class Account(models.Model):
    """An account at the sandbox bank. `balance` is kept where it may not fall below zero."""

    number = models.CharField(primary_key=True, max_length=34)
    holder = models.UUIDField()
    funds = models.BigIntegerField()  # what was on it when it was opened
    balance = models.BigIntegerField()
    is_bounded = models.BooleanField()  # the bank's own account is not
    is_closed = models.BooleanField(default=False)
    currency = models.CharField(max_length=3, default=CURRENCY)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_bounded=False) | models.Q(balance__gte=0),
                name="sandbox_not_overdrawn",
            ),
        ]


class Order(models.Model):
    """A payment order the bank has taken, booked or rejected, once per id."""

    id = models.UUIDField(primary_key=True, editable=False)
    deal = models.UUIDField()
    purpose = models.CharField(max_length=14)
    amount = models.BigIntegerField()
    is_booked = models.BooleanField()
    reason = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()


class Entry(models.Model):
    """A line on an account's statement; in is positive. `reference` is the order's id."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    amount = models.BigIntegerField()
    reference = models.CharField(max_length=36)
    counterparty = models.CharField(max_length=34)
    booked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "booked_at"], name="sandbox_entry_day")]


class OutgoingNotice(models.Model):
    """A signed notice that waits to be delivered. `is_late` lets those that came after it pass."""

    raw = models.BinaryField()
    signature = models.CharField(max_length=64)
    due_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(delivered_at=None),
                name="sandbox_notice_due",
            )
        ]


class Fault(models.Model):
    """A fault to come: for the next `times` orders of a deal or purpose (empty: of any)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=14, choices=FaultKind)
    deal = models.UUIDField(null=True, blank=True)
    purpose = models.CharField(max_length=14, blank=True)
    reason = models.CharField(max_length=12, blank=True)
    delay = models.DurationField()
    times = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=FaultKind.values), name="sandbox_fault_known"
            )
        ]
