"""Who may order in whose name, and what was done so."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heliu.kernel.ids import new_id
from heliu.kernel.states import known_status


class Mandate(models.Model):
    """A buyer lets a seller's people order with this seller in its name, until it ends it.

    What ended stays, with who ended it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    given_by = models.UUIDField(null=True)
    given_by_name = models.CharField(max_length=80)
    given_at = models.DateTimeField()
    ended_by_name = models.CharField(max_length=80, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "seller"],
                condition=Q(ended_at=None),
                name="one_live_mandate_per_pair",
            ),
            models.CheckConstraint(condition=~Q(buyer=F("seller")), name="mandate_has_two_sides"),
        ]
        indexes = [models.Index(fields=["seller"], name="mandate_seller")]


class Deed(models.TextChoices):
    """What was done in a customer's name."""

    OPENED = "OPENED", _("Opened the order pad")
    PLACED = "PLACED", _("Placed an order")
    ASKED = "ASKED", _("Asked for agreement")
    CHANGED = "CHANGED", _("Changed an order")
    WITHDRAWN = "WITHDRAWN", _("Withdrew a request")
    CANCELLED = "CANCELLED", pgettext_lazy("deed", "Cancelled an order")


class Act(models.Model):
    """One deed of a seller's person in the buyer's name; never changed, read by both houses.

    `person_name` is the person's own, `number` that of the order or request.
    """

    id = models.BigAutoField(primary_key=True)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="acts")
    buyer = models.UUIDField()
    seller = models.UUIDField()
    person = models.UUIDField()
    person_name = models.CharField(max_length=80)
    what = models.CharField(max_length=9, choices=Deed)
    subject = models.UUIDField(null=True, blank=True)
    number = models.CharField(max_length=20, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [known_status("act_on_behalf_known", Deed, field="what")]
        indexes = [
            models.Index(fields=["buyer", "-id"], name="act_buyer"),
            models.Index(fields=["seller", "-id"], name="act_seller"),
            models.Index(
                fields=["subject"], condition=Q(subject__isnull=False), name="act_subject"
            ),
        ]
