"""Who works for the house: invited, one by one or by a sheet, or let in by its domain of mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.kernel.access import operations as access
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.queries import people_of
from heliu.kernel.access.role_editing import by_need, roles
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.joining import queries
from heliu.kernel.joining.operations import people
from heliu.kernel.joining.policies import right_over_domain
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.shell.titles import role_words, title_words

ROWS = 200


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The people, those invited and those who ask; a post does one thing with them."""
    actor, at = actor_of(request), now(request)
    actor.require("manage")
    bad: list[people.Row] = []

    def do() -> str:
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Invalid("choice-unknown", "There is no such choice.", field="act")
        bad.extend(act(request, actor, at))
        return reverse("people")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer is not None and not bad:
        return answer
    return _page(request, actor, refusal, bad)


def _invite(request: HttpRequest, actor: Actor, at: datetime) -> list[people.Row]:
    typed = {name: request.POST.get(name, "") for name in ("email", "name", "role")}
    people.invite(actor=actor, **typed, language=get_language() or "en", at=at)
    say(request, _("The invitation is on its way."))
    return []


def _import(request: HttpRequest, actor: Actor, at: datetime) -> list[people.Row]:
    """Good rows are invited at once; the others are shown with what is wrong, to be sent again."""
    file = request.FILES.get("sheet")
    if file is None:
        raise Invalid("file-missing", "Choose a file.", field="sheet")
    rows = people.rows_of(file.read())
    done, bad = people.invite_all(rows, actor=actor, language=get_language() or "en", at=at)
    say(
        request,
        ngettext("%(n)d person is invited.", "%(n)d people are invited.", done) % {"n": done},
    )
    return bad


def _withdraw(request: HttpRequest, actor: Actor, at: datetime) -> list[people.Row]:
    people.withdraw(_id(request, "colleague"), actor=actor, at=at)
    say(request, _("It is taken back."))
    return []


def _let_in(request: HttpRequest, actor: Actor, at: datetime) -> list[people.Row]:
    role = request.POST.get("role", "")
    people.let_in(_id(request, "colleague"), actor=actor, role=role, at=at)
    say(request, _("They may sign in now."))
    return []


def _unseat(request: HttpRequest, actor: Actor, at: datetime) -> list[people.Row]:
    access.unseat(_id(request, "member"), actor=actor)
    say(request, _("Their desk is closed; what they did stays."))
    return []


def _domain(request: HttpRequest, actor: Actor, at: datetime) -> list[people.Row]:
    lets_in = request.POST.get("lets_in", "")
    if lets_in == "NO":
        people.drop_domain(actor=actor)
    else:
        people.claim_domain(actor=actor, lets_in=lets_in, at=at)
    say(request, _("Saved."))
    return []


ACTS: dict[str, Callable[[HttpRequest, Actor, datetime], list[people.Row]]] = {
    "invite": _invite,
    "import": _import,
    "withdraw": _withdraw,
    "let-in": _let_in,
    "unseat": _unseat,
    "domain": _domain,
}


def _page(
    request: HttpRequest, actor: Actor, refusal: Refused | None, bad: list[people.Row]
) -> HttpResponse:
    domain = queries.domain(actor)
    context = {
        "people": [
            (member, title_words(str(member.title)), member.user_id == actor.user_id)
            for member in people_of(actor).filter(is_active=True)[:ROWS]
        ],
        "waiting": list(queries.colleagues(actor)[:ROWS]),
        "roles": [(one.code, role_words(one)) for one in by_need(roles(actor))],
        "domain": domain,
        "lets_in": [("NO", _("nobody is let in by it")), *queries.LETS_IN],
        "may_set_domain": actor.may(right_over_domain(actor.party_roles)),
        "held": domain.lets_in if domain else "NO",
        "bad": bad,
        "typed": request.POST if refusal else {},
        "refusal": refusal,
        "act": request.POST.get("act", ""),
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/people.html", context, here="company", status=status)


def _id(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise NotFound() from None
