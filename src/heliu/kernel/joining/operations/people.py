"""Who works with a house: invited one by one or by a sheet, or let in by the domain of its mail.

Each is confirmed by the mailbox: the link in the mail leads to a page on which somebody new chooses
a password and somebody known gives theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.core import signing
from django.db import IntegrityError, connection, transaction

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import Membership, User
from heliu.kernel.access.operations import seat
from heliu.kernel.access.role_editing import by_need, roles
from heliu.kernel.dispatch.posts import post
from heliu.kernel.dispatch.queries import person_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.joining.models import (
    COLLEAGUE_MOVES,
    Colleague,
    ColleagueStatus,
    LetsIn,
    MailDomain,
)
from heliu.kernel.joining.operations.signing_up import an_address, good_password
from heliu.kernel.joining.policies import domain_of, right_over_domain, roles_of
from heliu.kernel.parties.models import Organization
from heliu.kernel.states import move
from heliu.kernel.tables import cells_of
from heliu.kernel.workbooks import Unreadable

INVITED, ASKS = "joining.colleague", "joining.asks"
LIFE, ASK_LIFE = timedelta(days=14), timedelta(days=2)
MOST_ROWS = 2_000
SYSTEM = Actor.system()

# What a column may be called, folded: our name for it.
COLUMNS = {
    "name": "name", "姓名": "name", "名字": "name",
    "email": "email", "e-mail": "email", "mail": "email", "邮箱": "email", "电子邮箱": "email",
    "role": "role", "角色": "role", "职务": "role",
}  # fmt: skip


class Row(NamedTuple):
    """A row of a sheet: its number there, what it says, and what is wrong with it if it is."""

    number: int
    name: str
    email: str
    role: str
    problem: str = ""


def invite(
    *, actor: Actor, email: str, name: str, role: str, language: str, at: datetime
) -> Colleague:
    """Ask somebody to work with the actor's house; the link in the mail holds for two weeks.

    Raises `Invalid` for an address or a role that is none, `Refused` (invited-already,
    seated-already).
    """
    actor.require("manage")
    address, role = an_address(email), _role(actor, role)
    name = " ".join(name.split())
    if not 1 <= len(name) <= 80:
        raise Invalid("contact-missing", "Somebody must be named.", field="name")
    mine = Colleague.objects.filter(org=actor.own_org, email=address)
    mine.filter(status=ColleagueStatus.INVITED, expires_at__lte=at).update(
        status=ColleagueStatus.ENDED, ended_at=at
    )
    if mine.filter(status__in=[ColleagueStatus.INVITED, ColleagueStatus.ASKED]).exists():
        raise Refused("invited-already", "This address is invited already.", field="email")
    seats = Membership.objects.filter(org=actor.own_org, is_active=True)
    if seats.filter(user__username=address).exists():
        raise Refused("seated-already", "This person works there already.", field="email")
    made = Colleague.objects.create(
        org=actor.own_org,
        email=address,
        name=name,
        role=role,
        status=ColleagueStatus.INVITED,
        made_by_name=actor.name,
        made_at=at,
        expires_at=at + LIFE,
    )
    house = Organization.objects.get(pk=actor.own_org)
    post(
        "colleague-invited",
        org=actor.own_org,
        address=address,
        params={
            "house": house.short_in(chinese=language.startswith("zh")), "person": actor.name,
        },
        path=f"/join/colleague/{signing.dumps([str(made.org), str(made.pk)], salt=INVITED)}",
        language=language,
        at=at,
    )  # fmt: skip
    return made


def rows_of(content: bytes) -> list[Row]:
    """The people in a sheet of any common kind. Raises `Invalid` for one that cannot be read."""
    try:
        head, *rows = [*cells_of(content)] or [[]]
    except Unreadable:
        raise Invalid(
            "sheet-unreadable", "This file is no sheet that can be read.", field="sheet"
        ) from None
    names = [COLUMNS.get(cell.strip().casefold(), "") for cell in head]
    if "email" not in names:
        raise Invalid(
            "sheet-columns",
            "The first row names no column for the e-mail.",
            field="sheet",
            help="Columns are name, email and role.",
        )
    if len(rows) > MOST_ROWS:
        raise Invalid("sheet-long", "At most %(most)s rows at once.", field="sheet", most=MOST_ROWS)
    found = []
    for number, cells in enumerate(rows, start=2):
        said: Mapping[str, str] = dict(zip(names, cells, strict=False))
        if any(cells):
            found.append(
                Row(number, said.get("name", ""), said.get("email", ""), said.get("role", ""))
            )
    return found


def invite_all(
    rows: Iterable[Row], *, actor: Actor, language: str, at: datetime
) -> tuple[int, list[Row]]:
    """Invite those of a sheet whose rows are good; returns how many, and the others with what is
    wrong with each, so that nothing is lost."""
    done, bad = 0, []
    for row in rows:
        try:
            with transaction.atomic():
                invite(
                    actor=actor,
                    email=row.email,
                    name=row.name or row.email.partition("@")[0],
                    role=row.role or roles_of(actor.party_roles)[0],
                    language=language,
                    at=at,
                )
        except Refused as refusal:
            bad.append(row._replace(problem=refusal.text()))
        else:
            done += 1
    return done, bad


def withdraw(colleague: UUID, *, actor: Actor, at: datetime) -> Colleague:
    """Take an invitation back, or say no to somebody who asks."""
    found = _locked(colleague, actor)
    move(found, ColleagueStatus.ENDED, moves=COLLEAGUE_MOVES, ended_at=at)
    return found


def let_in(colleague: UUID, *, actor: Actor, role: str, at: datetime) -> Colleague:
    """Say yes to somebody who asks, who has a log-in already by having asked."""
    role = _role(actor, role)
    found = _locked(colleague, actor)
    if found.status != ColleagueStatus.ASKED:
        raise Refused("not-asked", "Nobody asks here any more.")
    user = User.objects.get(username=found.email)
    seat(actor=SYSTEM, user=user, org=found.org, role=role)
    move(found, ColleagueStatus.JOINED, moves=COLLEAGUE_MOVES, ended_at=at, role=role)
    return found


def claim_domain(*, actor: Actor, lets_in: str, at: datetime) -> MailDomain:
    """The domain of the actor's own mailbox is the house's from now on, and what happens to others
    with an address there. Raises `Refused` (domain-of-everybody, domain-taken)."""
    actor.require(right_over_domain(actor.party_roles))
    if lets_in not in LetsIn.values:
        raise Invalid("choice-unknown", "There is no such choice.", field="lets_in")
    user = User.objects.get(pk=person_of(actor))
    domain = domain_of(user.email)
    if not domain:
        raise Refused(
            "domain-of-everybody",
            "In the domain of your own address everybody may have one.",
            help="Somebody who manages the house and has an address of its own can do this.",
        )
    try:
        with transaction.atomic():
            MailDomain.objects.filter(org=actor.own_org).exclude(domain=domain).delete()
            kept, _ = MailDomain.objects.update_or_create(
                domain=domain,
                defaults={
                    "org": actor.own_org, "lets_in": lets_in, "set_by_name": actor.name,
                    "set_at": at,
                },
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("domain-taken", "Another house has this domain.") from error
    return kept


def drop_domain(*, actor: Actor) -> None:
    """Nobody is let in by the domain of the house's mail any more."""
    actor.require(right_over_domain(actor.party_roles))
    MailDomain.objects.filter(org=actor.own_org).delete()


