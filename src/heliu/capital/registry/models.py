"""Filings with the registry of movables, and the registrations that came of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.ids import new_id
from heliu.kernel.states import Moves, Tone, known_status


class Registration(models.Model):
    """A claim on goods entered in the public register, under the registry's own number."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=40, unique=True)
    deal = models.UUIDField()
    debtor = models.UUIDField()
    lender = models.UUIDField()
    content = models.CharField(max_length=300)
    amount = models.BigIntegerField()
    registered_at = models.DateTimeField()
    expires_on = models.DateField()
    discharged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deal"],
                condition=models.Q(discharged_at=None),
                name="one_live_registration",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="registration_positive"),
        ]
        indexes = [
            models.Index(fields=["deal"], name="registration_deal"),
            models.Index(fields=["lender", "-registered_at"], name="registration_lender"),
            models.Index(fields=["debtor", "-registered_at"], name="registration_debtor"),
            models.Index(
                fields=["expires_on"],
                condition=models.Q(discharged_at=None),
                name="registration_expires",
            ),
        ]

    @property
    def is_live(self) -> bool:
        """Whether it was not struck off."""
        return self.discharged_at is None

    def __str__(self) -> str:
        return self.number


class FilingKind(models.TextChoices):
    """What is asked of the registry."""

    SEARCH = "SEARCH", _("Search")
    REGISTER = "REGISTER", _("Registration")
    AMEND = "AMEND", _("Renewal or change")
    DISCHARGE = "DISCHARGE", _("Striking off")


class FilingStatus(models.TextChoices):
    """Where a filing stands."""

    WRITTEN = "WRITTEN", _("Written")
    SENT = "SENT", _("With the registry")
    UNKNOWN = "UNKNOWN", _("Outcome unknown")
    ANSWERED = "ANSWERED", _("Answered")
    REFUSED = "REFUSED", _("Refused")


_ANSWERS = {FilingStatus.ANSWERED, FilingStatus.REFUSED}
FILING_MOVES: Moves = {
    FilingStatus.WRITTEN: {FilingStatus.SENT, FilingStatus.UNKNOWN, *_ANSWERS},
    FilingStatus.SENT: {FilingStatus.UNKNOWN, *_ANSWERS},
    FilingStatus.UNKNOWN: {FilingStatus.SENT, *_ANSWERS},
    FilingStatus.ANSWERED: set(),
    FilingStatus.REFUSED: set(),
}
FILING_TONES = {
    FilingStatus.WRITTEN: Tone.OPEN,
    FilingStatus.SENT: Tone.MOVING,
    FilingStatus.UNKNOWN: Tone.DUE,
    FilingStatus.ANSWERED: Tone.QUIET,
    FilingStatus.REFUSED: Tone.BAD,
}
OPEN = (FilingStatus.WRITTEN, FilingStatus.SENT, FilingStatus.UNKNOWN)


class Filing(models.Model):
    """Something asked of the registry, under an id that never changes.

    `goods` are kinds of goods by code, `lot` the document that tells these among their kind. One
    that amends a registration moves its end, or names other goods where it names any.
    `instead_of` is the refused one that it repeats.
    `found` is what a search found: entries as `policies.kept` writes them. Only a search by hand
    has no deal; `against` is how many of these stand against the lender. `trouble` is why the last
    try to go on with an answer failed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=9, choices=FilingKind)
    deal = models.UUIDField(null=True, blank=True)
    key = models.CharField(max_length=80)
    debtor = models.UUIDField()
    lender = models.UUIDField()
    goods = models.JSONField(default=list)
    lot = models.CharField(max_length=40, blank=True)
    content = models.CharField(max_length=300, blank=True)
    amount = models.BigIntegerField(default=0)
    until = models.DateField(null=True, blank=True)
    registration = models.ForeignKey(
        Registration, null=True, blank=True, on_delete=models.PROTECT, related_name="filings"
    )
    instead_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="again"
    )
    status = models.CharField(max_length=8, choices=FilingStatus, default=FilingStatus.WRITTEN)
    tries = models.PositiveSmallIntegerField(default=0)
    number = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    found = models.JSONField(default=list)
    against = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True)
    written_by_name = models.CharField(max_length=80)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "kind", "key"], name="one_filing_per_key"),
            models.CheckConstraint(
                condition=models.Q(deal__isnull=False) | models.Q(kind="SEARCH"),
                name="filing_has_a_deal",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["AMEND", "DISCHARGE"], registration__isnull=False)
                | models.Q(kind="SEARCH", registration=None)
                | models.Q(kind="REGISTER"),
                name="filing_names_what_it_changes",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["REGISTER", "AMEND"], until__isnull=False)
                | models.Q(kind__in=["SEARCH", "DISCHARGE"], until=None),
                name="filing_has_a_term",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["ANSWERED", "REFUSED"], answered_at__isnull=False)
                | ~models.Q(status__in=["ANSWERED", "REFUSED"]) & models.Q(answered_at=None),
                name="filing_answered_at",
            ),
            known_status("filing_kind_known", FilingKind, field="kind"),
            known_status("filing_status_known", FilingStatus),
        ]
        indexes = [
            models.Index(
                fields=["written_at"],
                condition=models.Q(status__in=["WRITTEN", "SENT", "UNKNOWN"]),
                name="filing_open",
            ),
            models.Index(
                fields=["lender"], condition=models.Q(against__gt=0), name="filing_conflict"
            ),
            models.Index(fields=["lender", "-written_at"], name="filing_lender"),
            models.Index(fields=["debtor", "-written_at"], name="filing_debtor"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return FILING_TONES[FilingStatus(self.status)]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
