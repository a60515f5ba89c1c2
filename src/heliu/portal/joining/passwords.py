"""A forgotten password: ask for a link, choose a new one by it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from heliu.kernel.access import attempts
from heliu.kernel.access.door import acting_for
from heliu.kernel.access.request import address_of
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.joining.operations import passwords, signing_up
from heliu.portal.joining.pages import over, tried
from heliu.portal.shell.pages import now, say, see_other


@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by one's address; the answer is the same whether or not it has a log-in."""
    refusal = None
    if request.method == "POST":
        refusal = tried(lambda: _write(request))
        if refusal is None:
            return render(request, "joining/forgotten_sent.html")
    context = {"typed": request.POST, "refusal": refusal}
    status = refusal.status if refusal else 200
    return render(request, "joining/forgotten.html", context, status=status)


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def renew(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: choose a new password, then sign in with it."""
    at, refusal = now(request), None
    try:
        person = passwords.whose(token, at=at)
        if request.method == "POST":
            _set(request, token)
            say(request, _("The new password holds. Sign in with it."))
            return see_other(reverse("sign_in"))
    except Invalid as error:
        refusal = error
    except Refused as error:
        if error.status != 410:
            raise
        return over(request, error.text())
    context = {"person": person, "refusal": refusal}
    status = refusal.status if refusal else 200
    return render(request, "joining/renew.html", context, status=status)


def _write(request: HttpRequest) -> None:
    at, email = now(request), signing_up.an_address(request.POST.get("email", ""))
    account = f"password {email}"
    if not attempts.begin_sign_up(account=account, address=address_of(request), at=at):
        raise Refused(
            "too-often",
            "A link was asked for too often from here or for this address.",
            help="Wait a quarter of an hour, then send it again.",
            status=429,
        )
    org = signing_up.new_door()
    with acting_for([org]):
        passwords.forgotten(email, org=org, language=get_language() or "en", at=at)


def _set(request: HttpRequest, token: str) -> None:
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        raise Invalid("passwords-differ", "The two are not the same.", field="again")
    passwords.renew(token, password=password, at=now(request))