def ask(org: UUID, *, email: str, name: str, language: str, at: datetime) -> None:
    """Write to somebody who says that their company is here already; nothing else is told. `org`
    is a door of its own, for the mail alone."""
    address, name = an_address(email), " ".join(name.split())
    if not 1 <= len(name) <= 80:
        raise Invalid("contact-missing", "Somebody must be named.", field="name")
    token = signing.dumps([address, name, at.isoformat()], salt=ASKS)
    post(
        "colleague-asks",
        org=org,
        address=address,
        params={},
        path=f"/join/by-domain/{token}",
        language=language,
        at=at,
    )


class Asking(NamedTuple):
    """Whom the link in a mail brings, and to which house; the role is that of an invitation."""

    email: str
    name: str
    org: UUID
    house: str
    house_zh: str
    lets_in: str
    colleague: UUID | None = None


def asking(token: str, *, at: datetime) -> Asking:
    """Somebody whose mailbox is confirmed by this link. Raises `NotFound`, `Refused` (link-over,
    no-such-domain)."""
    try:
        email, name, since = signing.loads(token, salt=ASKS)
    except (signing.BadSignature, ValueError) as error:
        raise NotFound() from error
    if datetime.fromisoformat(since) + ASK_LIFE <= at:
        raise Refused("link-over", "This link no longer holds. Ask once more.", status=410)
    found = vouched(email, name)
    if found is None:
        raise Refused(
            "no-such-domain",
            "No company here has the domain of your address.",
            help="Ask its owner to add you, or sign up the company.",
            status=410,
        )
    return found


