"""Organisations, what they do, and who deals with whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heliu.kernel.ids import new_id
from heliu.kernel.language import in_language, is_chinese
from heliu.kernel.money import CURRENCY, TRADED
from heliu.kernel.parties.names import Names
from heliu.kernel.parties.policies import TURN
from heliu.kernel.states import Moves, Tone, known_status


class OrganizationStatus(models.TextChoices):
    """Where an organisation stands with the platform."""

    PENDING = "PENDING", pgettext_lazy("organization", "To be verified")
    ACTIVE = "ACTIVE", pgettext_lazy("organization", "Active")
    SUSPENDED = "SUSPENDED", pgettext_lazy("organization", "Suspended")
    DENIED = "DENIED", pgettext_lazy("organization", "Not admitted")
    CLOSED = "CLOSED", pgettext_lazy("organization", "Closed")


_O = OrganizationStatus

# The database holds the same table (`sql/parties_standing.sql`), and whose hand may move.
ORGANIZATION_MOVES: Moves = {
    _O.PENDING: {_O.ACTIVE, _O.DENIED, _O.CLOSED},
    _O.ACTIVE: {_O.SUSPENDED, _O.CLOSED},
    _O.SUSPENDED: {_O.ACTIVE, _O.CLOSED},
    _O.DENIED: {_O.PENDING, _O.CLOSED},
    _O.CLOSED: set(),
}
ORGANIZATION_TONES = {
    _O.PENDING: Tone.MOVING,
    _O.ACTIVE: Tone.QUIET,
    _O.SUSPENDED: Tone.BAD,
    _O.DENIED: Tone.BAD,
    _O.CLOSED: Tone.QUIET,
}


class Tier(models.TextChoices):
    """What kind of customer a house is: it decides what sellers offer it."""

    SME = "SME", pgettext_lazy("tier", "Small or medium enterprise")
    LARGE = "LARGE", pgettext_lazy("tier", "Large enterprise")
    PUBLIC = "PUBLIC", pgettext_lazy("tier", "Public sector")
    SUPRANATIONAL = "SUPRA", pgettext_lazy("tier", "Supranational group")
    CLUSTER = "CLUSTER", pgettext_lazy("tier", "Industry cluster")


class Organization(models.Model):
    """A legal or operating party; forms a tree; every record belongs to one.

    `registered_number` is its number in the register of companies of `registered_in` (of a Chinese
    one the unified social credit code); nobody else has the same. What its people may do in each
    status is one rule in the database (`parties_may`), asked whenever somebody sits down at a desk.
    `least_order` (minor units) is what one order to it must come to, where its relationship to the
    buyer has no word of its own.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    short_name = models.CharField(max_length=60, blank=True)
    short_name_zh = models.CharField(max_length=60, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    city = models.CharField(max_length=60, blank=True)
    city_zh = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=200, blank=True)
    tax_number = models.CharField(max_length=30, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(default=True)
    status = models.CharField(
        max_length=9,
        choices=OrganizationStatus,
        default=OrganizationStatus.ACTIVE,
        db_default=OrganizationStatus.ACTIVE,
    )
    registered_in = models.CharField(max_length=2, blank=True, default="", db_default="")
    registered_number = models.CharField(max_length=30, blank=True, default="", db_default="")
    least_order = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now())
    tier = models.CharField(max_length=8, choices=Tier, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            known_status("organization_status_known", OrganizationStatus),
            models.CheckConstraint(
                condition=~models.Q(status="CLOSED") | models.Q(is_active=False),
                name="organization_closed_is_inactive",
            ),
            models.UniqueConstraint(
                fields=["registered_in", "registered_number"],
                condition=~models.Q(registered_number=""),
                name="one_organization_per_registered_number",
            ),
        ]
        indexes = [
            models.Index(fields=["parent"], name="organization_parent"),
            models.Index(fields=["name", "code"], name="organization_by_name"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return ORGANIZATION_TONES[OrganizationStatus(self.status)]

    @property
    def display(self) -> str:
        """The name in the reader's language; the other one when there is none."""
        return in_language(self.name, self.name_zh)

    @property
    def short(self) -> str:
        """The short name in the reader's language."""
        return self.short_in(chinese=is_chinese())

    def short_in(self, *, chinese: bool) -> str:
        """The short name in one of the two languages, else the other, else the long one."""
        names = Names(self.short_name, self.short_name_zh, self.name, self.name_zh)
        return names.short_in(chinese=chinese)

    def __str__(self) -> str:
        return self.display


class PartyRole(models.Model):
    """What an organisation does on the platform; it may do several things at once."""

    class Role(models.TextChoices):
        BUYER = "BUYER", _("Buyer")
        SELLER = "SELLER", _("Seller")
        DEALER = "DEALER", _("Dealer")
        BANK = "BANK", _("Bank")
        WAREHOUSE = "WAREHOUSE", _("Warehouse")
        CARRIER = "CARRIER", _("Carrier")
        PROVIDER = "PROVIDER", _("Service provider")
        OPERATOR = "OPERATOR", _("Operator")

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="party_roles"
    )
    role = models.CharField(max_length=12, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "role"], name="one_party_role_once"),
            models.CheckConstraint(
                condition=models.Q(
                    role__in=[
                        "BUYER",
                        "SELLER",
                        "DEALER",
                        "BANK",
                        "WAREHOUSE",
                        "CARRIER",
                        "PROVIDER",
                        "OPERATOR",
                    ]
                ),
                name="party_role_known",
            ),
        ]


