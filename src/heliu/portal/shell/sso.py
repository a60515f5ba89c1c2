"""Signing in by one's house, and the page on which the house says where."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heliu.kernel.access import attempts
from heliu.kernel.access.request import address_of
from heliu.kernel.errors import Refused
from heliu.kernel.joining import queries
from heliu.kernel.joining.policies import right_over_domain
from heliu.kernel.sso import operations, saml
from heliu.kernel.sso.found import Here
from heliu.portal.shell.pages import (
    actor_of,
    attempt,
    back,
    deed,
    desk_page,
    now,
    say,
    see_other,
    show,
)
from heliu.portal.shell.sign_in import NO_DESK, TOO_MANY, come_in, people

KEPT = "sso"


@require_POST
@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """To the provider of the house whose domain the address is at."""
    email = request.POST.get("email", "").strip().lower()[:150]
    if not attempts.begin(account=f"sso {email}", address=address_of(request), at=now(request)):
        return _failed(request, _(TOO_MANY), 429)
    try:
        address, kept = operations.begin(
            email, back=_back(request), here=lambda house: _here(request, house)
        )
    except Refused as refusal:
        return _failed(request, refusal.whole(), refusal.status)
    attempts.succeeded(account=f"sso {email}")
    request.session[KEPT] = {**kept, "next": back(request)}
    return render(request, "shell/sso_away.html", {"address": address})


@require_GET
@never_cache
def back_from(request: HttpRequest) -> HttpResponse:
    """Back from the provider: in, or told why not."""
    kept = request.session.pop(KEPT, {})
    try:
        come = operations.end(kept, request.GET.dict(), back=_back(request), at=now(request))
    except Refused as refusal:
        return _failed(request, refusal.whole(), refusal.status)
    if not people.user_can_authenticate(come.user):
        return _failed(request, _(NO_DESK), 422)
    address = kept.get("next", "/")
    return come_in(request, come.user, "SSO", address, is_strong=come.is_strong, only=str(come.org))


@csrf_exempt  # the provider's page posts it; the signature says whose word it is
@require_POST
@never_cache
def heard(request: HttpRequest, house: UUID) -> HttpResponse:
    """What a house's SAML provider says, brought by the browser of whoever signed in there. As this
    comes from elsewhere it carries no session: that is asked for at our own next address, and
    wherever else the answer would lead (`RelayState`) is not gone to."""
    who = f"saml {house} {address_of(request)}"
    if not attempts.begin(account=who, address=address_of(request), at=now(request)):
        return _failed(request, _(TOO_MANY), 429)
    try:
        ticket = operations.hear(
            house, request.POST.get("SAMLResponse", ""), here=_here(request, house)
        )
    except Refused as refusal:
        return _failed(request, refusal.whole(), refusal.status)
    attempts.succeeded(account=who)
    return see_other(f"{reverse('sign_in_sso_back')}?{urlencode({'ticket': ticket})}")


@require_GET
def metadata(request: HttpRequest, house: UUID) -> HttpResponse:
    """What the SAML provider of a house is told of us."""
    told = saml.own_metadata(_here(request, house))
    return HttpResponse(told, content_type="application/samlmetadata+xml")


@require_http_methods(["GET", "POST"])
@desk_page
def company(request: HttpRequest) -> HttpResponse:
    """Where the people of the house sign in, for whoever may set it."""
    actor = actor_of(request)
    actor.require(right_over_domain(actor.party_roles))

    def do() -> str:
        is_on = request.POST.get("is_on") == "yes"
        if request.POST.get("protocol") == "SAML":
            operations.set_saml_provider(
                actor=actor,
                metadata=_told(request),
                entity=request.POST.get("entity", ""),
                is_on=is_on,
                at=now(request),
            )
        else:
            operations.set_provider(
                actor=actor,
                issuer=request.POST.get("issuer", ""),
                client_id=request.POST.get("client_id", ""),
                secret=request.POST.get("secret", ""),
                is_on=is_on,
                at=now(request),
            )
        say(request, _("Saved."))
        return reverse("company_sso")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer is not None:
        return answer
    kept = operations.provider(actor)
    context = {
        "kept": kept,
        "domain": queries.domain(actor),
        "back": _back(request),
        "here": _here(request, actor.own_org),
        "signs": saml.shown(kept.certificates.split()) if kept else [],
        "typed": request.POST if refusal else _set(kept),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/sso.html", context, here="company", status=status)


def _set(kept: Any) -> dict[str, str]:
    """What stands in the form before anybody types."""
    if kept is None:
        return {"protocol": "OIDC"}
    named = "issuer" if kept.protocol == "OIDC" else "entity"
    return {"protocol": kept.protocol, named: kept.issuer, "client_id": kept.client_id}


def _told(request: HttpRequest) -> str:
    """Metadata as they were pasted, or sent as a file."""
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("metadata", "")
    return str(file.read(saml.LARGEST + 1), "utf-8-sig", "replace")


def _back(request: HttpRequest) -> str:
    """Where an issuer of OpenID Connect sends people back to."""
    return request.build_absolute_uri(reverse("sign_in_sso_back"))


def _here(request: HttpRequest, house: UUID) -> Here:
    """Where the SAML provider of a house finds us."""
    answers, entity = (reverse(name, args=[house]) for name in ("saml_heard", "saml_metadata"))
    return Here(request.build_absolute_uri(answers), request.build_absolute_uri(entity))


def _failed(request: HttpRequest, words: str, status: int) -> HttpResponse:
    context = {"problem": words, "next": "/"}
    return render(request, "shell/sign_in.html", context, status=status)
