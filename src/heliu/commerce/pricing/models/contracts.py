"""Contracts with prices of their own, and what of them one side asks to change."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heliu.commerce.pricing.models.lists import PriceList
from heliu.kernel.ids import new_id
from heliu.kernel.language import in_language
from heliu.kernel.money import CURRENCY
from heliu.kernel.states import known_status


class Contract(models.Model):
    """What a seller and a buyer agreed for a period: prices, and how much the buyer will take.

    Its prices stand in a list of its own, which is asked before all others and holds for the
    buyer in the period. `committed` (minor units at agreed prices) and `committed_quantity`
    (smallest units) are what the buyer promised to take of the goods in it; a promise without
    a number is none.

    An offer (`is_offer`) is the seller's alone and binds nobody: the buyer agrees (`agreed_at` and
    `agreed_by_name` are then the buyer's) or refuses (`refused_at`). What both agreed to is changed
    by both (`ContractChange`); the database holds that (`sql/pricing_contracts.sql`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller = models.UUIDField()
    buyer = models.UUIDField()
    price_list = models.OneToOneField(PriceList, on_delete=models.PROTECT, related_name="contract")
    # As its list is called; the buyer sees no lists.
    code = models.CharField(max_length=40, default="", db_default="")
    name = models.CharField(max_length=120, default="", db_default="")
    name_zh = models.CharField(max_length=120, blank=True, default="", db_default="")
    # In which its prices stand, whatever the two trade in later.
    currency = models.CharField(max_length=3, default=CURRENCY, db_default=CURRENCY)
    committed = models.BigIntegerField(null=True, blank=True)
    committed_quantity = models.BigIntegerField(null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField()
    agreed_at = models.DateTimeField()
    agreed_by_name = models.CharField(max_length=80)
    is_offer = models.BooleanField(default=False, db_default=False)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(refused_at__isnull=True) | Q(is_offer=True),
                name="contract_refused_was_an_offer",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="contract_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=(Q(committed__isnull=True) | Q(committed__gt=0))
                & (Q(committed_quantity__isnull=True) | Q(committed_quantity__gt=0)),
                name="contract_commits_to_something",
            ),
            models.CheckConstraint(condition=~Q(buyer=F("seller")), name="contract_has_two_sides"),
        ]
        indexes = [
            models.Index(fields=["seller", "-valid_to"], name="contract_seller"),
            models.Index(fields=["buyer", "-valid_to"], name="contract_buyer"),
        ]

    @property
    def display(self) -> str:
        """The contract's name in the reader's language."""
        return in_language(self.name, self.name_zh)


class ChangeState(models.TextChoices):
    """What became of a change of a contract that the seller asked for."""

    ASKED = "ASKED", _("Asked for")
    AGREED = "AGREED", _("Agreed")
    REFUSED = "REFUSED", _("Refused")
    TAKEN_BACK = "TAKEN_BACK", _("Taken back")


class ContractChange(models.Model):
    """A change of a contract that needs the buyer's yes: other prices from a day on (`version`, a
    version of its list), or an earlier end (`last`, its last day)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="changes")
    seller = models.UUIDField()
    buyer = models.UUIDField()
    version = models.ForeignKey(
        PriceList, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    live_on = models.DateField(null=True, blank=True)
    last = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.ASKED)
    asked_at = models.DateTimeField()
    asked_by_name = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            known_status("contract_change_state_known", ChangeState, field="state"),
            models.CheckConstraint(
                condition=Q(live_on__isnull=True, last__isnull=False)
                | Q(live_on__isnull=False, last__isnull=True),
                name="contract_change_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["contract"], condition=Q(state="ASKED"), name="one_open_contract_change"
            ),
        ]
