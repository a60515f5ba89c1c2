"""A second proof of who somebody is: codes of an app, passkeys, recovery codes; who asks for it.

Why not allauth's: docs/decisions/0017-second-factor.md. Whoever calls has counted the try
(`attempts`). Nothing here says which log-ins have a second factor before a password was right.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from heliu.kernel.access import totp
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import (
    Factor,
    FactorDemand,
    FactorKind,
    RecoveryCode,
    SignIn,
    User,
)
from heliu.kernel.access.queries import people_of
from heliu.kernel.access.sealing import sealed, unsealed
from heliu.kernel.errors import Invalid, NotFound, Refused

ISSUER = "Heliu"
CODES = 10
MOST_PASSKEYS = 10
KEPT = timedelta(days=180)
VERIFIED = UserVerificationRequirement.REQUIRED


def factors(user: User) -> list[Factor]:
    """What a person can prove itself with, the oldest first."""
    return list(Factor.objects.filter(user=user).order_by("id"))


def has_factor(user: User) -> bool:
    """Whether a password alone is not enough for this person."""
    return Factor.objects.filter(user=user).exists()


class Protected(NamedTuple):
    """Somebody of a house, and whether more than a password is asked of them."""

    person: UUID
    name: str
    email: str
    has_factor: bool


def of_house(actor: Actor) -> list[Protected]:
    """Who of the actor's own house has a second factor, for whoever manages it; two statements."""
    actor.require("manage")
    people = people_of(actor).filter(org=actor.own_org, is_active=True)
    users = [one.user for one in people]
    have = set(Factor.objects.filter(user__in=users).values_list("user", flat=True))
    return [Protected(one.pk, one.name, one.username, one.pk in have) for one in users]


