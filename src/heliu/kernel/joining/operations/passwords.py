"""A forgotten password: a link to the mailbox, with which a new one is chosen, once.

Nobody is told whether an address has a log-in. The link names what the old password was by a keyed
digest: as soon as there is a new one it opens nothing any more, and all sessions of before end.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from heliu.kernel.access.models import User
from heliu.kernel.dispatch.posts import post
from heliu.kernel.errors import NotFound, Refused
from heliu.kernel.joining.operations.signing_up import good_password

FORGOTTEN = "joining.password"
LIFE = timedelta(hours=2)


def forgotten(email: str, *, org: UUID, language: str, at: datetime) -> None:
    """Write to whoever has a log-in with this address; to nobody else, and nothing is told. `org`
    is a door of its own, for the mail alone.

    Who has never had a password (their house signs them in) does not get one by this.
    """
    user = User.objects.filter(username=email, is_active=True).first()
    if user is None or not user.has_usable_password():
        return
    token = signing.dumps([str(user.pk), _mark(user), at.isoformat()], salt=FORGOTTEN)
    post(
        "password-forgotten",
        org=org,
        address=user.email or email,
        params={"person": user.name or user.username},
        path=f"/sign-in/password/{token}",
        language=language,
        at=at,
    )


def whose(token: str, *, at: datetime) -> User:
    """Whose link this is. Raises `NotFound`, `Refused` (link-over)."""
    try:
        person, mark, since = signing.loads(token, salt=FORGOTTEN)
        begun = datetime.fromisoformat(since)
    except (signing.BadSignature, ValueError) as error:
        raise NotFound() from error
    user = User.objects.filter(pk=person, is_active=True).first()
    if user is None or begun + LIFE <= at or not constant_time_compare(mark, _mark(user)):
        raise Refused("link-over", "This link no longer holds. Ask once more.", status=410)
    return user


def renew(token: str, *, password: str, at: datetime) -> User:
    """The new password holds from now on, the link no longer. Raises as `whose`, and `Invalid`
    (password-weak)."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=whose(token, at=at).pk)
        user = whose(token, at=at)  # a second click waits for the first one and finds it used
        good_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
    return user


def _mark(user: User) -> str:
    return salted_hmac(FORGOTTEN, user.password, algorithm="sha256").hexdigest()[:32]
