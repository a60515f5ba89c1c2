"""What a seller's customers get by their tier."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.commerce.cases.policies import MOST_HOURS
from heliu.kernel.ids import new_id
from heliu.kernel.language import in_language
from heliu.kernel.parties.models import Tier
from heliu.kernel.parties.policies import TURN


class TierOffer(models.Model):
    """What a seller's customers of a tier get: a price list, a circle of the catalogue, trade
    credit to begin with (minor units), and what is said to them of service, on their first page,
    in either language.

    Their orders on terms confirm themselves up to `passes_to`; from `agreed_from` on so many others
    (`agreed_people`) must agree to the yes of whoever confirms (minor units; null: neither).
    `may_wait` is whether they may order what is still to come, `turn` when their orders come up at
    the supply desk among those of one day, 1 first. Their cases are answered within `answer_hours`
    and solved within `solve_hours` (null: as the seller promises to all).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller = models.UUIDField()
    tier = models.CharField(max_length=8, choices=Tier)
    price_list = models.UUIDField(null=True, blank=True)
    circle = models.UUIDField(null=True, blank=True)
    credit = models.BigIntegerField(default=0)
    service = models.CharField(max_length=200, blank=True)
    service_zh = models.CharField(max_length=200, blank=True, db_default="")
    welcome = models.CharField(max_length=400, blank=True)
    welcome_zh = models.CharField(max_length=400, blank=True, db_default="")
    passes_to = models.BigIntegerField(null=True, blank=True)
    agreed_from = models.BigIntegerField(null=True, blank=True)
    agreed_people = models.PositiveSmallIntegerField(default=1, db_default=1)
    may_wait = models.BooleanField(default=True, db_default=True)
    turn = models.PositiveSmallIntegerField(default=TURN, db_default=TURN)
    answer_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    solve_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "tier"], name="one_offer_per_tier"),
            models.CheckConstraint(
                condition=models.Q(credit__gte=0), name="tier_credit_not_negative"
            ),
            models.CheckConstraint(
                condition=(models.Q(passes_to=None) | models.Q(passes_to__gte=0))
                & (models.Q(agreed_from=None) | models.Q(agreed_from__gte=0))
                & (
                    models.Q(passes_to=None)
                    | models.Q(agreed_from=None)
                    | models.Q(agreed_from__gt=models.F("passes_to"))
                ),
                name="tier_yes_is_clear",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_people__gte=1, agreed_people__lte=5),
                name="tier_yes_of_some",
            ),
            models.CheckConstraint(
                condition=models.Q(turn__gte=1, turn__lte=9), name="tier_turn_of_nine"
            ),
            models.CheckConstraint(
                condition=models.Q(answer_hours=None, solve_hours=None)
                | models.Q(
                    answer_hours__isnull=False,
                    solve_hours__isnull=False,
                    answer_hours__gte=1,
                    solve_hours__gte=models.F("answer_hours"),
                    solve_hours__lte=MOST_HOURS,
                ),
                name="tier_hours_in_bounds",
            ),
        ]

    @property
    def service_said(self) -> str:
        """What is promised of service, for the reader."""
        return in_language(self.service, self.service_zh)


class TierGrant(models.Model):
    """What a buyer has by its tier: it goes when the tier goes. What it had before is not here.

    The names are those of the list or circle, whose rows the buyer does not see."""

    class What(models.TextChoices):
        LIST = "LIST", _("Price list")
        CIRCLE = "CIRCLE", _("Circle of the catalogue")
        CREDIT = "CREDIT", _("Trade credit")

    id = models.BigAutoField(primary_key=True)
    seller = models.UUIDField()
    buyer = models.UUIDField()
    tier = models.CharField(max_length=8, choices=Tier)
    what = models.CharField(max_length=6, choices=What)
    subject = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=120, blank=True)
    name_zh = models.CharField(max_length=120, blank=True)
    amount = models.BigIntegerField(default=0)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "buyer", "what"],
                condition=models.Q(until=None),
                name="one_live_grant_of_a_kind",
            ),
        ]
