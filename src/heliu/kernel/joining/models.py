"""Sign-ups, applications and what was decided on them, invitations, and the settings of both."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heliu.kernel.ids import new_id
from heliu.kernel.language import in_language
from heliu.kernel.states import Moves, Tone, known_status


class JoinAs(models.TextChoices):
    """What a newcomer wants to do here; the party role it gets."""

    DEALER = "DEALER", _("Buy")
    SELLER = "SELLER", _("Sell")


class SignUp(models.Model):
    """What somebody typed who wants to join, until the address is confirmed or it has run out.

    `org` is the id of the organisation that comes of it.
    """

    org = models.UUIDField(primary_key=True, default=new_id, editable=False)
    join_as = models.CharField(max_length=6, choices=JoinAs, default=JoinAs.DEALER)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    number = models.CharField(max_length=30)
    contact = models.CharField(max_length=80)
    email = models.EmailField(max_length=150)
    phone = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=10)
    invitation = models.UUIDField(null=True, blank=True)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [known_status("sign_up_join_as_known", JoinAs, field="join_as")]


class ApplicationStatus(models.TextChoices):
    """Where an application stands."""

    CHECKING = "CHECKING", pgettext_lazy("application", "Being checked")
    IN_REVIEW = "IN_REVIEW", pgettext_lazy("application", "With a person")
    MORE_ASKED = "MORE_ASKED", pgettext_lazy("application", "More asked for")
    APPROVED = "APPROVED", pgettext_lazy("application", "Admitted")
    DENIED = "DENIED", pgettext_lazy("application", "Denied")


_A = ApplicationStatus

APPLICATION_MOVES: Moves = {
    _A.CHECKING: {_A.IN_REVIEW, _A.APPROVED},
    _A.IN_REVIEW: {_A.APPROVED, _A.DENIED, _A.MORE_ASKED},
    _A.MORE_ASKED: {_A.IN_REVIEW, _A.APPROVED, _A.DENIED},
    _A.DENIED: {_A.IN_REVIEW},
    _A.APPROVED: set(),
}
APPLICATION_TONES = {
    _A.CHECKING: Tone.MOVING,
    _A.IN_REVIEW: Tone.MOVING,
    _A.MORE_ASKED: Tone.DUE,
    _A.APPROVED: Tone.GOOD,
    _A.DENIED: Tone.BAD,
}


class Application(models.Model):
    """An organisation asks to be admitted. Once a person has looked, no rule decides any more.

    `tries` and `next_try_at` are of the question to the company register; `welcomed_at` is when the
    sellers that take newcomers were related to it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField(unique=True)
    join_as = models.CharField(max_length=6, choices=JoinAs)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    number = models.CharField(max_length=30)
    contact = models.CharField(max_length=80)
    email = models.EmailField(max_length=150)
    phone = models.CharField(max_length=20, blank=True)
    invitation = models.UUIDField(null=True, blank=True)
    status = models.CharField(
        max_length=10, choices=ApplicationStatus, default=ApplicationStatus.CHECKING
    )
    handed_in_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    welcomed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("application_status_known", ApplicationStatus),
            known_status("application_join_as_known", JoinAs, field="join_as"),
            models.CheckConstraint(
                condition=Q(status__in=["APPROVED", "DENIED"], decided_at__isnull=False)
                | ~Q(status__in=["APPROVED", "DENIED"]) & Q(decided_at=None),
                name="application_decided_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(welcomed_at=None) | Q(status="APPROVED"),
                name="application_welcomed_is_approved",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "handed_in_at"], name="application_queue"),
            models.Index(
                fields=["decided_at"],
                condition=Q(status="APPROVED", welcomed_at=None),
                name="application_to_welcome",
            ),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return APPLICATION_TONES[ApplicationStatus(self.status)]

    def __str__(self) -> str:
        return self.name


class Act(models.TextChoices):
    """What was done with an application."""

    HANDED_IN = "HANDED_IN", pgettext_lazy("application", "Handed in")
    TO_PERSON = "TO_PERSON", pgettext_lazy("application", "Given to a person")
    MORE_ASKED = "MORE_ASKED", pgettext_lazy("application", "More asked for")
    APPROVED = "APPROVED", pgettext_lazy("application", "Admitted")
    DENIED = "DENIED", pgettext_lazy("application", "Denied")


class Decision(models.Model):
    """One act on an application, never changed: by whom (nobody: the rules), and why.

    `findings` are the codes of what spoke against admitting by rule, `register` what the company
    register said, `rules` the number of the rules in force.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    org = models.UUIDField()
    act = models.CharField(max_length=10, choices=Act)
    by = models.UUIDField(null=True, blank=True)
    by_name = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    findings = models.JSONField(default=list)
    register = models.JSONField(null=True, blank=True)
    rules = models.PositiveIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [known_status("decision_act_known", Act, field="act")]
        indexes = [models.Index(fields=["application", "at"], name="decision_of_application")]


class Invitation(models.Model):
    """A seller asks somebody to join; `taken_by` is the organisation that came of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    email = models.EmailField(max_length=150)
    name = models.CharField(max_length=120)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["org", "email"],
                condition=Q(withdrawn_at=None, taken_at=None),
                name="one_open_invitation_per_address",
            ),
        ]
        indexes = [models.Index(fields=["org", "-made_at"], name="invitation_of_seller")]


class Welcome(models.Model):
    """Whether a seller trades with newcomers as they come: at once, for these prices.

    `price_list` holds for each of them beside the seller's default, `warehouse` is the supervised
    one where its financed goods go; both may be left open. One that `is_listed` is shown to dealers
    that look for a seller, and a person answers those that ask where it is not open.
    """

    org = models.UUIDField(primary_key=True)
    is_open = models.BooleanField(default=False)
    is_listed = models.BooleanField(default=False, db_default=False)
    price_list = models.UUIDField(null=True, blank=True)
    warehouse = models.UUIDField(null=True, blank=True)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()


