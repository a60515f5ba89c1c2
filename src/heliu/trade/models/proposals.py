"""What a house's rules let nobody do alone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.ids import new_id
from heliu.kernel.states import known_status


class Proposed(models.TextChoices):
    """What may be kept until others agreed (`proposals`)."""

    VALUE_DAY = "VALUE_DAY", _("Another value day of a payment")
    TAKE_BACK = "TAKE_BACK", _("A payment taken back")
    PAID_OUT = "PAID_OUT", _("Another day of a pay-out")
    DRAFT = "DRAFT", _("A programme, or a version of one")
    MODES = "MODES", _("Other modes of a programme")
    RELEASE_CAP = "RELEASE_CAP", _("Another cap on releases")
    MARGINS = "MARGINS", _("Other margins on stock")
    QUOTE_ANSWER = "QUOTE_ANSWER", _("An answer to a quote")
    QUOTE_BEGUN = "QUOTE_BEGUN", _("An offer that was not asked for")


class Proposal(models.Model):
    """Something that a house's own rules let nobody do alone, kept as it was asked for.

    `said` is all that is needed to do it once its `approval` is given, with the `right` that
    whoever asked has. It is written once; only that it was done comes later.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    approval = models.UUIDField(unique=True)
    org = models.UUIDField()
    what = models.CharField(max_length=16, choices=Proposed)
    right = models.CharField(max_length=30)
    said = models.JSONField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [known_status("proposal_known", Proposed, field="what")]
