"""Reading applications, invitations and the settings of joining."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.joining.models import (
    Act,
    Application,
    ApplicationStatus,
    Colleague,
    ColleagueStatus,
    Decision,
    Door,
    Invitation,
    JoinAs,
    JoiningRules,
    LetsIn,
    MailDomain,
    Sellers,
    SignUp,
    TradeAsk,
    Welcome,
)
from heliu.kernel.joining.policies import Rules
from heliu.kernel.language import in_language

DOORS, SELLERS, JOIN_AS, LETS_IN = (
    Door.choices, Sellers.choices, JoinAs.choices, LetsIn.choices,
)  # fmt: skip
WAITING = (ApplicationStatus.IN_REVIEW, ApplicationStatus.CHECKING, ApplicationStatus.MORE_ASKED)
"""What is not decided, what waits for a person first."""


class Invited(NamedTuple):
    """What the link of an invitation says."""

    seller: UUID
    seller_name: str
    seller_name_zh: str
    email: str
    name: str
    is_open: bool


def rules() -> Rules:
    """The rules in force; anybody may know them."""
    with connection.cursor() as cursor:
        cursor.execute("select * from joining_rules()")
        row = cursor.fetchone()
    return Rules(*row) if row and row[0] is not None else Rules()


def versions(actor: Actor) -> QuerySet[JoiningRules]:
    """Every version of the rules, the newest first."""
    actor.require("operate")
    return JoiningRules.objects.order_by("-number")


def invited(invitation: UUID, *, at: datetime) -> Invited:
    """Who sent an invitation, and whether it holds. Raises `NotFound`."""
    with connection.cursor() as cursor:
        cursor.execute("select * from joining_invitation(%s, %s)", [invitation, at])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise NotFound()
    return Invited(*row)


class Confirmed(NamedTuple):
    """What the register of companies bears out of a house that was admitted by rule."""

    founded_on: date | None


def confirmed(application: Application) -> Confirmed | None:
    """What the register said of a house it confirmed; None where a person decided."""
    last = application.decisions.filter(act=Act.APPROVED).order_by("at", "id").last()
    if last is None or last.by is not None or not last.register:
        return None
    founded = last.register.get("founded_on")
    return Confirmed(date.fromisoformat(founded) if founded else None)


def sign_up(org: UUID) -> SignUp:
    """A sign-up, behind its own door. Raises `NotFound`."""
    found = SignUp.objects.filter(pk=org).first()
    if found is None:
        raise NotFound()
    return found


def visible_to(actor: Actor) -> QuerySet[Application]:
    """The applications of the actor's houses; for an operator, and for the worker, all."""
    found = Application.objects.order_by("handed_in_at", "id")
    if actor.is_system or ("OPERATOR" in actor.party_roles and actor.may("operate")):
        return found
    return found.filter(org__in=actor.orgs)


def get(actor: Actor, application: UUID) -> Application:
    """One application, or `NotFound`."""
    found = visible_to(actor).filter(pk=application).first()
    if found is None:
        raise NotFound()
    return found


def own(actor: Actor) -> Application | None:
    """The application by which the actor's house came; none for one that was entered otherwise."""
    return Application.objects.filter(org=actor.own_org).first()


def counts(actor: Actor) -> Mapping[str, int]:
    """How many applications wait, by status."""
    actor.require("operate")
    found = visible_to(actor).filter(status__in=WAITING).order_by().values_list("status")
    return dict(found.annotate(n=Count("id")))


def decisions(application: Application) -> list[Decision]:
    """What was done with an application, the first thing first."""
    return list(application.decisions.order_by("at", "id"))


def invitations(actor: Actor) -> QuerySet[Invitation]:
    """The invitations of the actor's house, the newest first."""
    return Invitation.objects.filter(org=actor.own_org).order_by("-made_at", "-id")


class SellerFound(NamedTuple):
    """A seller that may be asked; `is_open` where its rule answers at once."""

    id: UUID
    code: str
    name: str
    name_zh: str
    city: str
    city_zh: str
    is_open: bool

    @property
    def display(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name, self.name_zh)

    @property
    def place(self) -> str:
        """The city in the reader's language."""
        return in_language(self.city, self.city_zh)


def sellers_to_ask(text: str = "", *, most: int = 50) -> list[SellerFound]:
    """Sellers that whoever stands at this door does not trade with and may ask: those that are
    listed, by a part of the name, or one by its whole code."""
    with connection.cursor() as cursor:
        cursor.execute("select * from joining_sellers(%s, %s)", [text.strip()[:80], most])
        return [SellerFound(*row) for row in cursor.fetchall()]


def seller_to_ask(ref: str) -> SellerFound:
    """One of them by its id or code, or `NotFound`."""
    wanted = ref.strip().lower()
    found = (one for one in sellers_to_ask(wanted) if wanted in (one.code, str(one.id)))
    one = next(found, None)
    if one is None:
        raise NotFound()
    return one


def asks(actor: Actor) -> QuerySet[TradeAsk]:
    """What the actor's houses ask sellers, or are asked, the newest first."""
    found = TradeAsk.objects.order_by("-asked_at", "-id")
    if actor.is_system:
        return found
    return found.filter(Q(buyer__in=actor.orgs) | Q(seller__in=actor.orgs))


def most_branches() -> int:
    """How many branches a house may open by itself."""
    with connection.cursor() as cursor:
        cursor.execute("select joining_most_branches()")
        (most,) = cursor.fetchone()
    return int(most)


def welcome_of(actor: Actor) -> Welcome:
    """How the actor's house takes newcomers; not at all where nothing was set."""
    return Welcome.objects.filter(pk=actor.own_org).first() or Welcome(org=actor.own_org)


def colleagues(actor: Actor) -> QuerySet[Colleague]:
    """Who is invited to the actor's house or asks to be let in, those who ask first."""
    actor.require("manage")
    waiting = [ColleagueStatus.INVITED, ColleagueStatus.ASKED]
    mine = Colleague.objects.filter(org=actor.own_org, status__in=waiting)
    return mine.order_by("status", "made_at", "id")


def domain(actor: Actor) -> MailDomain | None:
    """The domain of mail that is the house's."""
    return MailDomain.objects.filter(org=actor.own_org).first()
