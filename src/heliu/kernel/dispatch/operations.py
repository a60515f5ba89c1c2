"""How a person wants to be reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from heliu.kernel.access.actor import Actor
from heliu.kernel.dispatch.models import Mail, Reach, Wish
from heliu.kernel.dispatch.policies import read_stop_token
from heliu.kernel.dispatch.queries import choices_of, person_of
from heliu.kernel.errors import Invalid

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
