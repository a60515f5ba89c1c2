"""From notices to people's mail, telephones and devices. For the worker.

A letter is taken for a while by moving its next try (so that no transaction stays open while a
server is spoken to) and marked as sent afterwards. Whoever dies in between has it sent again, under
the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from itertools import groupby
from operator import attrgetter

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from heliu.kernel.access.models import User
from heliu.kernel.dispatch import push
from heliu.kernel.dispatch.models import (
    LETTER_MOVES,
    Device,
    Letter,
    LetterStatus,
    Mail,
    Reach,
    SandboxSms,
    Way,
)
from heliu.kernel.dispatch.policies import (
    DEFAULTS,
    KEPT,
    after_quiet,
    next_morning,
    pause_after,
    stop_token,
)
from heliu.kernel.dispatch.port import NotSent, sms
from heliu.kernel.events.models import Notice
from heliu.kernel.events.notices import words
from heliu.kernel.states import move

HELD = timedelta(minutes=5)
AT_ONCE = 200  # letters that one round takes, with what else is due to the same people
SHOWN = 50  # notices that one mail tells in full

log = structlog.get_logger("heliu.dispatch")


def hand_on(*, at: datetime) -> int:
    """Make the letters of all new notices; returns how many."""
    defaults = [
        (kind, permission, default.sms)
        for kind, default in DEFAULTS.items()
        for permission in default.permissions
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "select dispatch_hand_on(%s::text[], %s::text[], %s::boolean[], %s)",
            [*(list(column) for column in zip(*defaults, strict=True)), at],
        )
        return int(cursor.fetchone()[0])


def tidy(at: datetime, *, most: int = 10_000) -> int:
    """Throw away up to so many letters, and SMS of the sandbox, that nobody looks at any more; how
    many letters it were. Waiting ones stay."""
    SandboxSms.objects.filter(at__lt=at - KEPT).delete()
    over = Letter.objects.filter(ended_at__lt=at - KEPT).order_by("id").values("pk")[:most]
    return Letter.objects.filter(pk__in=over).delete()[0]


def send(*, at: datetime) -> int:
    """Send what is due; returns how many letters were taken in hand."""
    taken = _take(at)
    reaches = {
        (reach.person, reach.org): reach
        for reach in Reach.objects.filter(person__in={one.person for one in taken})
    }
    letters = [one for one in taken if not _put_off(one, reaches.get((one.person, one.org)), at)]
    people = User.objects.in_bulk({one.person for one in letters})
    for _key, group in groupby(sorted(letters, key=_together), key=_together):
        some = list(group)
        person = people[some[0].person]
        with override(person.language):
            _send_one(some, person, reaches.get((some[0].person, some[0].org)), at=at)
    return len(taken)


def _take(at: datetime) -> list[Letter]:
    """The letters that have waited longest, with all mail that is due to the same people: who is
    told much is told in one mail."""
    with transaction.atomic():
        due = Letter.objects.select_for_update(skip_locked=True).filter(
            status=LetterStatus.WAITING, next_try_at__lte=at
        )
        first = list(due.order_by("next_try_at", "id")[:AT_ONCE])
        mailed = {one.person for one in first if one.way == Way.MAIL}
        rest = due.filter(way=Way.MAIL, person__in=mailed) if mailed else []
        taken = list({one.pk: one for one in (*first, *rest)}.values())
        Letter.objects.filter(pk__in=[one.pk for one in taken]).update(next_try_at=at + HELD)
    return taken


def _put_off(letter: Letter, reach: Reach | None, at: datetime) -> bool:
    """A letter that came now but is wanted later: in the daily mail, or after the quiet hours."""
    if reach is None:
        return False
    later = at
    if letter.way == Way.PUSH:
        return False
    if letter.way == Way.SMS:
        later = after_quiet(at, reach.quiet_from, reach.quiet_to)
    elif reach.mail == Mail.DAILY and letter.tries == 0:
        later = next_morning(letter.made_at)
    if later > at:
        Letter.objects.filter(pk=letter.pk).update(next_try_at=later)
    return later > at


def _together(letter: Letter) -> tuple[str, ...]:
    """What goes into one message: an SMS by itself, the mail of a person's desk in one."""
    alone = "" if letter.way == Way.MAIL else str(letter.pk)
    return (str(letter.person), str(letter.org), alone)


