"""What a view is given: the request, with whoever acts through it."""

from __future__ import annotations

from ipaddress import ip_network
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.desks import actor_at, desks_of
from heliu.kernel.access.models import User

DESK = "desk"
STRONG = "strong"
"""In the session of whoever came with a second factor."""
ONLY = "only"
"""In the session of whoever a house's own provider signed in: the house, whose desks alone open."""
CUSTOMER = "customer"
BEHALF_HEADER = "Heliu-On-Behalf-Of"
"""With a token: the customer (its id or code) in whose name this one request acts."""


class TypedRequest(HttpRequest):
    """A request behind the middleware, for views that only people at a desk reach.

    `actor` acts (None on pages that are open to everybody), `is_by_token` says that a program asks,
    `htmx` whether a part of a page is asked for.
    """

    user: User  # Django's AnonymousUser only on pages open to everybody
    actor: Actor
    is_by_token: bool
    htmx: HtmxDetails


def address_of(request: HttpRequest) -> str:
    """From where a request comes, for counting; see `network_of`."""
    told = request.headers.get("X-Forwarded-For", "")
    return network_of(told, request.META.get("REMOTE_ADDR", ""))


def network_of(told: str, peer: str) -> str:
    """From where somebody comes, for counting: the address, of IPv6 the network it is in.

    Behind TLS it is the one that our own proxy has written last into `X-Forwarded-For`, which is
    `told`, else that of the connection.
    """
    address = (told.rpartition(",")[2].strip() if settings.BEHIND_TLS else "") or peer
    try:
        return str(ip_network(address).supernet(new_prefix=64))
    except ValueError:  # an IPv4 address has no such network; what else it may be counts as it is
        return address


def sit_down(request: HttpRequest, org: UUID) -> None:
    """From the next request on the person acts for this organisation, if it is a desk of theirs."""
    request.session[DESK] = str(org)
    act_for(request, "")


def act_for(request: HttpRequest, customer: str) -> None:
    """From the next request on the person acts in this customer's name; '' ends it."""
    if customer:
        request.session[CUSTOMER] = customer
    else:
        request.session.pop(CUSTOMER, None)


def customer_in(request: HttpRequest) -> str:
    """In whose name the person of the session acts (an id or code), or ''."""
    return str(request.session.get(CUSTOMER, "")) if isinstance(request.user, User) else ""


def actor_in(request: HttpRequest) -> Actor | None:
    """Who acts through a page: the signed-in person at the desk of the session, else nobody.

    Without a desk in the session it is the oldest membership; a desk that was closed or taken away
    counts no more.
    """
    user = request.user
    if not isinstance(user, User):
        return None
    only = request.session.get(ONLY)
    desks = [desk for desk in desks_of(user.pk) if not only or str(desk.org) == only]
    chosen = request.session.get(DESK)
    desk = next((desk for desk in desks if str(desk.org) == chosen), None)
    is_strong = bool(request.session.get(STRONG))
    for choice in [desk] if desk else desks:
        if actor := actor_at(user, choice, is_strong=is_strong):
            return actor
    return None
