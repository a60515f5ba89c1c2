"""What a lender sets over all its programmes: its own rules, quotas and caps."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.capital.books.chart import Code
from heliu.kernel.ids import new_id
from heliu.kernel.states import known_status


class RuleSet(models.Model):
    """A version of a lender's own rules, written once; in force from a day on once another person
    has agreed to it. Until its first one the rules of the house hold (`rules.HOUSE_RULES`).

    Of those agreed to, the one whose `effective_on` came last decides, of two of one day the later.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lender = models.UUIDField()
    number = models.PositiveIntegerField()
    content = models.JSONField()
    effective_on = models.DateField()
    reason = models.CharField(max_length=300)
    proposed_by_name = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    agreed_by_name = models.CharField(max_length=80, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lender", "number"], name="one_rule_set_per_number"),
            models.CheckConstraint(
                condition=models.Q(agreed_at=None, agreed_by_name="")
                | models.Q(agreed_at__isnull=False) & ~models.Q(agreed_by_name=""),
                name="rule_set_says_who_agreed",
            ),
        ]

    @property
    def version(self) -> str:
        """What a decision's record calls it."""
        return f"R-{self.number}"

    def __str__(self) -> str:
        return self.version


class CapKind(models.TextChoices):
    """For whose loans a cap counts; named as its accounts in the lender's book."""

    SELLER = Code.CAP_SELLER.value, _("Quota of a seller")
    GROUP = Code.CAP_GROUP.value, _("Cap for a group of enterprises")
    BORROWER = Code.CAP_BORROWER.value, _("Cap for one borrower")


class Cap(models.Model):
    """The most a lender lends over all its programmes: for one seller's goods, to one group, to one
    borrower (`party`: seller, group, borrower).

    `account` is a posting account of the lender's book; its ceiling is the cap, so no two quotes
    together can pass it. `limit` (minor units) repeats the ceiling for reading. One that is set
    below what stands `is_sinking`: its ceiling comes down as that is repaid, and nothing new is
    lent on it until it fits.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lender = models.UUIDField()
    kind = models.CharField(max_length=24, choices=CapKind)
    party = models.UUIDField()
    limit = models.BigIntegerField()
    account = models.BigIntegerField()
    is_sinking = models.BooleanField(default=False, db_default=False)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lender", "kind", "party"], name="one_cap_per_party"),
            known_status("cap_kind_known", CapKind, field="kind"),
            models.CheckConstraint(condition=models.Q(limit__gte=0), name="cap_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.party}"
