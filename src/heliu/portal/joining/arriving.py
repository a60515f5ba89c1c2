"""Coming to a house that is here: by its invitation, or by the domain of one's address."""

from __future__ import annotations

from django.contrib.auth import authenticate, get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from heliu.kernel.access import attempts, second_factor
from heliu.kernel.access.door import acting_for
from heliu.kernel.access.request import address_of, sit_down
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.joining.operations import people, signing_up
from heliu.kernel.joining.operations.people import Asking
from heliu.portal.joining.pages import over, too_often, tried
from heliu.portal.shell.pages import now, see_other
from heliu.portal.shell.sign_in import come_in, half_way


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Say who one is; a post writes to the address, whoever it is."""
    refusal = None
    if request.method == "POST":
        refusal = tried(lambda: _ask(request))
        if refusal is None:
            return see_other(reverse("join_sent"))
    context = {"typed": request.POST, "refusal": refusal}
    status = refusal.status if refusal else 200
    return render(request, "joining/ask.html", context, status=status)


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def colleague(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an invitation to work with a house."""
    org, invitation = people.door_of(token)
    try:
        with acting_for([org]):
            who = people.invited(org, invitation, at=now(request))
    except Refused as refusal:
        return over(request, refusal.text())
    return _arrive(request, who)


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def by_domain(request: HttpRequest, token: str) -> HttpResponse:
    """The link that confirms the mailbox of somebody who asks to be let in."""
    try:
        who = people.asking(token, at=now(request))
    except Refused as refusal:
        if refusal.status != 410:
            raise
        return over(request, refusal.whole())
    return _arrive(request, who)


def _ask(request: HttpRequest) -> None:
    at, email = now(request), signing_up.an_address(request.POST.get("email", ""))
    if not attempts.begin_sign_up(account=email, address=address_of(request), at=at):
        raise too_often()
    org = signing_up.new_door()
    with acting_for([org]):
        name = request.POST.get("name", "")
        people.ask(org, email=email, name=name, language=get_language() or "en", at=at)


def _arrive(request: HttpRequest, who: Asking) -> HttpResponse:
    """Choose a password, or give the one that is there already."""
    is_known = get_user_model().objects.filter(username=who.email).exists()
    refusal = None
    if request.method == "POST":
        try:
            return _let_in(request, who, is_known=is_known)
        except Refused as error:
            refusal = error
            if error.status == 410:
                return over(request, error.text())
    context = {"who": who, "is_known": is_known, "refusal": refusal}
    status = refusal.status if refusal else 200
    return render(request, "joining/arrive.html", context, status=status)


def _let_in(request: HttpRequest, who: Asking, *, is_known: bool) -> HttpResponse:
    at, password = now(request), request.POST.get("password", "")
    if is_known:
        _require_own_password(request, who, password)
    elif password != request.POST.get("again", ""):
        raise Invalid("passwords-differ", "The two are not the same.", field="again")
    with acting_for([who.org]):
        user, is_in = people.arrive(who, password=password, at=at, language=get_language() or "en")
    if not is_in:
        return render(request, "joining/asked.html", {"who": who})
    person = get_user_model().objects.get(pk=user.pk)
    if is_known and second_factor.has_factor(person):
        return half_way(request, person, "/")
    answer = come_in(request, person, "PASSWORD", "/")
    sit_down(request, who.org)
    return answer


def _require_own_password(request: HttpRequest, who: Asking, password: str) -> None:
    if not attempts.begin(account=who.email, address=address_of(request), at=now(request)):
        raise too_often()
    if authenticate(request, username=who.email, password=password) is None:
        raise Invalid(
            "password-wrong", "This e-mail and password do not go together.", field="password"
        )
    attempts.succeeded(account=who.email)
