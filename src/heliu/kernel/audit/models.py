"""Who opened what of whom."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class What(models.TextChoices):
    """What was opened."""

    DEAL = "DEAL", _("Deal")
    CREDIT_FILE = "CREDIT_FILE", _("Credit file")
    PAPER = "PAPER", _("Paper")
    PARTY = "PARTY", _("What is kept of a house")


class Look(models.Model):
    """Somebody of another house opened something of `owner`; once an hour, never changed.

    `about` is the number people see (of a deal, a party's code), `paper` that of a paper of it.
    `role` is what the reader's house does here.
    """

    id = models.BigAutoField(primary_key=True)
    owner = models.UUIDField()
    what = models.CharField(max_length=11, choices=What)
    about = models.CharField(max_length=40)
    paper = models.CharField(max_length=40, blank=True)
    reader = models.UUIDField()
    reader_name = models.CharField(max_length=80)
    reader_org = models.UUIDField()
    role = models.CharField(max_length=12)
    at = models.DateTimeField()
    hour = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "about", "what", "paper", "reader", "reader_org", "hour"],
                name="one_look_an_hour",
            ),
            models.CheckConstraint(
                condition=models.Q(what__in=What.values), name="look_at_something_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(owner=models.F("reader_org")), name="look_by_another_house"
            ),
        ]
        indexes = [models.Index(fields=["owner", "-id"], name="look_owner")]
