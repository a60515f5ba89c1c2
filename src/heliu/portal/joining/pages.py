"""Before the door: signing up and choosing a password. Nobody acts here; each page that writes
opens the door of the one organisation that may come of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from heliu.kernel.access import attempts
from heliu.kernel.access.door import acting_for
from heliu.kernel.access.request import address_of, sit_down
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.joining import queries
from heliu.kernel.joining.operations import signing_up
from heliu.kernel.joining.operations.signing_up import Wanted
from heliu.kernel.joining.sandbox import samples
from heliu.portal.shell.pages import now, see_other
from heliu.trade import joining

FIELDS = ("name", "country", "number", "contact", "email", "phone")


@never_cache
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask who wants to join; a post writes to the address, whoever it is."""
    return _sign_up(request, None, None)


@never_cache
@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """The same, for somebody whom a seller has invited."""
    invitation = signing_up.invitation_of(token)
    sender = queries.invited(invitation, at=now(request))
    if not sender.is_open:
        return over(request, _("This invitation no longer holds."))
    return _sign_up(request, invitation, sender)


@never_cache
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """Look into the mailbox: the same for everybody."""
    return render(request, "joining/sent.html")


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail: choose a password, and be in."""
    org = signing_up.door_of(token)
    try:
        with acting_for([org]):
            found = queries.sign_up(org)
    except NotFound:
        return over(request, _("This link no longer holds. Sign up again."))
    refusal = None
    if request.method == "POST":
        refusal = tried(lambda: _confirm(request, org))
        if refusal is None:
            return see_other(reverse("joining"))
        if refusal.status == 410:
            return over(request, refusal.text())
    context = {"found": found, "refusal": refusal}
    status = refusal.status if refusal else 200
    return render(request, "joining/confirm.html", context, status=status)


def _confirm(request: HttpRequest, org: UUID) -> None:
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        raise Invalid("passwords-differ", "The two are not the same.", field="again")
    with acting_for([org]):
        user = signing_up.confirm(org, password=password, at=now(request))
        joining.wake()
    person = get_user_model().objects.get(pk=user.pk)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    sit_down(request, org)


def _sign_up(
    request: HttpRequest, invitation: UUID | None, sender: queries.Invited | None
) -> HttpResponse:
    rules = queries.rules()
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in FIELDS}
    refusal = None
    if request.method == "POST":
        join_as = request.POST.get("join_as", "DEALER")
        wanted = Wanted(**typed, join_as=join_as, invitation=invitation)
        refusal = tried(lambda: _write(request, wanted))
        if refusal is None:
            return see_other(reverse("join_sent"))
    elif sender:
        typed |= {"name": sender.name, "email": sender.email}
    context = {
        "typed": typed | {"country": typed["country"] or "CN"},
        "join_as": request.POST.get("join_as", "DEALER"),
        "choices": queries.JOIN_AS if rules.sellers == "MANY" and sender is None else (),
        "sender": sender,
        "is_closed": sender is None and rules.door != "OPEN",
        "refusal": refusal,
        "sample": samples.OPEN if settings.DEMO else None,
    }
    status = refusal.status if refusal else 200
    return render(request, "joining/sign_up.html", context, status=status)


def _write(request: HttpRequest, typed: Wanted) -> None:
    at = now(request)
    wanted = signing_up.checked(typed, at=at)
    if not attempts.begin_sign_up(account=wanted.email, address=address_of(request), at=at):
        raise too_often()
    org = signing_up.new_door()
    with acting_for([org]):
        signing_up.sign_up(org, wanted, language=get_language() or "en", at=at)


def too_often() -> Refused:
    """What is said to whoever asks again and again."""
    return Refused(
        "too-often",
        "Too many sign-ups from here or with this address.",
        help="Wait a quarter of an hour, then send it again.",
        status=429,
    )


def tried(do: Callable[[], None]) -> Refused | None:
    """Why it was not done, if it was not."""
    try:
        do()
    except Refused as refusal:
        return refusal
    return None


def over(request: HttpRequest, words: str) -> HttpResponse:
    """The page of a link that no longer holds, 410."""
    return render(request, "joining/over.html", {"words": words}, status=410)
