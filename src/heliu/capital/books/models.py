"""What the accounts of the posting engine mean in the books of the organisations."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.capital.books.chart import IN_ANOTHER_CURRENCY, MEMO, Code, currency_of, label, plain
from heliu.kernel.ids import new_id
from heliu.kernel.states import Moves, Tone, known_status


class Account(models.Model):
    """An account in an organisation's book; its balance stands in the posting engine.

    `org` keeps the book, `code` is its place in the chart, `other` the counterparty and `ref` what
    it is kept for (a deal, a facility). `id` is the account's number in the posting engine.
    """

    id = models.BigIntegerField(primary_key=True)
    org = models.UUIDField()
    code = models.CharField(max_length=24, choices=Code)
    other = models.UUIDField(null=True, blank=True)
    ref = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["org", "code", "other", "ref"],
                name="one_account_per_meaning",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(code__in=Code.values)
                | models.Q(code__regex=IN_ANOTHER_CURRENCY),
                name="account_code_known",
            ),
        ]

    @property
    def label(self) -> str:
        """The account's name in the reader's language."""
        return label(self.code)

    def __str__(self) -> str:
        return f"{self.code} {self.ref}".strip()


class Total(models.Model):
    """What stood on a code of a book with a counterparty (minor units) by the lines that were
    sealed before the transaction of the `TotalMark`; see `sql/totals.sql`."""

    org = models.UUIDField()
    code = models.CharField(max_length=24)
    other = models.UUIDField(null=True, blank=True)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["org", "code", "other"], name="one_total_per_place", nulls_distinct=False
            )
        ]


class TotalMark(models.Model):
    """Up to which transaction lines are in the totals; one row."""

    upto = models.BigIntegerField()


class Late(models.Model):
    """The value day of a journal that was booked later, because its day was closed by then."""

    journal = models.UUIDField(primary_key=True)
    value_day = models.DateField()
    orgs = ArrayField(models.UUIDField())


class PeriodStatus(models.TextChoices):
    """Whether the days of a period still take lines."""

    OPEN = "OPEN", _("Not closed")
    CLOSED = "CLOSED", _("Books closed")
    REOPENED = "REOPENED", _("Opened again")


PERIOD_MOVES: Moves = {
    PeriodStatus.OPEN: {PeriodStatus.CLOSED},
    PeriodStatus.CLOSED: {PeriodStatus.REOPENED},
    PeriodStatus.REOPENED: set(),
}
PERIOD_TONES = {
    PeriodStatus.OPEN: Tone.OPEN,
    PeriodStatus.CLOSED: Tone.QUIET,
    PeriodStatus.REOPENED: Tone.DUE,
}


class Period(models.Model):
    """A month of an organisation's book that somebody closed, or asks to close.

    Months are closed one after the other, and only the newest closed one can be opened again; a
    trigger of the database holds both, and keeps the days from taking lines. One that was opened
    again stays with its trial balance; closing the month anew makes another.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    first = models.DateField()
    last = models.DateField()
    status = models.CharField(max_length=8, choices=PeriodStatus, default=PeriodStatus.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_name = models.CharField(max_length=80, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by_name = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            known_status("period_status_known", PeriodStatus),
            models.CheckConstraint(
                condition=models.Q(first__lte=models.F("last")), name="period_has_days"
            ),
            models.CheckConstraint(
                condition=models.Q(status=PeriodStatus.OPEN, closed_at=None)
                | ~models.Q(status=PeriodStatus.OPEN) & ~models.Q(closed_at=None),
                name="period_closed_when",
            ),
            models.CheckConstraint(
                condition=models.Q(status=PeriodStatus.REOPENED)
                & ~models.Q(reopened_at=None)
                & ~models.Q(reason="")
                | ~models.Q(status=PeriodStatus.REOPENED) & models.Q(reopened_at=None),
                name="period_reopened_why",
            ),
            models.UniqueConstraint(
                fields=["org", "first"],
                condition=~models.Q(status=PeriodStatus.REOPENED),
                name="one_period_per_month",
            ),
        ]
        indexes = [models.Index(fields=["org", "-first"], name="period_org")]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return PERIOD_TONES[PeriodStatus(self.status)]

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.first:%Y-%m}"

    def __str__(self) -> str:
        return self.name


class PeriodRow(models.Model):
    """What stood on a code with one counterparty when a period was closed (minor units, debit
    positive): before it, what was entered on either side in it."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="rows")
    org = models.UUIDField()
    code = models.CharField(max_length=24)
    other = models.UUIDField(null=True, blank=True)
    opening = models.BigIntegerField()
    debit = models.BigIntegerField()
    credit = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["period", "code", "other"], name="one_row_per_code", nulls_distinct=False
            )
        ]

    @property
    def label(self) -> str:
        """The account's name in the reader's language."""
        return label(self.code)

    @property
    def is_memo(self) -> bool:
        """Whether it stands off the balance sheet."""
        return plain(self.code) in MEMO

    @property
    def currency(self) -> str:
        """The currency of its amounts."""
        return currency_of(self.code)

    @property
    def closing(self) -> int:
        """What stood there at the end."""
        return self.opening + self.debit - self.credit
