"""Setting a house's provider, and signing its people in by it: one way for both protocols."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.access.models import User
from heliu.kernel.access.sealing import sealed
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.joining.models import MailDomain
from heliu.kernel.joining.operations import people
from heliu.kernel.joining.policies import domain_of, right_over_domain
from heliu.kernel.sso import oidc, port, saml
from heliu.kernel.sso.found import Found, Here, Said
from heliu.kernel.sso.models import Known, Protocol, Provider

FIND = "select * from sso_provider_for(%s)"
AT = "select * from sso_provider_at(%s)"
PERSON = "select sso_person(%s, %s, %s, %s)"
HEAR = "select sso_hear(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
TAKE = "select * from sso_take(%s, %s, %s)"


class Come(NamedTuple):
    """Somebody whom their house's provider has signed in, for its desks alone."""

    user: User
    org: UUID
    is_strong: bool


def set_provider(
    *, actor: Actor, issuer: str, client_id: str, secret: str, is_on: bool, at: datetime
) -> Provider:
    """The issuer of OpenID Connect by which the people of the actor's house sign in from now on. An
    empty secret keeps the one that is there. Raises `Refused` (domain-first) for a house without a
    domain of mail, `Refused` (sso-failed) where the issuer does not answer as one does."""
    there = _there(actor, field="issuer")
    kept = there if there is not None and there.protocol == Protocol.OIDC else None
    issuer, client_id = issuer.strip().rstrip("/"), client_id.strip()
    if not issuer or not client_id or not (secret or kept) or len(client_id) > 200:
        raise Invalid(
            "provider-incomplete", "Issuer, client and secret are needed.", field="issuer"
        )
    if is_on:
        port.discovered(issuer)
    return _keep(
        actor, there, Protocol.OIDC, at,
        issuer=issuer,
        client_id=client_id,
        secret=sealed(secret.encode()) if secret else kept.secret,  # type: ignore[union-attr]
        address="",
        certificates="",
        is_on=is_on,
    )  # fmt: skip


def set_saml_provider(
    *, actor: Actor, metadata: str, is_on: bool, at: datetime, entity: str = ""
) -> Provider:
    """The same for a provider of SAML 2.0, by its metadata; `entity` says which, where they tell of
    several. Empty metadata keep what is there. Raises `Refused` (domain-first), `Invalid`
    (metadata-unusable, metadata-of-several)."""
    there = _there(actor, field="metadata")
    kept = there if there is not None and there.protocol == Protocol.SAML else None
    if kept is not None and not metadata.strip():
        told = saml.Metadata(kept.issuer, kept.address, kept.certificates.split())
    else:
        told = saml.read_metadata(metadata, entity=entity.strip())
    return _keep(
        actor, there, Protocol.SAML, at,
        issuer=told.issuer,
        client_id="",
        secret=b"",
        address=told.address,
        certificates="\n".join(told.certificates),
        is_on=is_on,
    )  # fmt: skip


def provider(actor: Actor) -> Provider | None:
    """The provider of the actor's own house."""
    return Provider.objects.filter(org=actor.own_org).first()


def begin(email: str, *, back: str, here: Callable[[UUID], Here]) -> tuple[str, dict[str, str]]:
    """Where to send somebody of this address, and what is remembered until they are back: at
    `back`, or, by SAML, by way of where their house's provider finds us (`here`). Raises `Refused`
    (no-provider, sso-failed)."""
    domain = domain_of(email)
    found = _provider_of(domain)
    if found.protocol == Protocol.SAML:
        address, kept = saml.begin(found, here(found.org))
    else:
        address, kept = oidc.begin(found, email=email, back=back)
    return address, {**kept, "domain": domain}