def codes_left(user: User) -> int:
    """How many recovery codes are good."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def fresh_secret() -> bytes:
    """A secret for an app; it is kept once a code of it was typed."""
    return secrets.token_bytes(20)


def enrol_totp(user: User, secret: bytes, typed: str, *, at: datetime) -> Factor:
    """Keep an app's secret, a code of which proves that it arrived; it replaces the one before.
    Raises `Invalid` (code-wrong)."""
    step = totp.met(secret, typed, at=at, after=0)
    if step is None:
        raise _wrong()
    with transaction.atomic():
        Factor.objects.filter(user=user, kind=FactorKind.TOTP).delete()
        return Factor.objects.create(
            user=user,
            kind=FactorKind.TOTP,
            secret=sealed(secret),
            last_step=step,
            made_at=at,
        )


def prove_by_code(user: User, typed: str, *, at: datetime) -> str:
    """A code of the app, or a recovery code; each is good once. Returns what it was (TOTP, CODE).
    Raises `Invalid` (code-wrong)."""
    with transaction.atomic():
        app = Factor.objects.select_for_update().filter(user=user, kind=FactorKind.TOTP).first()
        if app is not None:
            step = totp.met(_secret(app), typed, at=at, after=app.last_step)
            if step is not None:
                app.last_step, app.used_at = step, at
                app.save(update_fields=["last_step", "used_at"])
                return "TOTP"
        good = RecoveryCode.objects.filter(user=user, digest=_digest(typed), used_at=None)
        if good.update(used_at=at):
            return "CODE"
    raise _wrong()


def fresh_codes(user: User) -> list[str]:
    """New recovery codes, shown this once; the old ones are good no more."""
    signs = (base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(CODES))
    codes = [f"{one[:4]}-{one[4:8]}-{one[8:12]}" for one in signs]
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(user=user, digest=_digest(one)) for one in codes
        )
    return codes


def begin_passkey(user: User, *, host: str) -> tuple[dict[str, Any], Any]:
    """What the browser is asked to make a passkey of, and what is to be remembered until it has."""
    known = [_credential(one) for one in factors(user) if one.kind == FactorKind.PASSKEY]
    if len(known) >= MOST_PASSKEYS:
        raise Refused("passkeys-enough", "These are enough passkeys.", help="Take one away first.")
    options, state = _server(host).register_begin(
        PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.username, display_name=str(user)),
        known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=VERIFIED,
    )
    return dict(options)["publicKey"], state


def keep_passkey(
    user: User, state: Any, response: Mapping[str, Any], *, name: str, host: str, at: datetime
) -> Factor:
    """Keep what the browser made. Raises `Invalid` (passkey-wrong)."""
    try:
        made = _server(host).register_complete(state, response)
    except (ValueError, KeyError, TypeError) as error:
        raise _no_passkey() from error
    if made.credential_data is None:
        raise _no_passkey()
    return Factor.objects.create(
        user=user,
        kind=FactorKind.PASSKEY,
        name=" ".join(name.split())[:60],
        secret=bytes(made.credential_data),
        credential=made.credential_data.credential_id,
        signs=made.counter,
        made_at=at,
    )


def begin_proof(*, host: str) -> tuple[dict[str, Any], Any]:
    """What a browser is asked for, whoever it may be: it names its passkeys itself."""
    options, state = _server(host).authenticate_begin(None, user_verification=VERIFIED)
    return dict(options)["publicKey"], state


def prove_by_passkey(state: Any, response: Mapping[str, Any], *, host: str, at: datetime) -> User:
    """Whose passkey it is; it is both factors at once, for it was unlocked by its person. Raises
    `Invalid` (passkey-wrong) for one that is not known, is no answer, or was copied."""
    try:
        told = AuthenticationResponse.from_dict(response)
        with transaction.atomic():
            found = (
                Factor.objects.select_for_update()
                .filter(kind=FactorKind.PASSKEY, credential=told.raw_id)
                .first()
            )
            if found is None:
                raise _no_passkey()
            _server(host).authenticate_complete(state, [_credential(found)], response)
            signs = told.response.authenticator_data.counter
            # A counter that does not grow is that of a copy; some keep none and say 0 for ever.
            if (signs or found.signs) and signs <= found.signs:
                raise _no_passkey()
            found.signs, found.used_at = signs, at
            found.save(update_fields=["signs", "used_at"])
    except (ValueError, KeyError, TypeError) as error:
        raise _no_passkey() from error
    return found.user


def drop(factor: UUID, *, user: User) -> None:
    """Take a second factor away; with the last one the recovery codes go too."""
    gone, _ = Factor.objects.filter(pk=factor, user=user).delete()
    if not gone:
        raise NotFound()
    if not has_factor(user):
        RecoveryCode.objects.filter(user=user).delete()


def demand(
    *, actor: Actor, everybody: bool, permissions: Sequence[str], at: datetime
) -> FactorDemand:
    """From the next request on the house asks a second factor of all its people on its pages, or
    of whoever uses one of these permissions. Programs, which have tokens, are not asked."""
    actor.require("manage")
    kept, _ = FactorDemand.objects.update_or_create(
        org=actor.own_org,
        defaults={
            "everybody": everybody,
            "permissions": sorted(set(permissions)),
            "set_by_name": actor.name,
            "set_at": at,
        },
    )
    return kept


def demanded(actor: Actor) -> FactorDemand | None:
    """What the actor's own house demands."""
    return FactorDemand.objects.filter(org=actor.own_org).first()


def signed_in(user: User, how: str, *, at: datetime) -> None:
    """Keep that and how somebody signed in: PASSWORD, TOTP, CODE, PASSKEY or SSO."""
    SignIn.objects.filter(user=user, at__lt=at - KEPT).delete()
    SignIn.objects.create(user=user, how=how, at=at)


def sign_ins(user: User, most: int = 10) -> list[SignIn]:
    """The latest, newest first."""
    return list(SignIn.objects.filter(user=user).order_by("-id")[:most])


def _server(host: str) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(name=ISSUER, id=host))


def _credential(factor: Factor) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(factor.secret))


def _secret(factor: Factor) -> bytes:
    # The install's key was changed: it is to be set up anew.
    return unsealed(bytes(factor.secret)) or secrets.token_bytes(20)


def _digest(typed: str) -> bytes:
    told = "".join(typed.lower().split()).replace("-", "")
    return salted_hmac("heliu.recovery", told, algorithm="sha256").digest()


def _wrong() -> Invalid:
    return Invalid(
        "code-wrong",
        "This code is not right, or was used already.",
        field="code",
        help="Take the one your app shows now.",
    )


def _no_passkey() -> Invalid:
    return Invalid("passkey-wrong", "This passkey is not known here.", help="Try another way.")
