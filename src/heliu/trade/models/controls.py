"""What a lender looks at before it pays out: invoices laid before it, and what was found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.ids import new_id
from heliu.kernel.states import Tone, known_status
from heliu.trade.models.deals import Deal


class Invoice(models.Model):
    """An invoice for the goods of a financed order, laid before its lender by one of its sides.

    `number` is kept without its spaces. `issuer` and `number` name an invoice wherever it is laid;
    `digest` is the SHA-256 of the `file` that shows it, '' without one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="invoices")
    issuer = models.UUIDField()
    number = models.CharField(max_length=40)
    amount = models.BigIntegerField()
    issued_on = models.DateField()
    file = models.UUIDField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    lender = models.UUIDField()
    laid_by_name = models.CharField(max_length=80)
    laid_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "number"], name="invoice_once_in_a_deal"),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0) & ~models.Q(number=""),
                name="laid_invoice_of_something",
            ),
        ]
        indexes = [
            models.Index(fields=["issuer", "number"], name="invoice_number"),
            models.Index(fields=["digest"], condition=~models.Q(digest=""), name="invoice_digest"),
        ]

    def __str__(self) -> str:
        return self.number


class Doubt(models.TextChoices):
    """What may speak against financing an order."""

    DUPLICATE_INVOICE = "DUPLICATE_INVOICE", _("Invoice financed already")
    DUPLICATE_FILE = "DUPLICATE_FILE", _("Paper financed already")
    CIRCULAR_TRADE = "CIRCULAR_TRADE", _("Trade in a circle")
    RELATED_KIN = "RELATED_KIN", _("One group of companies")
    RELATED_NUMBER = "RELATED_NUMBER", _("One tax number")
    RELATED_TIE = "RELATED_TIE", _("Same owner, representative or account")
    RELATED_ADDRESS = "RELATED_ADDRESS", _("One address")
    RELATED_PEOPLE = "RELATED_PEOPLE", _("People in common")


class Finding(models.Model):
    """Something that speaks against financing a deal's order; the lender's alone to read.

    `found` are the figures of it, without anything of others; `key` names it for ever, so that
    looking again finds it once. A hard one keeps the loan from being paid out until people at the
    lender agreed (`approval`), or until what it was about is no more (`ended_at`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="findings")
    lender = models.UUIDField()
    code = models.CharField(max_length=20, choices=Doubt)
    key = models.CharField(max_length=80, blank=True)
    is_hard = models.BooleanField()
    found = models.JSONField(default=dict)
    at = models.DateTimeField()
    approval = models.UUIDField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "code", "key"], name="one_finding_per_key"),
            known_status("finding_code_known", Doubt, field="code"),
            models.CheckConstraint(
                condition=models.Q(approval=None, accepted_at=None)
                | models.Q(approval__isnull=False, accepted_at__isnull=False),
                name="finding_accepted_by_approval",
            ),
        ]

    @property
    def tone(self) -> Tone:
        """How it looks."""
        if self.approval is not None or self.ended_at is not None:
            return Tone.QUIET
        return Tone.BAD if self.is_hard else Tone.DUE