class AskStatus(models.TextChoices):
    """Where a dealer's question to trade stands."""

    ASKED = "ASKED", pgettext_lazy("trade", "Asked")
    AGREED = "AGREED", pgettext_lazy("trade", "Agreed")
    REFUSED = "REFUSED", pgettext_lazy("trade", "Refused")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("trade", "Taken back")


ASK_MOVES: Moves = {
    AskStatus.ASKED: {AskStatus.AGREED, AskStatus.REFUSED, AskStatus.WITHDRAWN},
    AskStatus.AGREED: set(),
    AskStatus.REFUSED: set(),
    AskStatus.WITHDRAWN: set(),
}
ASK_TONES = {
    AskStatus.ASKED: Tone.DUE,
    AskStatus.AGREED: Tone.GOOD,
    AskStatus.REFUSED: Tone.BAD,
    AskStatus.WITHDRAWN: Tone.QUIET,
}


class TradeAsk(models.Model):
    """A dealer asks a seller to trade with it. Once the seller agreed, a person or its rule, the
    worker relates the two (`related_at`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    seller_name = models.CharField(max_length=120)
    seller_name_zh = models.CharField(max_length=120, blank=True)
    words = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=9, choices=AskStatus, default=AskStatus.ASKED)
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    answered_by_name = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    related_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("trade_ask_status_known", AskStatus),
            models.CheckConstraint(
                condition=Q(status="ASKED", answered_at=None)
                | ~Q(status="ASKED") & Q(answered_at__isnull=False),
                name="trade_ask_answered_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(related_at=None) | Q(status="AGREED"), name="related_where_agreed"
            ),
            models.UniqueConstraint(
                fields=["buyer", "seller"], condition=Q(status="ASKED"), name="one_open_trade_ask"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-asked_at"], name="trade_ask_seller"),
            models.Index(fields=["buyer", "-asked_at"], name="trade_ask_buyer"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return ASK_TONES[AskStatus(self.status)]

    @property
    def seller_display(self) -> str:
        """The seller's name in the reader's language: the asker does not know the house yet."""
        return in_language(self.seller_name, self.seller_name_zh)


class Door(models.TextChoices):
    """Who may sign up."""

    OPEN = "OPEN", _("Whoever wants to")
    INVITED = "INVITED", _("Whom a seller has invited")


class Sellers(models.TextChoices):
    """Whether this install is one seller's or a platform."""

    ONE = "ONE", _("Of one seller alone")
    MANY = "MANY", _("Open to other sellers")


class JoiningRules(models.Model):
    """A version of the operator's rules; the newest is in force. Read through `joining_rules`.

    `by_rule`: a dealer is admitted without a person if the register knows its number, under the
    same name, as active, founded `least_days` ago or more. A house opens `most_branches` of its own
    by itself.
    """

    number = models.AutoField(primary_key=True)
    door = models.CharField(max_length=7, choices=Door, default=Door.OPEN)
    sellers = models.CharField(max_length=4, choices=Sellers, default=Sellers.ONE)
    by_rule = models.BooleanField(default=True)
    least_days = models.PositiveSmallIntegerField(default=0)
    most_branches = models.PositiveSmallIntegerField(default=20, db_default=20)
    reason = models.CharField(max_length=300)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            known_status("joining_door_known", Door, field="door"),
            known_status("joining_sellers_known", Sellers, field="sellers"),
        ]


class ColleagueStatus(models.TextChoices):
    """Where somebody stands who is to work for a house."""

    INVITED = "INVITED", pgettext_lazy("colleague", "Invited")
    ASKED = "ASKED", pgettext_lazy("colleague", "Asks to join")
    JOINED = "JOINED", pgettext_lazy("colleague", "Joined")
    ENDED = "ENDED", pgettext_lazy("colleague", "Ended")


_C = ColleagueStatus

COLLEAGUE_MOVES: Moves = {
    _C.INVITED: {_C.JOINED, _C.ENDED},
    _C.ASKED: {_C.JOINED, _C.ENDED},
    _C.JOINED: set(),
    _C.ENDED: set(),
}
COLLEAGUE_TONES = {
    _C.INVITED: Tone.MOVING,
    _C.ASKED: Tone.DUE,
    _C.JOINED: Tone.QUIET,
    _C.ENDED: Tone.QUIET,
}


class Colleague(models.Model):
    """Somebody whom the house has asked to work with it, or who asks (by an address at the house's
    domain) to be let in. `role` is the template it gets."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    email = models.EmailField(max_length=150)
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=40)
    status = models.CharField(max_length=7, choices=ColleagueStatus)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("colleague_status_known", ColleagueStatus),
            models.UniqueConstraint(
                fields=["org", "email"],
                condition=Q(status__in=["INVITED", "ASKED"]),
                name="one_open_colleague_per_address",
            ),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return COLLEAGUE_TONES[ColleagueStatus(self.status)]


class LetsIn(models.TextChoices):
    """What happens to somebody with an address at the house's domain."""

    AT_ONCE = "AT_ONCE", _("is let in at once, with the least role")
    ASKS = "ASKS", _("waits until somebody who manages the house says yes")


class MailDomain(models.Model):
    """A domain of mail addresses that is one house's alone, confirmed by a mailbox of its owner."""

    domain = models.CharField(max_length=120, primary_key=True)
    org = models.UUIDField(unique=True)
    lets_in = models.CharField(max_length=7, choices=LetsIn)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [known_status("mail_domain_lets_in_known", LetsIn, field="lets_in")]