def hear(house: UUID, answer: str, *, here: Here) -> str:
    """What the SAML provider of a house said, as a browser brought it: kept once. Returns the
    ticket with which the browser that asked takes it up (`end`). Raises `Refused` (sso-failed)."""
    with connection.cursor() as cursor:
        cursor.execute(AT, [house])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise port.unusable()
    pk, org, issuer, address, certificates = row
    found = Found(pk, org, Protocol.SAML, issuer, "", b"", address, certificates)
    told, ticket = saml.hear(found, here, answer), secrets.token_urlsafe(32)
    said = told.said
    values = [
        pk, told.assertion, told.request, _digest(ticket), said.subject, said.address, said.name,
        said.is_strong, told.until,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(HEAR, values)
        (is_new,) = cursor.fetchone()
    if not is_new:
        raise port.unusable()
    return ticket


def end(kept: Mapping[str, str], answer: Mapping[str, str], *, back: str, at: datetime) -> Come:
    """Who came back; somebody new comes in by the house's rule for its domain. Raises `Refused`
    (sso-failed), (sso-asked) while the house has not said yes, (sso-unknown) for somebody who has
    no desk at the provider's own house, or whose address it does not vouch for."""
    if not kept:
        raise port.unusable()
    found = _provider_of(kept["domain"])
    if found.protocol == Protocol.SAML:
        said = _taken(found, kept, answer)
    else:
        said = oidc.end(found, kept, answer, back=back)
    user = _known(found, said, at) or (_let_in(found, said, at) if said.address else None)
    if user is None:
        raise Refused(
            "sso-unknown",
            "Your house has signed you in, but you have no desk there.",
            help="Ask whoever manages your house to add you.",
            status=422,
        )
    return Come(user, found.org, said.is_strong)


def _there(actor: Actor, *, field: str) -> Provider | None:
    """What the house has so far, for whoever may set it."""
    actor.require(right_over_domain(actor.party_roles))
    if not MailDomain.objects.filter(org=actor.own_org).exists():
        raise Refused(
            "domain-first",
            "First claim the domain of your house's mail, under People.",
            field=field,
        )
    return Provider.objects.filter(org=actor.own_org).select_for_update().first()


def _keep(
    actor: Actor, there: Provider | None, protocol: str, at: datetime, **values: Any
) -> Provider:
    """Keep the house's provider. Another one calls people by other names: who was known by those of
    the one before is found by address again."""
    if there is not None and (there.protocol, there.issuer) != (protocol, values["issuer"]):
        there.known.all().delete()
    said = {"protocol": protocol, "set_by_name": actor.name, "set_at": at, **values}
    kept, _ = Provider.objects.update_or_create(org=actor.own_org, defaults=said)
    return kept


def _taken(found: Found, kept: Mapping[str, str], answer: Mapping[str, str]) -> Said:
    """Whom the answer to this browser's question names, once."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [found.id, _digest(answer.get("ticket", "")), kept.get("request", "")])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise port.unusable()
    return Said(*row)


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()


def _known(found: Found, said: Said, at: datetime) -> User | None:
    """Who the provider means, as far as they have a desk at its house."""
    with connection.cursor() as cursor:
        cursor.execute(PERSON, [found.id, said.subject, said.address, at])
        (person,) = cursor.fetchone()
    return User.objects.filter(pk=person, is_active=True).first() if person else None


def _let_in(found: Found, said: Said, at: datetime) -> User | None:
    """Somebody new comes in by the house's own rule for addresses at its domain: at once with the
    least role, or when somebody there says yes; then raises `Refused` (sso-asked).

    None for whoever has a log-in already or was known and is gone: nobody is taken over, and who
    left stays out.
    """
    address = said.address
    who = people.vouched(address, said.name or address.partition("@")[0])
    if who is None or who.org != found.org:
        return None
    with acting_for([who.org]):
        if people.asks_there(who):
            raise _asked()
        is_new = not User.objects.filter(username=address).exists()
        if not is_new or Known.objects.filter(provider=found.id, subject=said.subject).exists():
            return None
        _user, is_in = people.arrive(who, password=None, at=at, language=get_language() or "en")
    if not is_in:
        raise _asked()
    return _known(found, said, at)


def _asked() -> Refused:
    return Refused(
        "sso-asked",
        "Your house has signed you in, and is asked whether you may come in here.",
        help="Come back when somebody there has said yes.",
        status=422,
    )


def _provider_of(domain: str) -> Found:
    with connection.cursor() as cursor:
        cursor.execute(FIND, [domain])
        row = cursor.fetchone()
    if not domain or row is None or row[0] is None:
        raise Refused(
            "no-provider",
            "No house signs in people with this address.",
            help="Sign in with your password.",
            field="email",
            status=422,
        )
    return Found(*row)
