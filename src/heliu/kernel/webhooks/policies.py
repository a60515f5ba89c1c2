"""What a message says and how it is signed, when it is tried again, where it may go.

Signing is that of Standard Webhooks (standardwebhooks.com, version 1): HMAC-SHA256 over id, second
and body, with a key that only the two sides know.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

import msgspec
from django.conf import settings

from heliu.kernel.errors import Invalid

TEST = "heliu.test"
SHOWN_FOR = timedelta(hours=1)
OVERLAP = timedelta(days=1)
"""How long the secret before still signs beside a new one."""

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 72000, 86400)
)
"""Between the tries of one message: thirteen tries in three days."""
LONGEST_REST = timedelta(minutes=1)
LONGEST_ASKED = timedelta(hours=1)
"""For so long at most an endpoint is left alone because it asked to be."""
KEPT = timedelta(days=90)
"""How long it can be seen what was sent."""
BUSY = (429, 503)
SPREAD = 0.2
"""By which part of itself a pause is longer or shorter, so that not all come back at once."""

# Networks that Python calls global, and which lead to any IPv4 address, also one inside.
TUNNELS = (IPv6Network("64:ff9b::/96"), IPv6Network("2002::/16"), IPv6Network("2001::/32"))


def pause_after(tries: int, chance: float) -> timedelta | None:
    """How long to wait after so many tries in vain; None when that was the last one.

    `chance` is a random number from 0 to 1.
    """
    if tries > len(PAUSES):
        return None
    return PAUSES[tries - 1] * (1 + SPREAD * (2 * chance - 1))


def rest_after(failures: int, pause: timedelta | None, asked: timedelta) -> timedelta:
    """How long an endpoint is left alone after so many failures in a row.

    At most a minute, so a sick one is asked seldom and one that is well again is soon found; and as
    long as the `pause` of the message that failed if that is no longer, so that none overtakes it.
    One that `asked` to be left alone is, for an hour at most.
    """
    rest = max(PAUSES[min(failures, len(PAUSES)) - 1], pause or timedelta())
    return max(min(rest, LONGEST_REST), min(asked, LONGEST_ASKED))


def asked_rest(code: int, retry_after: str, now: datetime) -> timedelta:
    """How long an endpoint that is too busy asks to be left alone: seconds or a moment
    (RFC 9110, 10.2.3). Nothing where it does not say so in a way that can be read."""
    if code not in BUSY:
        return timedelta()
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=min(int(retry_after), int(LONGEST_ASKED.total_seconds())))
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return timedelta()
    return max(moment.replace(tzinfo=moment.tzinfo or UTC) - now, timedelta())


def secret_of(endpoint: UUID, generation: int) -> str:
    """The secret of an endpoint, as its programs are given it."""
    name = f"webhook {endpoint} {generation}"
    key = hmac.digest(settings.SECRET_KEY.encode(), name.encode(), hashlib.sha256)
    return "whsec_" + base64.b64encode(key).decode()


def signature(secret: str, *, message: str, second: int, body: bytes) -> str:
    """One signature, as it stands in `webhook-signature`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message}.{second}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def headers(
    secrets: Sequence[str], *, message: str, moment: datetime, body: bytes
) -> dict[str, str]:
    """What stands above a message, signed with each of the secrets that are good now."""
    second = int(moment.timestamp())
    signatures = [signature(one, message=message, second=second, body=body) for one in secrets]
    return {
        "content-type": "application/json",
        "user-agent": "Heliu-Webhooks/1",
        "webhook-id": message,
        "webhook-timestamp": str(second),
        "webhook-signature": " ".join(signatures),
    }


def body_of(
    *,
    message: UUID,
    kind: str,
    at: datetime,
    number: int | None,
    flows: Sequence[str],
    subject: UUID | None,
    deal: UUID | None,
    data: Any,
) -> bytes:
    """A message's content: byte by byte the same at every try."""
    return msgspec.json.encode(
        {
            "id": message,
            "type": kind,
            "timestamp": at,
            "number": number,
            "flows": list(flows),
            "subject": subject,
            "deal": deal,
            "data": data,
        }
    )


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet and to nothing behind it."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            found = found.ipv4_mapped
        elif any(found in network for network in TUNNELS):
            return False
    return found.is_global and not found.is_multicast


def read_url(url: str, *, longest: int = 300) -> SplitResult:
    """The parts of an address to send to. Refuses (422) what is none, or is not safe.

    Only https, to a public name, unless the install is set to send to its own network.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    schemes = ("https", "http") if settings.HELIU_WEBHOOKS_INSIDE else ("https",)
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= longest
    if not (parts.hostname and is_plain and parts.scheme in schemes) or port == 0:
        raise Invalid(
            "url-unusable",
            "This is not an address that messages can be sent to.",
            field="url",
            help="Give one that begins with https:// and is reached from the internet.",
        )
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Invalid(
            "url-unusable",
            "An address with a password or a # in it is not taken.",
            field="url",
            help="The signature says who sends; leave the password out.",
        )
    if not settings.HELIU_WEBHOOKS_INSIDE and _leads_inside(parts.hostname):
        raise Invalid("url-inside", "This address is not a public one.", field="url")
    return parts


def _leads_inside(host: str) -> bool:
    """Whether the name alone says so; what a name stands for is looked at when it is sent to."""
    try:
        return not is_public(host)
    except ValueError:
        return "." not in host.rstrip(".") or host.endswith((".localhost", ".local", ".internal"))
