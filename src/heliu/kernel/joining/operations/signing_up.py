"""From a form before the door to an organisation with its owner, by way of the mailbox.

Two signed links do it: nobody learns from a page whether an address or a company is known here, and
the password is chosen by whoever reads the mail. A face opens the door of the sign-up's own
organisation around these calls (`door_of`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import User
from heliu.kernel.access.operations import enrol
from heliu.kernel.dispatch.operations import plain_phone
from heliu.kernel.dispatch.posts import post
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.ids import new_id
from heliu.kernel.joining import queries
from heliu.kernel.joining.models import Act, Application, Decision, JoinAs, SignUp
from heliu.kernel.joining.policies import company_number
from heliu.kernel.parties.models import OrganizationStatus
from heliu.kernel.parties.operations import introduce_to, register
from heliu.kernel.parties.queries import operators

CONFIRM, INVITE = "joining.confirm", "joining.invite"
LIFE = timedelta(days=2)
ROLE_OF = {JoinAs.DEALER: "owner", JoinAs.SELLER: "sales-manager"}


@dataclass(frozen=True)
class Wanted:
    """What the form asks; `invitation` is the id out of the link by which somebody came."""

    name: str
    country: str
    number: str
    contact: str
    email: str
    phone: str = ""
    join_as: str = JoinAs.DEALER
    invitation: UUID | None = None


def checked(wanted: Wanted, *, at: datetime) -> Wanted:
    """What was typed as it is kept. Raises `Invalid` for the first field that is not good, and
    `Refused` (invited-only, one-seller, invitation-over) for what the rules do not open."""
    rules = queries.rules()
    if wanted.invitation is not None:
        if not queries.invited(wanted.invitation, at=at).is_open:
            raise Refused("invitation-over", "This invitation no longer holds.")
    elif rules.door != "OPEN":
        raise Refused("invited-only", "Joining is by invitation here.")
    if wanted.join_as not in JoinAs.values:
        raise Invalid("join-as-unknown", "There is no such choice.", field="join_as")
    if wanted.join_as == JoinAs.SELLER and (rules.sellers != "MANY" or wanted.invitation):
        raise Refused("one-seller", "Nobody else sells here.", field="join_as")
    name, contact = (" ".join(text.split()) for text in (wanted.name, wanted.contact))
    if not 2 <= len(name) <= 120:
        raise Invalid("name-missing", "A company has a name.", field="name")
    if not 1 <= len(contact) <= 80:
        raise Invalid("contact-missing", "Somebody must be named.", field="contact")
    country, number = company_number(wanted.country, wanted.number)
    return Wanted(
        name=name,
        country=country,
        number=number,
        contact=contact,
        email=an_address(wanted.email),
        phone=plain_phone(wanted.phone),
        join_as=wanted.join_as,
        invitation=wanted.invitation,
    )


def sign_up(org: UUID, wanted: Wanted, *, language: str, at: datetime) -> None:
    """Keep what was typed (`checked`) and write to the address, as if nobody were known.

    An address that has a log-in is told so by mail; nothing else tells. Behind the door of `org`.
    """
    said = {"org": org, "address": wanted.email, "language": language, "at": at}
    params = {"company": wanted.name}
    if User.objects.filter(username=wanted.email).exists():
        post("known-already", path="/sign-in/", params=params, **said)  # type: ignore[arg-type]
        return
    SignUp.objects.create(
        org=org,
        join_as=wanted.join_as,
        name=wanted.name,
        country=wanted.country,
        number=wanted.number,
        contact=wanted.contact,
        email=wanted.email,
        phone=wanted.phone,
        language=language,
        invitation=wanted.invitation,
        made_at=at,
    )
    path = f"/join/confirm/{signing.dumps(str(org), salt=CONFIRM)}"
    post("confirm-address", path=path, params=params, **said)  # type: ignore[arg-type]


def door_of(token: str) -> UUID:
    """The organisation of a sign-up, out of the link in its mail. Raises `NotFound`."""
    return _read(token, CONFIRM)


def invitation_of(token: str) -> UUID:
    """The invitation that a link stands for. Raises `NotFound`."""
    return _read(token, INVITE)


def confirm(org: UUID, *, password: str, at: datetime) -> User:
    """The mailbox is theirs and this is the password: the organisation is entered as PENDING, its
    owner may sign in, and its application is handed in. Behind the door of `org`.

    Raises `Refused` for a link that has run out or was used, for a company that is here already
    (who reads this owns the mailbox that was signed up with it), `Invalid` for a weak password.
    """
    found = SignUp.objects.select_for_update().filter(pk=org).first()
    if found is None or found.made_at + LIFE <= at:
        raise Refused("link-over", "This link no longer holds. Sign up again.", status=410)
    if found.confirmed_at is not None:
        raise Refused("link-used", "This link was used. Sign in.", status=410)
    good_password(password, User(username=found.email, email=found.email, name=found.contact))
    hand = Actor.system()
    try:
        with transaction.atomic():
            _enter(found, hand)
            user = enrol(
                actor=hand,
                email=found.email,
                name=found.contact,
                org=org,
                role=ROLE_OF[JoinAs(found.join_as)],
                password=password,
                language=found.language,
            )
    except IntegrityError as error:
        raise Refused(
            "company-known",
            "This company is here already.",
            help="Ask its owner to add you to its people.",
        ) from error
    _hand_in(found, user, at)
    found.confirmed_at = at
    found.save(update_fields=["confirmed_at"])
    return user


def forget(*, at: datetime) -> None:
    """Sign-ups that nobody confirmed in time leave nothing behind. For the worker."""
    SignUp.objects.filter(made_at__lte=at - LIFE).delete()


def _enter(found: SignUp, hand: Actor) -> None:
    code = found.number if found.country == "CN" else f"{found.country}-{found.number}"
    register(
        actor=hand,
        code=code.lower(),
        roles=(found.join_as,),
        id=found.org,
        name=found.name,
        name_zh=found.name if found.country == "CN" else "",
        tax_number=found.number,
        status=OrganizationStatus.PENDING,
        registered_in=found.country,
        registered_number=found.number,
    )
    for operator in operators():
        introduce_to(operator, found.org)


def _hand_in(found: SignUp, user: User, at: datetime) -> None:
    application = Application.objects.create(
        org=found.org,
        join_as=found.join_as,
        name=found.name,
        country=found.country,
        number=found.number,
        contact=found.contact,
        email=found.email,
        phone=found.phone,
        invitation=found.invitation,
        handed_in_at=at,
        next_try_at=at,
    )
    Decision.objects.create(
        application=application,
        org=found.org,
        act=Act.HANDED_IN,
        by=user.pk,
        by_name=found.contact,
        at=at,
    )


def an_address(typed: str) -> str:
    """An e-mail address as log-ins keep it. Raises `Invalid` (email-wrong)."""
    email = typed.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid("email-wrong", "This is no e-mail address.", field="email") from None
    if len(email) > 150:
        raise Invalid("email-wrong", "This is no e-mail address.", field="email")
    return email


def good_password(password: str, person: User) -> None:
    """Refuse (422, password-weak) a password that is too short or that many use."""
    try:
        validate_password(password, person)
    except ValidationError:
        raise Invalid(
            "password-weak",
            "A password has 12 signs or more and is none that many use.",
            field="password",
        ) from None


def _read(token: str, salt: str) -> UUID:
    try:
        return UUID(signing.loads(token, salt=salt))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound() from error


def new_door() -> UUID:
    """The id of an organisation that may come of a sign-up."""
    return new_id()
