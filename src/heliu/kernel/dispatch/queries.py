"""Reading how people are reached, and what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from heliu.kernel.access.actor import Actor
from heliu.kernel.dispatch.models import Device, Letter, Mail, Reach, SandboxSms, Wish
from heliu.kernel.dispatch.policies import DEFAULTS
from heliu.kernel.errors import Forbidden
from heliu.kernel.events.models import Notice
from heliu.kernel.events.notices import WORDS

MAILS = Mail.choices
"""When somebody may want mail: value and words."""


class Choice(NamedTuple):
    """A kind of notice, and whether it is sent by mail and by SMS.

    `is_theirs`: it needs a deed or is about money, and the actor may do something about it.
    """

    kind: str
    mail: bool
    sms: bool
    is_theirs: bool


def person_of(actor: Actor) -> UUID:
    """The person at the desk. The system is none."""
    if actor.user_id is None:
        raise Forbidden("no-desk", "This needs somebody at a desk.")
    return actor.user_id


def reach_of(actor: Actor) -> Reach:
    """How the actor is reached at this desk; the defaults where nothing was chosen."""
    person = person_of(actor)
    found = Reach.objects.filter(person=person, org=actor.own_org).first()
    return found or Reach(person=person, org=actor.own_org)


def wishes_of(actor: Actor) -> dict[str, tuple[bool, bool]]:
    """What the actor wants otherwise than by default."""
    mine = Wish.objects.filter(person=person_of(actor), org=actor.own_org)
    return {kind: (mail, sms) for kind, mail, sms in mine.values_list("kind", "mail", "sms")}


def choices_of(actor: Actor, wishes: Mapping[str, tuple[bool, bool]]) -> list[Choice]:
    """Every kind as it is sent to the actor, those that are sent by default first."""
    found = []
    for kind in sorted(WORDS, key=lambda kind: (kind not in DEFAULTS, kind)):
        default = DEFAULTS.get(kind)
        is_on = default is not None and default.is_for(actor)
        by_default = (is_on, bool(is_on and default and default.sms))
        found.append(Choice(kind, *wishes.get(kind, by_default), is_theirs=is_on))
    return found


def letters_of(actor: Actor) -> QuerySet[Any]:
    """What was sent to the actor at this desk, the newest first, with the `kind` of its notice."""
    mine = Letter.objects.filter(person=person_of(actor), org=actor.own_org)
    kind = Notice.objects.filter(pk=OuterRef("notice")).values("kind")[:1]
    return mine.annotate(kind=Subquery(kind)).order_by("-made_at", "-id")


def sandbox_sms_of(actor: Actor) -> QuerySet[SandboxSms]:
    """The SMS that a sandbox kept for the actor, the newest first."""
    mine = SandboxSms.objects.filter(person=person_of(actor), org=actor.own_org)
    return mine.order_by("-at", "-id")


def devices_of(actor: Actor) -> QuerySet[Device]:
    """The actor's devices that show notices of this desk, the newest first."""
    mine = Device.objects.filter(person=person_of(actor), org=actor.own_org)
    return mine.order_by("-added_at", "-id")


def check() -> list[str]:
    """The laws of the room: a letter is about a notice of its own organisation."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select l.id from dispatch_letter l left join events_notice n on n.id = l.notice"
            " where n.org is distinct from l.org order by l.id limit 20"
        )
        return [f"letter {letter} is about no notice of its house" for (letter,) in cursor]