def _send_one(
    letters: Sequence[Letter], person: User, reach: Reach | None, *, at: datetime
) -> None:
    letters = sorted(letters, key=attrgetter("made_at", "pk"))
    notices = _notices(letters[:SHOWN])
    try:
        if letters[0].way == Way.MAIL:
            mail_of(letters, notices, person).send()
        elif letters[0].way == Way.PUSH:
            _push(letters[0], notices[0], at=at)
        else:
            sms().send(
                id=letters[0].pk,
                org=letters[0].org,
                person=person.pk,
                phone=reach.phone if reach else "",
                text=sms_text(notices[0]),
                at=at,
            )
    except Exception as error:
        _not_sent(letters, at=at)
        log.warning("not sent", letters=_names(letters), why=type(error).__name__)
        return
    _sent(letters, at=at)
    log.info("sent", letters=_names(letters), way=letters[0].way)


def _push(letter: Letter, notice: Notice, *, at: datetime) -> None:
    """Show a notice on the person's devices of this desk: one that takes it is enough. Those whose
    push service says that they are gone are; raises `NotSent` where none took it."""
    devices = Device.objects.filter(person=letter.person, org=letter.org)
    targets = [push.Target(one.pk, one.endpoint, one.public, one.secret) for one in devices]
    message = {"text": words(notice)[:600], "link": notice.link, "tag": str(letter.notice)}
    tried = push.send(targets, message, at=at)
    if gone := [one.id for one in tried if one.is_gone]:
        Device.objects.filter(pk__in=gone).delete()
        log.info("devices gone", devices=[str(one) for one in gone])
    if not any(one.problem == "" for one in tried):
        raise NotSent("no device took it")


def _notices(letters: Sequence[Letter]) -> list[Notice]:
    found = Notice.objects.in_bulk([one.notice for one in letters])
    return [found[one.notice] for one in letters]


def _names(letters: Sequence[Letter]) -> list[str]:
    return [str(one.pk) for one in letters[:SHOWN]]


def _sent(letters: Sequence[Letter], *, at: datetime) -> None:
    """As a set: a mail may tell of thousands."""
    Letter.objects.filter(pk__in=[one.pk for one in letters], status=LetterStatus.WAITING).update(
        status=LetterStatus.SENT, ended_at=at, tries=F("tries") + 1
    )


def _not_sent(letters: Sequence[Letter], *, at: datetime) -> None:
    with transaction.atomic():
        for one in letters:
            pause = pause_after(one.tries + 1)
            if pause is None:
                move(one, LetterStatus.FAILED, moves=LETTER_MOVES, ended_at=at, tries=one.tries + 1)
            else:
                again = {"tries": one.tries + 1, "next_try_at": at + pause}
                Letter.objects.filter(pk=one.pk).update(**again)


def mail_of(letters: Sequence[Letter], notices: Sequence[Notice], person: User) -> EmailMessage:
    """A mail of all letters with what the notices (of the first ones) say, how many more there are,
    and how to have no more of it."""
    lines = [words(notice) for notice in notices]
    stop = settings.HELIU_ADDRESS + reverse(
        "stop_mail", args=[stop_token(person.pk, letters[0].org)]
    )
    subject = (
        lines[0]
        if len(letters) == 1
        else ngettext("%(n)s notice", "%(n)s notices", len(letters)) % {"n": len(letters)}
    )
    told = "\n\n".join(
        f"{line}\n{settings.HELIU_ADDRESS}{notice.link}"
        for line, notice in zip(lines, notices, strict=True)
    )
    if more := len(letters) - len(lines):
        told += "\n\n" + _("%(n)s more stand in your inbox: %(address)s") % {
            "n": more,
            "address": settings.HELIU_ADDRESS + reverse("inbox"),
        }
    end = _("No more mail of this kind: %(address)s") % {"address": stop}
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(
        subject=f"[Heliu] {subject}"[:200],
        body=f"{told}\n\n-- \n{end}\n",
        to=[person.email or person.username],
        headers={
            "Message-ID": f"<{letters[0].pk}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def sms_text(notice: Notice) -> str:
    """What an SMS says: the notice, after the name of who sends it."""
    return _("[Heliu] %(words)s") % {"words": words(notice)}
