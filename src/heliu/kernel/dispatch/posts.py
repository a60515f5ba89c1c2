"""Mail to addresses that cannot sign in yet: a sign-up's, an invited one's, a colleague's, that of
whoever forgot the password.

Put into the outbox in the transaction that made it, sent by the worker, and forgotten as soon as it
is sent: it holds a link that opens something.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import override

from heliu.kernel.dispatch.models import Post
from heliu.kernel.dispatch.policies import pause_after

HELD = timedelta(minutes=5)
AT_ONCE = 50
# What each kind says: subject, then text; both are filled with the parameters.
WORDS = {
    "confirm-address": (
        N_("Confirm your e-mail address"),
        N_(
            "%(company)s was signed up with this address. Follow the link within two days to choose"
            " a password and go on. If that was not you, do nothing."
        ),
    ),
    "known-already": (
        N_("You have a log-in already"),
        N_(
            "%(company)s was signed up with this address, which has a log-in already. Sign in with"
            " it. If that was not you, do nothing."
        ),
    ),
    "invited": (
        N_("%(seller)s invites you to order online"),
        N_(
            "%(person)s of %(seller)s invites you to order here by yourself, at any hour. Follow"
            " the link to sign up."
        ),
    ),
    "colleague-invited": (
        N_("%(house)s gives you a log-in"),
        N_("%(person)s asks you to work with %(house)s here. Follow the link to begin."),
    ),
    "password-forgotten": (
        N_("A new password"),
        N_(
            "%(person)s, a new password was asked for with this address. Follow the link within two"
            " hours to choose one. If that was not you, do nothing: the old one holds."
        ),
    ),
    "colleague-asks": (
        N_("Confirm your e-mail address"),
        N_(
            "Somebody wants to work with the company whose mail this is. Follow the link within two"
            " days to go on. If that was not you, do nothing."
        ),
    ),
}

log = structlog.get_logger("heliu.dispatch")


def post(
    kind: str,
    *,
    org: UUID,
    address: str,
    params: Mapping[str, str],
    path: str,
    language: str,
    at: datetime,
) -> Post:
    """Write to an address as soon as this transaction is committed. `path` is where its link leads,
    on this platform."""
    subject, text = WORDS[kind]
    assert subject % params  # fails here, not at the worker's
    assert text % params
    return Post.objects.create(
        org=org,
        address=address,
        kind=kind,
        params=dict(params),
        path=path,
        language=language,
        next_try_at=at,
    )


def send(*, at: datetime) -> int:
    """Send what is due; returns how many were taken in hand. For the worker."""
    with transaction.atomic():
        due = Post.objects.select_for_update(skip_locked=True).filter(next_try_at__lte=at)
        taken = list(due.order_by("next_try_at", "id")[:AT_ONCE])
        Post.objects.filter(pk__in=[one.pk for one in taken]).update(next_try_at=at + HELD)
    for one in taken:
        _send_one(one, at=at)
    return len(taken)


def mail_of(one: Post) -> EmailMessage:
    """The mail, in the language in which it was asked for."""
    with override(one.language):
        subject, text = (_(words) % one.params for words in WORDS[one.kind])
        body = f"{text}\n\n{settings.HELIU_ADDRESS}{one.path}\n"
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(
        subject=f"[Heliu] {subject}"[:200],
        body=body,
        to=[one.address],
        headers={"Message-ID": f"<{one.pk}@{domain}>", "Auto-Submitted": "auto-generated"},
    )


def _send_one(one: Post, *, at: datetime) -> None:
    try:
        mail_of(one).send()
    except Exception as error:
        log.warning("post not sent", post=str(one.pk), why=type(error).__name__)
        pause = pause_after(one.tries + 1)
        if pause is not None:
            again = {"tries": one.tries + 1, "next_try_at": at + pause}
            Post.objects.filter(pk=one.pk).update(**again)
            return
    else:
        log.info("post sent", post=str(one.pk))
    one.delete()
