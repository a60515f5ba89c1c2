"""How often somebody may try to sign in: per account and per address, over all processes.

It counts the same whether or not there is such an account, so it tells nobody which there are.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from heliu.kernel.access.models import FailedSignIn

WINDOW = timedelta(minutes=15)
MOST_PER_ACCOUNT = 10
MOST_PER_ADDRESS = 60  # a whole office may stand behind one


def begin(*, account: str, address: str, at: datetime) -> bool:
    """Whether a password may be tried now. It counts as failed until `succeeded` is told."""
    who, where = _digest(account), _digest(address)
    with transaction.atomic():
        _one_at_a_time(who, where)
        FailedSignIn.objects.filter(at__lte=at - WINDOW).delete()
        if (
            FailedSignIn.objects.filter(account=who).count() >= MOST_PER_ACCOUNT
            or FailedSignIn.objects.filter(address=where).count() >= MOST_PER_ADDRESS
        ):
            return False
        FailedSignIn.objects.create(account=who, address=where, at=at)
    return True


def succeeded(*, account: str) -> None:
    """The right password came: what failed before it for this account is forgotten."""
    FailedSignIn.objects.filter(account=_digest(account)).delete()


def _one_at_a_time(*keys: bytes) -> None:
    """Tries that come together are counted one after the other."""
    with connection.cursor() as cursor:
        for key in sorted(keys):
            number = int.from_bytes(key[:8], signed=True)
            cursor.execute("select pg_advisory_xact_lock(%s)", [number])


def _digest(text: str) -> bytes:
    return salted_hmac("heliu.sign-in", text, algorithm="sha256").digest()
