"""The middleware that finds out who acts and opens the door around the view and its answer."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from heliu.api import problems
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.desks import actor_for_token
from heliu.kernel.access.door import acting_for
from heliu.kernel.access.request import BEHALF_HEADER, act_for, actor_in, customer_in
from heliu.kernel.behalf.policies import refuse_closed
from heliu.kernel.behalf.queries import seated
from heliu.kernel.errors import Forbidden, Refused

OPEN = ("/sign-in/", "/join/", "/shop/", "/robots.txt", "/sitemap.xml")
"""Before these pages stands nobody; those that write for somebody open a door of their own."""


class Door:
    """Sets `request.actor` and runs the view in one transaction that sees the actor's rows only.

    A page's actor is the signed-in person at the desk of the session, a program's the holder of the
    bearer token. Nobody signed in: `actor` is None, no door, no rows. Whatever is answered with a
    status of 400 or more is rolled back: Django has turned the view's exception into an answer
    before it comes here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            actor, is_by_token = actor_of(request)
        except Refused as refusal:
            return problems.refused(refusal)
        request.actor, request.is_by_token = actor, is_by_token  # type: ignore[attr-defined]
        if actor is None:
            return self.get_response(request)
        with acting_for(actor.sees, actor.speaks_for):
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal that no view has put into words."""
        if not isinstance(error, Refused):
            return None
        if request.path.startswith("/api/"):
            return problems.refused(error)
        context = {
            "title": error.text(),
            "text": error.help(),
            "status": error.status,
            "back": "/",
        }
        return render(request, "shell/error.html", context, status=error.status)


def actor_of(request: HttpRequest) -> tuple[Actor | None, bool]:
    """Who acts, and whether by a token. Raises 401 `Refused` for a token that is not good, 403 for
    a customer in whose name this person may not act, or not there.

    Before the door (`OPEN`) it is nobody, not even whoever is signed in: there is no door whose
    error would roll back that a try has failed.
    """
    if request.path.startswith(OPEN):
        return None, False
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    is_call = request.path.startswith("/api/")
    is_by_token = is_call and scheme.lower() == "bearer"
    if is_by_token:
        actor: Actor | None = actor_for_token(secret.strip(), at=clock.now())
        if actor and (customer := request.headers.get(BEHALF_HEADER, "").strip()):
            actor = seated(actor, customer)
    else:
        actor = _at_page(request)
    if actor and is_call:
        refuse_closed(actor, request.path)
    return actor, is_by_token


def _at_page(request: HttpRequest) -> Actor | None:
    """The person at the desk of the session, or in the name of the customer it is there for. Where
    the mandate was ended meanwhile, the person is at its own desk again."""
    actor, customer = actor_in(request), customer_in(request)
    if actor is None or not customer:
        if actor and actor.must_prove and request.path.startswith("/api/"):
            actor.require(next(iter(actor.held_back), ""))
        return actor
    try:
        return seated(actor, customer)
    except Forbidden:
        act_for(request, "")
        return actor
