"""How a person wants to be reached, and what was sent to whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heliu.kernel.ids import new_id
from heliu.kernel.states import Moves, Tone, known_status


class Way(models.TextChoices):
    """By what a notice leaves."""

    MAIL = "MAIL", pgettext_lazy("message", "E-mail")
    SMS = "SMS", _("SMS")
    PUSH = "PUSH", _("On a device")


class Mail(models.TextChoices):
    """When a person wants mail."""

    AT_ONCE = "AT_ONCE", _("at once")
    DAILY = "DAILY", _("one a day, in the morning")
    NEVER = "NEVER", _("never")


class LetterStatus(models.TextChoices):
    """Where a letter stands."""

    WAITING = "WAITING", _("Waiting")
    SENT = "SENT", pgettext_lazy("message", "Sent")
    FAILED = "FAILED", _("Failed")


_L = LetterStatus

LETTER_MOVES: Moves = {_L.WAITING: {_L.SENT, _L.FAILED}, _L.SENT: set(), _L.FAILED: set()}
LETTER_TONES = {_L.WAITING: Tone.MOVING, _L.SENT: Tone.QUIET, _L.FAILED: Tone.BAD}


class Relay(models.Model):
    """How far notices were handed on: those of all transactions before `position`. One row."""

    position = models.BigIntegerField(default=0)


class Reach(models.Model):
    """How one person wants to be reached for one organisation; without a row, as by default.

    An SMS is not sent from `quiet_from` to `quiet_to` o'clock (business time).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    person = models.UUIDField()
    mail = models.CharField(max_length=7, choices=Mail, default=Mail.AT_ONCE)
    phone = models.CharField(max_length=20, blank=True)
    quiet_from = models.PositiveSmallIntegerField(default=21)
    quiet_to = models.PositiveSmallIntegerField(default=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "org"], name="one_reach_per_desk"),
            models.CheckConstraint(
                condition=Q(quiet_from__lt=24, quiet_to__lt=24), name="reach_quiet_hours"
            ),
        ]


class Wish(models.Model):
    """One kind of notice that a person wants otherwise than by default."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    person = models.UUIDField()
    kind = models.CharField(max_length=40)
    mail = models.BooleanField()
    sms = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "org", "kind"], name="one_wish_per_kind")
        ]


class Device(models.Model):
    """A device of a person that shows the notices of one desk: its subscription at the push service
    of its browser, by which alone it is reached. Gone when the service says so, or the person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    person = models.UUIDField()
    endpoint = models.CharField(max_length=1000, unique=True)
    public = models.CharField(max_length=100)
    secret = models.CharField(max_length=40)
    name = models.CharField(max_length=60, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "org"], name="device_of_person")]


class Letter(models.Model):
    """A notice for one person by one way; there is never a second one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    notice = models.UUIDField()
    person = models.UUIDField()
    way = models.CharField(max_length=4, choices=Way)
    status = models.CharField(max_length=7, choices=LetterStatus, default=LetterStatus.WAITING)
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("letter_status_known", LetterStatus),
            models.UniqueConstraint(
                fields=["notice", "person", "way"], name="one_letter_per_notice_and_person"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(status="WAITING"), name="letter_waits"
            ),
            models.Index(fields=["person", "org", "-made_at"], name="letter_of_person"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return LETTER_TONES[LetterStatus(self.status)]


class Post(models.Model):
    """A mail to an address that cannot sign in yet (`posts.py`); gone as soon as it is sent.

    `org` is whose it is: the house that writes, or that will come of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    address = models.EmailField(max_length=150)
    kind = models.CharField(max_length=40)
    params = models.JSONField()
    path = models.CharField(max_length=400)
    language = models.CharField(max_length=10)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["next_try_at"], name="post_waits")]


class SandboxSms(models.Model):
    """An SMS as the sandbox would have sent it, to be looked at."""

    id = models.UUIDField(primary_key=True, editable=False)
    org = models.UUIDField()
    person = models.UUIDField()
    phone = models.CharField(max_length=20)
    text = models.CharField(max_length=600)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="sandbox_sms_person")]
