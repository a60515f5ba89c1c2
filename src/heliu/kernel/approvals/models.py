"""What waits for the agreement of others, who agreed, and a house's own rules for it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heliu.kernel.approvals.policies import Level
from heliu.kernel.ids import new_id
from heliu.kernel.states import Moves, Tone, known_status


class ApprovalStatus(models.TextChoices):
    """Where an approval stands."""

    WAITING = "WAITING", _("Waits for agreement")
    APPROVED = "APPROVED", _("Agreed")
    REFUSED = "REFUSED", _("Refused")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    EXPIRED = "EXPIRED", _("Expired")


_S = ApprovalStatus

APPROVAL_MOVES: Moves = {
    _S.WAITING: {_S.APPROVED, _S.REFUSED, _S.WITHDRAWN, _S.EXPIRED},
    _S.APPROVED: set(),
    _S.REFUSED: set(),
    _S.WITHDRAWN: set(),
    _S.EXPIRED: set(),
}
APPROVAL_TONES = {
    _S.WAITING: Tone.DUE,
    _S.APPROVED: Tone.GOOD,
    _S.REFUSED: Tone.BAD,
    _S.WITHDRAWN: Tone.QUIET,
    _S.EXPIRED: Tone.QUIET,
}


class ApprovalRule(models.Model):
    """A house's own rule: from this amount (by the measure of the act) on, it needs these levels.

    Of several amounts the highest that is reached holds, with all its levels. A rule is not
    changed but taken away and set anew, by somebody at some time.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    act = models.CharField(max_length=40)
    from_amount = models.BigIntegerField(default=0)
    level = models.PositiveSmallIntegerField()
    permission = models.CharField(max_length=30)
    people = models.PositiveSmallIntegerField(default=1)
    set_by_name = models.CharField(max_length=80, db_default="")
    set_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["org", "act", "from_amount", "level"], name="one_approval_rule_per_level"
            ),
            models.CheckConstraint(
                condition=Q(people__gte=1, level__gte=1, from_amount__gte=0),
                name="approval_rule_asks_somebody",
            ),
        ]


class Approval(models.Model):
    """An act that somebody of `org` asks for. `amount` in minor units is what it is about.

    `levels` are as `policies.Level` keeps them, in their order; those before `level` have agreed.
    At `escalates_at` the present one is opened to those who manage the house.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    act = models.CharField(max_length=40)
    subject = models.UUIDField()
    name = models.CharField(max_length=40)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    levels = models.JSONField()
    level = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=9, choices=ApprovalStatus, default=ApprovalStatus.WAITING)
    asked_by = models.UUIDField()
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    escalates_at = models.DateTimeField(null=True, blank=True)
    is_escalated = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            known_status("approval_status_known", ApprovalStatus),
            models.UniqueConstraint(
                fields=["act", "subject"],
                condition=Q(status="WAITING"),
                name="one_approval_waits_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(status="WAITING", ended_at=None)
                | ~Q(status="WAITING") & ~Q(ended_at=None),
                name="approval_ended_when_over",
            ),
        ]
        indexes = [
            models.Index(fields=["org", "-asked_at"], name="approval_org"),
            models.Index(fields=["subject"], name="approval_subject"),
            models.Index(
                fields=["expires_at"], condition=Q(status="WAITING"), name="approval_waits"
            ),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return APPROVAL_TONES[ApprovalStatus(self.status)]

    @property
    def permission(self) -> str:
        """What whoever agrees at the present level must be allowed to do."""
        return self.asked_now.permission

    @property
    def asked_now(self) -> Level:
        """The present level."""
        return Level.read(self.levels[self.level - 1])

    def __str__(self) -> str:
        return f"{self.act} {self.name}"


class Vote(models.Model):
    """What one person said to an approval; never changed. Whoever asked has no vote.

    `stands_for` is whose right the person used: its own, or that of somebody who is away.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="votes")
    org = models.UUIDField()
    level = models.PositiveSmallIntegerField()
    asked_by = models.UUIDField()
    person = models.UUIDField()
    person_name = models.CharField(max_length=80)
    stands_for = models.UUIDField(null=True)
    stands_for_name = models.CharField(max_length=80, db_default="")
    agrees = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["approval", "person"], name="one_vote_per_person"),
            models.CheckConstraint(condition=~Q(person=F("asked_by")), name="who_asks_has_no_vote"),
            models.CheckConstraint(condition=Q(agrees=True) | ~Q(reason=""), name="a_no_says_why"),
            models.UniqueConstraint(fields=["approval", "stands_for"], name="one_vote_per_right"),
            models.CheckConstraint(
                condition=~Q(stands_for=F("asked_by")), name="nobody_votes_for_who_asks"
            ),
        ]


class Delegation(models.Model):
    """While a person is away, somebody else of the house agrees in its place.

    From the day `starts` to the day `ends`, both within. One that was ended early keeps its days.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    person = models.UUIDField()
    person_name = models.CharField(max_length=80)
    deputy = models.UUIDField()
    deputy_name = models.CharField(max_length=80)
    starts = models.DateField()
    ends = models.DateField()
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("deputy")), name="deputy_is_another"),
            models.CheckConstraint(condition=Q(starts__lte=F("ends")), name="delegation_has_days"),
        ]
        indexes = [
            models.Index(fields=["deputy"], condition=Q(ended_at=None), name="delegation_deputy")
        ]
