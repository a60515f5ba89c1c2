"""Where an organisation wants its facts, what is sent there, and every try of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heliu.kernel.events.models import THIS_TRANSACTION
from heliu.kernel.ids import new_id
from heliu.kernel.states import Moves, Tone, known_status

MOST_ANSWER = 1024  # characters of an answer that are kept


class EndpointStatus(models.TextChoices):
    """Where an endpoint stands. While it is paused, what is for it waits."""

    ACTIVE = "ACTIVE", _("Active")
    PAUSED = "PAUSED", _("Paused")
    ENDED = "ENDED", _("Ended")


_E = EndpointStatus

ENDPOINT_MOVES: Moves = {
    _E.ACTIVE: {_E.PAUSED, _E.ENDED},
    _E.PAUSED: {_E.ACTIVE, _E.ENDED},
    _E.ENDED: set(),
}
ENDPOINT_TONES = {_E.ACTIVE: Tone.GOOD, _E.PAUSED: Tone.DUE, _E.ENDED: Tone.QUIET}


class Reason(models.TextChoices):
    """Why an endpoint is paused or has ended."""

    PERSON = "PERSON", _("by a person")
    FAILING = "FAILING", _("it took nothing for three days")
    GONE = "GONE", _("it answered 410: gone")


class DeliveryStatus(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "WAITING", _("Waiting")
    DELIVERED = "DELIVERED", pgettext_lazy("message", "Taken")
    FAILED = "FAILED", _("Failed")
    DROPPED = "DROPPED", _("Dropped")


_D = DeliveryStatus

DELIVERY_MOVES: Moves = {
    _D.WAITING: {_D.DELIVERED, _D.FAILED, _D.DROPPED},
    _D.DELIVERED: {_D.WAITING},  # sent again on request
    _D.FAILED: {_D.WAITING, _D.DROPPED},
    _D.DROPPED: set(),
}
DELIVERY_TONES = {
    _D.WAITING: Tone.MOVING,
    _D.DELIVERED: Tone.QUIET,
    _D.FAILED: Tone.BAD,
    _D.DROPPED: Tone.QUIET,
}


class Problem(models.TextChoices):
    """Why a try came to nothing; empty when the endpoint took it."""

    REFUSED = "REFUSED", _("The endpoint answered with an error")
    REDIRECT = "REDIRECT", _("The endpoint sent us elsewhere")
    SLOW = "SLOW", _("No answer in time")
    UNREACHED = "UNREACHED", _("No connection")
    INSIDE = "INSIDE", _("The address is not a public one")


class Relay(models.Model):
    """How far facts were handed on: those of all transactions before `position`. Deliveries that
    ended before `tidied_to` are no longer kept. One row."""

    position = models.BigIntegerField(default=0)
    tidied_to = models.DateTimeField(null=True, blank=True)


class Endpoint(models.Model):
    """An address of an organisation's program and the kinds of facts it wants; none means all.

    It gets the facts of transactions from `since` on; the present choice of kinds was made by the
    transaction `chosen`. The secret is not kept: it is worked out from the install's key, the id
    and `generation`; the one before is good until `previous_until`. Whoever sends holds the
    endpoint until `leased_until`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    name = models.CharField(max_length=60)
    url = models.CharField(max_length=300)
    kinds = ArrayField(models.CharField(max_length=60), default=list)
    status = models.CharField(max_length=6, choices=EndpointStatus, default=EndpointStatus.ACTIVE)
    reason = models.CharField(max_length=7, choices=Reason, blank=True)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    generation = models.PositiveSmallIntegerField(default=1)
    secret_at = models.DateTimeField()
    previous_until = models.DateTimeField(null=True, blank=True)
    since = models.BigIntegerField(db_default=THIS_TRANSACTION)
    chosen = models.BigIntegerField(db_default=THIS_TRANSACTION)
    failures = models.PositiveIntegerField(default=0)  # in a row
    taken_at = models.DateTimeField(null=True, blank=True)  # the last that it took
    rests_until = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("endpoint_status_known", EndpointStatus),
            models.CheckConstraint(
                condition=Q(status="ACTIVE", reason="") | ~Q(status="ACTIVE") & ~Q(reason=""),
                name="endpoint_stands_still_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["org", "id"], name="endpoint_org")]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return ENDPOINT_TONES[EndpointStatus(self.status)]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message for one endpoint: a fact, or a test without one. Sent in the order of ids.

    `message` is the id that the endpoint sees, the fact's own, the same at every try.
    """

    id = models.BigAutoField(primary_key=True)
    org = models.UUIDField()
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    message = models.UUIDField()
    fact = models.BigIntegerField(null=True, blank=True)  # its number
    kind = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    first_try_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    code = models.PositiveSmallIntegerField(null=True, blank=True)  # of the last answer
    problem = models.CharField(max_length=9, choices=Problem, blank=True)
    took_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("delivery_status_known", DeliveryStatus),
            models.UniqueConstraint(fields=["endpoint", "fact"], name="one_delivery_per_fact"),
            models.CheckConstraint(
                condition=~Q(status="DELIVERED") | Q(code__gte=200, code__lt=300),
                name="delivered_when_taken",
            ),
            models.CheckConstraint(
                condition=Q(status="WAITING", ended_at=None)
                | ~Q(status="WAITING") & Q(ended_at__isnull=False),
                name="delivery_ended_when_over",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "id"], condition=Q(status="WAITING"), name="delivery_waits"
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_listed"),
            models.Index(fields=["endpoint", "status", "-id"], name="delivery_by_status"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return DELIVERY_TONES[DeliveryStatus(self.status)]


class Attempt(models.Model):
    """One try: when, how long, and what came back, cut short."""

    id = models.BigAutoField(primary_key=True)
    org = models.UUIDField()
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    code = models.PositiveSmallIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=9, choices=Problem, blank=True)
    answer = models.CharField(max_length=MOST_ANSWER, blank=True)
