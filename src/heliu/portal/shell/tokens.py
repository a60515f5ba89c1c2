"""Tokens: what lets programs in, for whoever issues them and with what that person may do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from heliu.kernel.access import operations, second_factor
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.queries import tokens_of
from heliu.kernel.access.request import ONLY, STRONG
from heliu.kernel.errors import Forbidden, Invalid, NotFound
from heliu.portal.shell.pages import actor_of, attempt, desk_page, id_in, now, say, see_other, show
from heliu.portal.ui import parts

DAYS = ("30", "90", "365", "")  # how long one holds; '' is until it is revoked
USUAL = "365"
ROWS = 50


class Row(NamedTuple):
    """A token as it is drawn: its state in words and tone."""

    one: Any
    state: tuple[str, str]
    is_live: bool


@never_cache
@require_http_methods(["GET", "POST"])
@desk_page
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens the reader may know of; a new one is shown on the answer that made it, only."""
    actor = actor_of(request)
    if actor.behalf:
        raise NotFound()
    acts = {"issue": _issue, "revoke": _revoke}
    secrets: list[str] = []

    def do() -> HttpResponse:
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            raise Invalid("choice-unknown", "There is no such choice.", field="act")
        secrets.extend(act(request, actor))
        return see_other(reverse("tokens"))

    answer, refusal = attempt(request, do) if request.method == "POST" else (None, None)
    if answer is not None and not secrets:
        return answer
    leaf = parts.Leaves(tokens_of(actor), ROWS).get_page(request.GET.get("page"))
    context = {
        "rows": [_row(request, one) for one in leaf],
        "pager": parts.pager(leaf),
        "secret": secrets[0] if secrets else "",
        "refusal": refusal,
        "typed": request.POST if refusal else {"days": USUAL},
        "choices": [(days, _lasting(days)) for days in DAYS],
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/tokens.html", context, here="company", status=status)


def _issue(request: HttpRequest, actor: Actor) -> list[str]:
    user, at, days = _proved(request, actor), now(request), request.POST.get("days", USUAL)
    if days not in DAYS:
        raise Invalid("choice-unknown", "There is no such choice.", field="days")
    secret = operations.issue_token(
        actor=actor,
        user=user,
        org=actor.own_org,
        label=request.POST.get("label", ""),
        at=at,
        expires_at=at + timedelta(days=int(days)) if days else None,
    )
    return [secret]


def _revoke(request: HttpRequest, actor: Actor) -> list[str]:
    token: UUID | None = id_in(request.POST.get("token", ""))
    if token is None:
        raise NotFound()
    found = operations.revoke_token(token, actor=actor, at=now(request))
    say(request, _("%(name)s is let in no longer.") % {"name": found.label})
    return []


def _proved(request: HttpRequest, actor: Actor) -> Any:
    """The person. Programs are never asked for a second factor: whoever has one, or is asked for
    one, proves it before letting a program in."""
    for permission in actor.held_back:
        actor.require(permission)
    user: Any = request.user
    has_proved = request.session.get(STRONG) or request.session.get(ONLY)
    if second_factor.has_factor(user) and not has_proved:
        raise Forbidden(
            "prove-first",
            "Sign in with your second factor first.",
            help="Sign out, and in again with it.",
        )
    return user


def _row(request: HttpRequest, one: Any) -> Row:
    is_over = one.expires_at is not None and one.expires_at <= now(request)
    if one.revoked_at:
        return Row(one, (pgettext("token", "Revoked"), "quiet"), False)
    if is_over:
        return Row(one, (pgettext("token", "Expired"), "quiet"), False)
    return Row(one, (pgettext("token", "In use"), "good"), True)


def _lasting(days: str) -> str:
    return _("%(n)s days") % {"n": days} if days else _("until it is revoked")
