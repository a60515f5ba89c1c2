"""Signing in and out, and sitting down at another desk."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate, get_user_model, login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from heliu.kernel.access import attempts
from heliu.kernel.access.desks import desks_of
from heliu.kernel.access.request import address_of, sit_down
from heliu.portal import desks
from heliu.portal.shell.demo import Seat, demo_seats
from heliu.portal.shell.pages import back, now, see_other


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Log in by e-mail and password; in the demonstration also with one click."""
    problem, status, email = "", 200, request.POST.get("email", "").strip().lower()
    if request.method == "POST" and not attempts.begin(
        account=email, address=address_of(request), at=now(request)
    ):
        problem, status = _("Too many tries. Wait a quarter of an hour, then sign in again."), 429
    elif request.method == "POST":
        user = authenticate(request, username=email, password=request.POST.get("password", ""))
        if user is not None:
            attempts.succeeded(account=email)
        own = desks_of(user.pk) if user else []
        if user is not None and own:
            login(request, user)
            _sit(request, str(own[0].org))
            return _remember(request, user, back(request))
        status = 422
        problem = (
            _("You sit at no desk yet. Ask the owner of your organisation to add you.")
            if user
            else _("This e-mail and password do not go together.")
        )
    context = {
        "email": email,
        "problem": problem,
        "next": back(request),
        "desks": _by_desk(demo_seats()) if settings.DEMO else [],
    }
    return render(request, "shell/sign_in.html", context, status=status)


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
    if user_id is None or org not in {str(desk.org) for desk in desks_of(user_id)}:
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
