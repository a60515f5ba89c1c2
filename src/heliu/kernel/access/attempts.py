"""How often somebody may try to sign in or to sign up: per account and per address, over all
processes.

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
# Each sign-up sends a mail to an address that anybody may type.
MOST_SIGN_UPS_PER_ACCOUNT = 3
MOST_SIGN_UPS_PER_ADDRESS = 20


def begin(*, account: str, address: str, at: datetime) -> bool:
    """Whether a password may be tried now. It counts as failed until `succeeded` is told."""
    return _begin(_digest(account), _digest(address), MOST_PER_ACCOUNT, MOST_PER_ADDRESS, at)


def begin_sign_up(*, account: str, address: str, at: datetime) -> bool:
    """Whether this address may ask now for a mail to this account."""
    who, where = _digest(f"join {account}"), _digest(f"join {address}")
    return _begin(who, where, MOST_SIGN_UPS_PER_ACCOUNT, MOST_SIGN_UPS_PER_ADDRESS, at)


def _begin(who: bytes, where: bytes, per_account: int, per_address: int, at: datetime) -> bool:
    with transaction.atomic():
        _one_at_a_time(who, where)
        FailedSignIn.objects.filter(at__lte=at - WINDOW).delete()
        if (
            FailedSignIn.objects.filter(account=who).count() >= per_account
            or FailedSignIn.objects.filter(address=where).count() >= per_address
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
