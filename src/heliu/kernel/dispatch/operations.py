"""How a person wants to be reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from django.db import IntegrityError, connection, transaction

from heliu.kernel.access.actor import Actor
from heliu.kernel.dispatch import push
from heliu.kernel.dispatch.models import Device, Mail, Reach, Wish
from heliu.kernel.dispatch.policies import read_stop_token
from heliu.kernel.dispatch.queries import choices_of, devices_of, person_of
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.webhooks.policies import read_url

PHONE = re.compile(r"\+?[0-9]{6,19}")


def wish(
    *,
    actor: Actor,
    mail: str,
    phone: str,
    quiet_from: int,
    quiet_to: int,
    kinds: Mapping[str, tuple[bool, bool]],
) -> None:
    """Keep how the actor wants to be reached at this desk: `kinds` says (mail, SMS) of each.

    Refuses (422) a telephone number or an hour that is none. What is as by default is not kept, so
    it follows the default when that or the actor's roles change.
    """
    plain = plain_phone(phone)
    if mail not in Mail.values or not (0 <= quiet_from < 24 and 0 <= quiet_to < 24):
        raise Invalid("preference-unknown", "There is no such choice.", field="mail")
    mine: dict[str, Any] = {"person": person_of(actor), "org": actor.own_org}
    Reach.objects.update_or_create(
        **mine,
        defaults={
            "mail": mail, "phone": plain, "quiet_from": quiet_from, "quiet_to": quiet_to,
        },
    )  # fmt: skip
    Wish.objects.filter(**mine).delete()
    Wish.objects.bulk_create(
        Wish(**mine, kind=choice.kind, mail=kinds[choice.kind][0], sms=kinds[choice.kind][1])
        for choice in choices_of(actor, {})
        if choice.kind in kinds and kinds[choice.kind] != (choice.mail, choice.sms)
    )


def add_device(
    endpoint: str, *, public: str, secret: str, name: str, actor: Actor, at: datetime
) -> Device:
    """The device on which the actor sits shows its notices of this desk from now on; again, it
    changes nothing. Refuses (422) a push service that is not on the open internet, and keys that
    are none.

    `public` is the device's key and `secret` what both know, in base64url, as browsers tell them.
    """
    read_url(endpoint, longest=1000)
    try:
        point, shared = push.bytes_of(public), push.bytes_of(secret)
        EllipticCurvePublicKey.from_encoded_point(push.CURVE, point)
    except ValueError:
        shared = b""
    if len(shared) != 16:
        raise Invalid("device-unknown", "This device gave no keys that can be used.")
    mine = {"person": person_of(actor), "org": actor.own_org}
    known = Device.objects.filter(endpoint=endpoint, **mine).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return Device.objects.create(
                **mine, endpoint=endpoint, public=public, secret=secret,
                name=name.strip()[:60], added_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise Invalid(
            "device-taken",
            "This device shows notices of another desk.",
            help="Turn them off there first, or sign out there.",
        ) from None


def drop_device(device: UUID, *, actor: Actor) -> Device:
    """One of the actor's devices shows nothing any more; returns what it was. Raises `NotFound`."""
    found = devices_of(actor).filter(pk=device).first()
    if found is None:
        raise NotFound()
    Device.objects.filter(pk=found.pk).delete()
    return found


def plain_phone(typed: str) -> str:
    """A telephone number as it is kept; nothing stays nothing. Raises `Invalid` (phone-unknown)."""
    plain = re.sub(r"[\s()-]", "", typed)
    if plain and not PHONE.fullmatch(plain):
        raise Invalid("phone-unknown", "This is not a telephone number.", field="phone")
    return plain


def stop_mail(token: str) -> UUID:
    """No more mail for whoever a link was made for; returns the person. Raises `NotFound`."""
    person, org = read_stop_token(token)
    with connection.cursor() as cursor:
        cursor.execute("select dispatch_stop(%s, %s)", [person, org])
    return person