def vouched(email: str, name: str) -> Asking | None:
    """Somebody whose address is certain, at the house whose domain it is; None where there is
    none."""
    with connection.cursor() as cursor:
        cursor.execute("select * from joining_house_of(%s)", [domain_of(email)])
        row = cursor.fetchone()
    return None if row is None or row[0] is None else Asking(email, name, *row)


def asks_there(who: Asking) -> bool:
    """Whether the house has not answered yet that it is asked to let them in. Behind its door."""
    waiting = Colleague.objects.filter(status=ColleagueStatus.ASKED, org=who.org, email=who.email)
    return waiting.exists()


def door_of(token: str) -> tuple[UUID, UUID]:
    """House and invitation out of a colleague's link. Raises `NotFound`."""
    try:
        org, colleague = signing.loads(token, salt=INVITED)
        return UUID(org), UUID(colleague)
    except (signing.BadSignature, ValueError) as error:
        raise NotFound() from error


def invited(org: UUID, colleague: UUID, *, at: datetime) -> Asking:
    """Whom an invitation is for, behind its house's door. Raises `Refused` (link-over)."""
    found = Colleague.objects.filter(pk=colleague, org=org, status=ColleagueStatus.INVITED).first()
    if found is None or found.expires_at <= at:
        raise Refused("link-over", "This link no longer holds.", status=410)
    house = Organization.objects.get(pk=org)
    return Asking(found.email, found.name, org, house.name, house.name_zh, LetsIn.AT_ONCE, found.pk)


def arrive(who: Asking, *, password: str | None, at: datetime, language: str) -> tuple[User, bool]:
    """Somebody comes by the link in their mail, with a password of their choice if they have no
    log-in yet (whoever has one was asked for it by the face); without one where the house itself
    has signed them in. Behind the door of the house.

    Returns the person and whether they sit at a desk now; else the house is asked.
    """
    user = User.objects.filter(username=who.email).first()
    colleague = _arrived(who, at)
    if user is None:
        user = User(username=who.email, email=who.email, name=who.name, language=language)
        if password is not None:
            good_password(password, user)
        user.set_password(password)
        user.save()
    if colleague.status == ColleagueStatus.ASKED:
        return user, False
    seat(actor=SYSTEM, user=user, org=who.org, role=colleague.role)
    return user, True


def _arrived(who: Asking, at: datetime) -> Colleague:
    open_ones = Colleague.objects.select_for_update().filter(
        org=who.org, email=who.email, status__in=[ColleagueStatus.INVITED, ColleagueStatus.ASKED]
    )
    found = open_ones.first()
    if found is None and who.colleague is not None:
        raise Refused("link-over", "This link no longer holds.", status=410)
    if found is None:
        roles = _party_roles(who.org)
        found = Colleague.objects.create(
            org=who.org,
            email=who.email,
            name=who.name,
            role=(roles_of(roles) or ["administrator"])[0],
            status=ColleagueStatus.ASKED,
            made_by_name=who.name,
            made_at=at,
            expires_at=at + LIFE,
        )
        if who.lets_in == LetsIn.ASKS:
            said = {"person": who.name, "email": who.email}
            tell(who.org, "colleague-asks", said, link="/company/people", at=at)
    if found.status == ColleagueStatus.INVITED or who.lets_in == LetsIn.AT_ONCE:
        move(found, ColleagueStatus.JOINED, moves=COLLEAGUE_MOVES, ended_at=at)
    return found


def _party_roles(org: UUID) -> Sequence[str]:
    with connection.cursor() as cursor:
        cursor.execute("select roles from parties_tree(%s) where id = %s", [org, org])
        row = cursor.fetchone()
    return list(row[0]) if row else []


def _role(actor: Actor, typed: str) -> str:
    """A role that the house may give, by its code or by what people call it."""
    wanted = typed.strip().casefold()
    for role in by_need(roles(actor)):
        if wanted in (role.code, role.name.casefold(), role.name_zh.casefold()):
            return role.code
    raise Invalid(
        "role-unknown", "Your house has no such role: %(role)s.", field="role", role=typed
    )


def _locked(colleague: UUID, actor: Actor) -> Colleague:
    actor.require("manage")
    mine = Colleague.objects.select_for_update().filter(org=actor.own_org)
    found = mine.filter(pk=colleague).first()
    if found is None:
        raise NotFound()
    return found
