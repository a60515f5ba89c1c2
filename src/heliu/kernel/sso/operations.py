"""Setting a house's provider, and signing its people in by it (OpenID Connect, code with PKCE)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.access.models import User
from heliu.kernel.access.sealing import sealed, unsealed
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.joining.models import MailDomain
from heliu.kernel.joining.operations import people
from heliu.kernel.joining.policies import domain_of
from heliu.kernel.sso import port
from heliu.kernel.sso.models import Known, Provider

FIND = "select id, org, issuer, client_id, secret from sso_provider_of(%s)"
PERSON = "select sso_person(%s, %s, %s, %s)"


class Come(NamedTuple):
    """Somebody whom their house's provider has signed in, for its desks alone."""

    user: User
    org: UUID
    is_strong: bool


def set_provider(
    *, actor: Actor, issuer: str, client_id: str, secret: str, is_on: bool, at: datetime
) -> Provider:
    """Where the people of the actor's house sign in from now on. An empty secret keeps the one
    that is there. Raises `Refused` (domain-first) for a house without a domain of mail, `Refused`
    (sso-failed) where the issuer does not answer as one does."""
    actor.require("manage")
    if not MailDomain.objects.filter(org=actor.own_org).exists():
        raise Refused(
            "domain-first",
            "First claim the domain of your house's mail, under People.",
            field="issuer",
        )
    there = Provider.objects.filter(org=actor.own_org).first()
    issuer, client_id = issuer.strip().rstrip("/"), client_id.strip()
    if not issuer or not client_id or not (secret or there) or len(client_id) > 200:
        raise Invalid(
            "provider-incomplete", "Issuer, client and secret are needed.", field="issuer"
        )
    if is_on:
        port.discovered(issuer)
    kept, _ = Provider.objects.update_or_create(
        org=actor.own_org,
        defaults={
            "issuer": issuer,
            "client_id": client_id,
            "secret": sealed(secret.encode()) if secret else there.secret,  # type: ignore[union-attr]
            "is_on": is_on,
            "set_by_name": actor.name,
            "set_at": at,
        },
    )
    return kept


def provider(actor: Actor) -> Provider | None:
    """The provider of the actor's own house."""
    return Provider.objects.filter(org=actor.own_org).first()


def begin(email: str, *, back: str) -> tuple[str, dict[str, str]]:
    """Where to send somebody of this address, and what is remembered until they are back. Raises
    `Refused` (no-provider, sso-failed)."""
    found = _provider_of(domain_of(email))
    told = port.discovered(found["issuer"])
    kept = {
        "domain": domain_of(email),
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
    }
    proof = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest())
    asked = {
        "response_type": "code",
        "client_id": found["client_id"],
        "redirect_uri": back,
        "scope": "openid email profile",
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": proof.decode().rstrip("="),
        "code_challenge_method": "S256",
        "login_hint": email,
    }
    return f"{told['authorization_endpoint']}?{urlencode(asked)}", kept


def end(kept: dict[str, str], *, state: str, code: str, back: str, at: datetime) -> Come:
    """Who came back; somebody new comes in by the house's rule for its domain. Raises `Refused`
    (sso-failed), (sso-asked) while the house has not said yes, (sso-unknown) for somebody who has
    no desk at the provider's own house, or whose address it does not vouch for."""
    if not kept or not code or not secrets.compare_digest(kept.get("state", ""), state):
        raise port.unusable()
    found = _provider_of(kept["domain"])
    told = port.discovered(found["issuer"])
    token = port.exchanged(
        told["token_endpoint"],
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": found["client_id"],
            "client_secret": (unsealed(bytes(found["secret"])) or b"").decode(),
            "code_verifier": kept["verifier"],
        },
    )
    said = port.claims(
        token,
        keys=told["jwks_uri"],
        issuer=told["issuer"],
        client_id=found["client_id"],
        nonce=kept["nonce"],
    )
    address = str(said.get("email", "")).strip().lower() if said.get("email_verified") else ""
    subject, name = str(said["sub"])[:255], " ".join(str(said.get("name", "")).split())[:80]
    user = _known(found, subject, address, at) or (
        _let_in(found, subject, address, name, at) if address else None
    )
    if user is None:
        raise Refused(
            "sso-unknown",
            "Your house has signed you in, but you have no desk there.",
            help="Ask whoever manages your house to add you.",
            status=422,
        )
    methods = said.get("amr")
    return Come(user, found["org"], isinstance(methods, list) and "mfa" in methods)


def _known(found: dict[str, Any], subject: str, address: str, at: datetime) -> User | None:
    """Who the provider means, as far as they have a desk at its house."""
    with connection.cursor() as cursor:
        cursor.execute(PERSON, [found["id"], subject, address, at])
        (person,) = cursor.fetchone()
    return User.objects.filter(pk=person, is_active=True).first() if person else None


def _let_in(
    found: dict[str, Any], subject: str, address: str, name: str, at: datetime
) -> User | None:
    """Somebody new comes in by the house's own rule for addresses at its domain: at once with the
    least role, or when somebody there says yes; then raises `Refused` (sso-asked).

    None for whoever has a log-in already or was known and is gone: nobody is taken over, and who
    left stays out.
    """
    who = people.vouched(address, name or address.partition("@")[0])
    if who is None or who.org != found["org"]:
        return None
    with acting_for([who.org]):
        if people.asks_there(who):
            raise _asked()
        is_new = not User.objects.filter(username=address).exists()
        if not is_new or Known.objects.filter(provider=found["id"], subject=subject).exists():
            return None
        _user, is_in = people.arrive(who, password=None, at=at, language=get_language() or "en")
    if not is_in:
        raise _asked()
    return _known(found, subject, address, at)


def _asked() -> Refused:
    return Refused(
        "sso-asked",
        "Your house has signed you in, and is asked whether you may come in here.",
        help="Come back when somebody there has said yes.",
        status=422,
    )


def _provider_of(domain: str) -> dict[str, Any]:
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
    return dict(zip(("id", "org", "issuer", "client_id", "secret"), row, strict=True))