class RelationshipStatus(models.TextChoices):
    """Where a trading relationship stands."""

    ASKED = "ASKED", _("Asked for")
    ACTIVE = "ACTIVE", _("Active")
    PAUSED = "PAUSED", _("Paused")
    ENDED = "ENDED", _("Ended")


RELATIONSHIP_MOVES: Moves = {
    RelationshipStatus.ASKED: {RelationshipStatus.ACTIVE, RelationshipStatus.ENDED},
    RelationshipStatus.ACTIVE: {RelationshipStatus.PAUSED, RelationshipStatus.ENDED},
    RelationshipStatus.PAUSED: {RelationshipStatus.ACTIVE, RelationshipStatus.ENDED},
    RelationshipStatus.ENDED: {RelationshipStatus.ACTIVE},
}
RELATIONSHIP_TONES = {
    RelationshipStatus.ASKED: Tone.DUE,
    RelationshipStatus.ACTIVE: Tone.QUIET,
    RelationshipStatus.PAUSED: Tone.BAD,
    RelationshipStatus.ENDED: Tone.QUIET,
}


class TradingRelationship(models.Model):
    """The approved link from a seller to a buyer: it carries prices, catalogue and terms. While the
    seller is suspended it is PAUSED (`sql/parties_pause.sql`): whoever asks for an active one finds
    none, so nothing is ordered.

    `tier` is the seller's own word on what kind of customer the buyer is, before the operator's;
    `tier_applied` is the one whose offer holds (`trade/tiers.py`), '?' while that is to be done.

    `terms_stop` says why orders on terms are stopped (`capital.terms`), `least_order` (minor units)
    what one order must come to: the seller's own word about this buyer (`least_is_own`), or what it
    wants of all. `may_wait` is whether this buyer may order more than lies there, where the seller
    takes back-orders: the seller's own word (`wait_is_own`), or that of the tier; `turn` is when
    its orders come up among those of one day, the first first. `currency` is that in which the two
    trade; it changes only before anything was ordered. All stand here because the facts of an
    order read this row. `answer_hours` and `solve_hours` are how soon its cases are answered and
    solved by its tier; none where the seller's promise to all holds (`commerce/cases`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    status = models.CharField(
        max_length=8, choices=RelationshipStatus, default=RelationshipStatus.ACTIVE
    )
    since = models.DateField()
    terms_stop = models.CharField(max_length=8, null=True, blank=True)
    tier = models.CharField(max_length=8, choices=Tier, blank=True, default="", db_default="")
    tier_applied = models.CharField(max_length=8, blank=True, default="", db_default="")
    least_order = models.BigIntegerField(default=0, db_default=0)
    least_is_own = models.BooleanField(default=False, db_default=False)
    may_wait = models.BooleanField(default=True, db_default=True)
    wait_is_own = models.BooleanField(default=False, db_default=False)
    turn = models.PositiveSmallIntegerField(default=TURN, db_default=TURN)
    currency = models.CharField(max_length=3, default=CURRENCY, db_default=CURRENCY)
    answer_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    solve_hours = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["buyer", "seller"], name="one_relationship_per_pair"),
            models.CheckConstraint(
                condition=Q(currency__in=list(TRADED)), name="relationship_currency_known"
            ),
            known_status("relationship_status_known", RelationshipStatus),
            models.CheckConstraint(
                condition=Q(answer_hours=None, solve_hours=None)
                | Q(
                    answer_hours__isnull=False,
                    solve_hours__isnull=False,
                    answer_hours__gte=1,
                    solve_hours__gte=F("answer_hours"),
                ),
                name="relationship_hours",
            ),
        ]
        indexes = [
            models.Index(fields=["seller"], name="relationship_seller"),
            models.Index(
                fields=["buyer", "seller"], condition=Q(may_wait=False), name="relationship_no_wait"
            ),
            models.Index(
                fields=["buyer", "seller"],
                condition=~Q(currency=CURRENCY),
                name="relationship_abroad",
            ),
        ]


class Acquaintance(models.Model):
    """`org` may see the name of `knows`: they trade, finance, keep or carry for each other."""

    org = models.UUIDField()
    knows = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "knows"], name="acquainted_once"),
        ]
        indexes = [models.Index(fields=["knows"], name="acquaintance_knows")]


class TieKind(models.TextChoices):
    """What binds a house to somebody: it may bind another house to the same."""

    OWNER = "OWNER", _("Shareholder")
    REPRESENTATIVE = "REPRESENTATIVE", _("Legal representative")
    ACCOUNT = "ACCOUNT", _("Account elsewhere")


class Tie(models.Model):
    """Who owns or represents an organisation, and which accounts it has outside the platform.

    The operator keeps them from papers it has seen. `mark` is a keyed digest of the number by which
    the holder is known (identity, register, account): two houses with one mark are bound to the
    same, and the number itself is nowhere (the key is the install's secret: under a new one they
    are to be written down anew). `holder` is the holder where it is here itself, `share` 0..1 of an
    owner. What ended stays, with the day.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    kind = models.CharField(max_length=14, choices=TieKind)
    name = models.CharField(max_length=120)
    mark = models.CharField(max_length=64)
    holder = models.UUIDField(null=True, blank=True)
    share = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            known_status("tie_kind_known", TieKind, field="kind"),
            models.CheckConstraint(
                condition=models.Q(kind="OWNER", share__gt=0, share__lte=1)
                | ~models.Q(kind="OWNER") & models.Q(share=None),
                name="tie_of_an_owner_has_a_share",
            ),
            models.UniqueConstraint(
                fields=["org", "kind", "mark"],
                condition=models.Q(until=None),
                name="one_live_tie_per_holder",
            ),
        ]


class Group(models.Model):
    """Enterprises under common control, as one house (`org`, a lender) knows them.

    Not the tree of organisations, which says who may act for whom: a group gives nobody access.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "name"], name="one_group_per_name"),
            models.CheckConstraint(condition=~models.Q(name=""), name="group_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """An enterprise of a group; for one house it is in one group at most."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    org = models.UUIDField()
    member = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "member"], name="one_group_per_member"),
        ]
