"""Signing in and out, and sitting down at another desk."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate, get_user_model, load_backend, login, logout
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from heliu.kernel.access import attempts, second_factor
from heliu.kernel.access.desks import desks_of
from heliu.kernel.access.request import ONLY, STRONG, address_of, sit_down
from heliu.kernel.errors import Refused
from heliu.portal import desks
from heliu.portal.shell.demo import Seat, demo_seats
from heliu.portal.shell.pages import back, now, see_other

HALF, ASKED = "half", "passkey_asked"
PATIENCE = 600  # seconds between password and second factor
TOO_MANY = N_("Too many tries. Wait a quarter of an hour, then sign in again.")
NO_DESK = N_("You sit at no desk yet. Ask the owner of your organisation to add you.")
people: Any = load_backend(settings.AUTHENTICATION_BACKENDS[0])


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Log in by e-mail and password; in the demonstration also with one click."""
    problem, status, email = "", 200, request.POST.get("email", "").strip().lower()
    if request.method == "POST" and not attempts.begin(
        account=email, address=address_of(request), at=now(request)
    ):
        problem, status = _(TOO_MANY), 429
    elif request.method == "POST":
        user = authenticate(request, username=email, password=request.POST.get("password", ""))
        if user is not None:
            attempts.succeeded(account=email)
        own = desks_of(user.pk) if user else []
        if user is not None and own and second_factor.has_factor(user):
            return half_way(request, user, back(request))
        if user is not None and own:
            return come_in(request, user, "PASSWORD", back(request))
        status = 422
        problem = _(NO_DESK) if user else _("This e-mail and password do not go together.")
    context = {
        "email": email,
        "problem": problem,
        "next": back(request),
        "desks": _by_desk(demo_seats()) if settings.DEMO else [],
    }
    return render(request, "shell/sign_in.html", context, status=status)


def half_way(request: HttpRequest, user: Any, address: str) -> HttpResponse:
    """The password was right; who has a second factor proves it before coming in."""
    request.session[HALF] = {"user": str(user.pk), "at": now(request).timestamp(), "next": address}
    return see_other(reverse("sign_in_second"))


def come_in(
    request: HttpRequest,
    user: Any,
    how: str,
    address: str,
    *,
    is_strong: bool = False,
    only: str = "",
) -> HttpResponse:
    """Sit down at the first desk (with `only`, of this house), and go where the person wanted."""
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.pop(HALF, None)
    request.session[STRONG], request.session[ONLY] = is_strong, only
    _sit(request, only or str(desks_of(user.pk)[0].org))
    second_factor.signed_in(user, how, at=now(request))
    return _remember(request, user, address)


@never_cache
@sensitive_post_parameters("code")
def second(request: HttpRequest) -> HttpResponse:
    """The second step: a code of the app or a recovery code; a passkey comes by its own address."""
    half = request.session.get(HALF) or {"user": UUID(int=0)}
    user = get_user_model().objects.filter(pk=half["user"], is_active=True).first()
    at = now(request)
    if user is None or at.timestamp() - half.get("at", 0) > PATIENCE:
        return see_other(reverse("sign_in"))
    problem, status, account = "", 200, f"second {user.pk}"
    if request.method == "POST":
        if not attempts.begin(account=account, address=address_of(request), at=at):
            problem, status = TOO_MANY, 429
        else:
            try:
                how = second_factor.prove_by_code(user, request.POST.get("code", ""), at=at)
            except Refused as refusal:
                problem, status = refusal.whole(), 422
            else:
                attempts.succeeded(account=account)
                return come_in(request, user, how, half.get("next", "/"), is_strong=True)
    context = {"problem": _(problem), "person": str(user), "next": half.get("next", "/")}
    return render(request, "shell/second.html", context, status=status)


@require_POST
@never_cache
def passkey(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey: first what the browser is asked, then its answer. It needs neither
    address nor password."""
    host, at = host_of(request), now(request)
    account = f"passkey {address_of(request)}"
    if not attempts.begin(account=account, address=address_of(request), at=at):
        return JsonResponse({"problem": _(TOO_MANY)}, status=429)
    if request.POST.get("step") == "begin":
        asked, request.session[ASKED] = second_factor.begin_proof(host=host)
        attempts.succeeded(account=account)
        return JsonResponse(asked)
    try:
        user = second_factor.prove_by_passkey(
            request.session.pop(ASKED, {}), answer_in(request), host=host, at=at
        )
    except Refused as refusal:
        return JsonResponse({"problem": refusal.whole()}, status=422)
    if not people.user_can_authenticate(user) or not desks_of(user.pk):
        return JsonResponse({"problem": _(NO_DESK)}, status=422)
    attempts.succeeded(account=account)
    come = come_in(request, user, "PASSKEY", back(request), is_strong=True)
    answer = JsonResponse({"next": come["Location"]})
    answer.cookies.update(come.cookies)
    return answer


def host_of(request: HttpRequest) -> str:
    """The name passkeys are bound to: that of the site, without the port."""
    return request.get_host().partition(":")[0]


def answer_in(request: HttpRequest) -> dict[str, Any]:
    """What the browser's passkey said; {} where it is no such thing."""
    try:
        said = json.loads(request.POST.get("credential", ""))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave; the next page is the door."""
    logout(request)
    return see_other(reverse("sign_in"))


@require_POST
def switch_desk(request: HttpRequest) -> HttpResponse:
    """Sit down at another desk: one's own, in the demonstration anybody's.

    ``desk`` is posted as organisation, kind and, in the demonstration, person.
    """
    org, kind, person = [*request.POST.get("desk", "").split("/"), "", ""][:3]
    if settings.DEMO and person:
        seat = next((s for s in demo_seats() if s.value == f"{org}/{kind}/{person}"), None)
        if seat is None:
            raise Http404
        user = get_user_model().objects.get(pk=seat.user_id)
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        _sit(request, org, kind)
        return _remember(request, user, _shared_page(request))
    user_id = request.user.pk
    only = request.session.get(ONLY)
    own = {str(desk.org) for desk in desks_of(user_id)} if user_id else set()
    if org not in own or (only and org != only):
        raise Http404
    _sit(request, org, kind)
    return see_other("/")


def _sit(request: HttpRequest, org: str, kind: str = "") -> None:
    sit_down(request, UUID(org))
    request.session[desks.SESSION_KIND] = kind


def _shared_page(request: HttpRequest) -> str:
    """A deal stays open when the chair changes; everything else begins at the desk's home."""
    path = urlsplit(back(request)).path
    return path if path.startswith("/deals/") else "/"


def _remember(request: HttpRequest, user: object, address: str) -> HttpResponse:
    """Go on in the language in which the person reads, unless another was just chosen."""
    answer = see_other(address)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax")  # type: ignore[attr-defined]
    return answer


def _by_desk(seats: Iterable[Seat]) -> list[tuple[str, list[Seat]]]:
    return [(_(label), list(group)) for label, group in groupby(seats, key=lambda seat: seat.desk)]
