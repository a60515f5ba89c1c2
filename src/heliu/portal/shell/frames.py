"""The frame around a page, filled for the person, the desk and the moment."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.desks import desks_of
from heliu.kernel.events.queries import unread_count
from heliu.kernel.parties.queries import names
from heliu.portal import desks
from heliu.portal.shell.demo import demo_seats
from heliu.portal.ui.frame import ClockStep, DemoClock, DeskChoice, Frame, OnBehalf, Person

DEMO_STEPS = (1, 7, 30)
SEATS_KEPT = 60


def frame_for(request: HttpRequest, actor: Actor, at: datetime, here: str) -> Frame:
    """Everything around one page; ``here`` names the route that is current in the rail."""
    kind = desks.kind_of(request, actor)
    words = kind.words(actor, at, here)
    house = names([actor.own_org])[actor.own_org]
    user = request.user
    return Frame(
        desk=_(kind.label),
        house_name=house.short,
        nav=words.nav,
        tabs=words.tabs,
        figure=words.figure,
        inbox_count=unread_count(actor),
        person=Person(actor.name, initials(actor.name)),
        desks=() if actor.behalf else _choices(request, actor, kind.key),
        behalf=_behalf(actor, house.short),
        demo=_clock(at) if settings.DEMO else None,
        theme=getattr(user, "theme", "auto"),
        density=getattr(user, "density", "normal"),
        today=clock.day_of(at),
    )


def _behalf(actor: Actor, customer: str) -> OnBehalf | None:
    if actor.behalf is None:
        return None
    houses = names([actor.behalf.house])
    own = houses[actor.behalf.house].short if actor.behalf.house in houses else ""
    return OnBehalf(actor.behalf.person, own, customer)


def initials(name: str) -> str:
    """At most two letters for the round sign: the given name's first character in Chinese."""
    if name and ord(name[0]) > 0x2E7F:
        return name[1:2] or name[:1]
    return "".join(part[0] for part in name.split()[:2]).upper()


def _clock(at: datetime) -> DemoClock:
    steps = (
        ClockStep(str(n), ngettext("+%(n)d day", "+%(n)d days", n) % {"n": n}) for n in DEMO_STEPS
    )
    return DemoClock(at, tuple(steps))


def _choices(request: HttpRequest, actor: Actor, current: str) -> tuple[DeskChoice, ...]:
    """In the demonstration everybody's desks; otherwise those this person may sit at."""
    if settings.DEMO:
        key = f"demo-seats-{connection.settings_dict['NAME']}-{get_language()}"
        seats = cache.get_or_set(key, demo_seats, SEATS_KEPT) or []
        return tuple(
            DeskChoice(
                seat.value, _(seat.desk), seat.house, seat.person, seat.user_id == actor.user_id
            )
            for seat in seats
        )
    own = desks_of(actor.user_id) if actor.user_id else []
    houses = names(desk.org for desk in own)
    choices = [
        DeskChoice(
            f"{desk.org}/{kind.key}",
            _(kind.label),
            houses[desk.org].short if desk.org in houses else desk.title,
            current=desk.org == actor.org and kind.key == current,
        )
        for desk in own
        for kind in desks.kinds_at(desk.org)
    ]
    return tuple(choices) if len(choices) > 1 else ()


def greeting(at: datetime, name: str) -> str:
    """The hour's greeting with a name."""
    hour = at.astimezone(clock.ZONE).hour
    if hour < 5:
        words = _("Good night, %(name)s")
    elif hour < 12:
        words = _("Good morning, %(name)s")
    elif hour < 18:
        words = _("Good afternoon, %(name)s")
    else:
        words = _("Good evening, %(name)s")
    return words % {"name": name}
