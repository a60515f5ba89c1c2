"""How somebody signs in: second factors, recovery codes, what their house asks."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from heliu.kernel.access import second_factor, totp
from heliu.kernel.access.may import words_of
from heliu.kernel.access.request import ONLY, STRONG
from heliu.kernel.access.role_editing import may_give
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.portal.shell.pages import (
    actor_of,
    attempt,
    desk_page,
    now,
    say,
    see_other,
    show,
)
from heliu.portal.shell.sign_in import answer_in, host_of

SECRET, ASKED = "totp_secret", "passkey_made"
HOW = {
    "PASSWORD": N_("Password"),
    "TOTP": N_("Password and app"),
    "CODE": N_("Password and recovery code"),
    "PASSKEY": N_("Passkey"),
    "SSO": N_("Sign-in of the house"),
}


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@desk_page
def security(request: HttpRequest) -> HttpResponse:
    """The person's second factors; for whoever manages the house what it asks of its people."""
    acts = {"app": _app, "drop": _drop, "codes": _codes, "demand": _demand}
    codes: list[str] = []

    def do() -> HttpResponse:
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            raise Invalid("choice-unknown", "There is no such choice.", field="act")
        codes.extend(act(request, now(request)) or ())
        return see_other(reverse("security"))

    answer, refusal = attempt(request, do) if request.method == "POST" else (None, None)
    if answer is not None and not codes:
        return answer
    return _page(request, refusal, codes)


def _owned(request: HttpRequest) -> Any:
    """The person, who changes nothing about its factors without having proved one it has."""
    user: Any = request.user
    if request.session.get(ONLY):
        raise Forbidden(
            "own-sign-in-first",
            "Your house has signed you in: your own second factors are changed from your own"
            " sign-in.",
            help="Sign in with your password first.",
        )
    if second_factor.has_factor(user) and not request.session.get(STRONG):
        raise Forbidden(
            "prove-first",
            "Sign in with your second factor first.",
            help="Sign out, and in again with it.",
        )
    return user


def _app(request: HttpRequest, at: datetime) -> list[str]:
    """The app showed a code of the secret: from now on it is asked for."""
    user, secret = _owned(request), base64.b64decode(request.session.get(SECRET, ""))
    if not secret:
        raise Invalid("secret-missing", "Reload the page and scan the square anew.", field="code")
    second_factor.enrol_totp(user, secret, request.POST.get("code", ""), at=at)
    request.session.pop(SECRET, None)
    return _proved(request, user)


def _proved(request: HttpRequest, user: Any) -> list[str]:
    """With the first factor come recovery codes."""
    request.session[STRONG] = True
    say(request, _("It is set up. From now on it is asked for when you sign in."))
    return [] if second_factor.codes_left(user) else second_factor.fresh_codes(user)


def _drop(request: HttpRequest, at: datetime) -> None:
    try:
        factor = UUID(request.POST.get("factor", ""))
    except ValueError:
        raise NotFound() from None
    second_factor.drop(factor, user=_owned(request))
    say(request, _("It is taken away."))


def _codes(request: HttpRequest, at: datetime) -> list[str]:
    user = _owned(request)
    if not second_factor.has_factor(user):
        raise Refused("no-factor", "Set up a second factor first.")
    return second_factor.fresh_codes(user)


def _demand(request: HttpRequest, at: datetime) -> None:
    actor = actor_of(request)
    kept = [one for one in request.POST.getlist("permission") if one in words_for(request)]
    second_factor.demand(
        actor=actor, everybody=request.POST.get("everybody") == "yes", permissions=kept, at=at
    )
    say(request, _("Saved."))


def words_for(request: HttpRequest) -> dict[str, str]:
    """What the house's people may do, in words."""
    return {one: words_of(one) for one in may_give(actor_of(request))}


@require_POST
@never_cache
@desk_page
def passkey(request: HttpRequest) -> HttpResponse:
    """Make a passkey: first what the browser is asked, then what it made."""
    host, at = host_of(request), now(request)
    try:
        user = _owned(request)
        if request.POST.get("step") == "begin":
            asked, request.session[ASKED] = second_factor.begin_passkey(user, host=host)
            return JsonResponse(asked)
        second_factor.keep_passkey(
            user,
            request.session.pop(ASKED, {}),
            answer_in(request),
            name=request.POST.get("name", ""),
            host=host,
            at=at,
        )
    except Refused as refusal:
        return JsonResponse({"problem": refusal.whole()}, status=refusal.status)
    request.session[STRONG] = True
    say(request, _("It is set up. From now on it is asked for when you sign in."))
    return JsonResponse({"next": reverse("security")})


def _page(request: HttpRequest, refusal: Refused | None, codes: list[str]) -> HttpResponse:
    actor, user = actor_of(request), request.user
    held = second_factor.factors(user)  # type: ignore[arg-type]
    has_app = any(one.kind == "TOTP" for one in held)
    demand = second_factor.demanded(actor)
    context: dict[str, Any] = {
        "factors": held,
        "has_app": has_app,
        "is_strong": bool(request.session.get(STRONG)),
        "codes": codes,
        "codes_left": second_factor.codes_left(user),  # type: ignore[arg-type]
        "sign_ins": [(one, _(HOW[one.how])) for one in second_factor.sign_ins(user)],  # type: ignore[arg-type]
        "must": actor.must_prove or bool(actor.held_back),
        "may_manage": actor.may("manage"),
        "may_renew": user.has_usable_password(),  # type: ignore[union-attr]  # else by the house
        "everybody": bool(demand and demand.everybody),
        "choices": [
            (may, words, bool(demand and may in demand.permissions))
            for may, words in words_for(request).items()
        ],
        "refusal": refusal,
        "act": request.POST.get("act", ""),
    }
    if not has_app:
        secret = base64.b64decode(request.session.get(SECRET, "")) or second_factor.fresh_secret()
        request.session[SECRET] = base64.b64encode(secret).decode()
        address = totp.address(
            secret, account=getattr(user, "username", ""), issuer=second_factor.ISSUER
        )
        context["square"] = segno.make(address, error="m").svg_data_uri(scale=4, border=2)
        context["typed_form"] = totp.typed_form(secret)
    status = refusal.status if refusal else 200
    return show(request, "shell/security.html", context, here="security", status=status)
