"""The form in which a bank writes a programme, or a new version of one, and sends it off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from heliu.capital.credit import drafting
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.parties import queries as parties
from heliu.portal.bank import programme_fields as fields
from heliu.portal.bank.programme_form import own
from heliu.portal.bank.programmes import terms_of
from heliu.portal.shell.approvals import asked
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.trade import programmes


@require_http_methods(["GET", "POST"])
@desk_page
def new(request: HttpRequest) -> HttpResponse:
    """A new programme; `?of=` begins a new version of one that is there."""
    actor, at = actor_of(request), now(request)
    actor.require("override")
    of = own(actor, _id(said)) if (said := request.GET.get("of")) else None
    stands = fields.texts(of) if of else fields.start()

    def do() -> str:
        one = programmes.write(
            fields.read(request.POST), seller=of.seller if of else _seller(request.POST),
            programme=of.pk if of else None, actor=actor, at=at,
        )  # fmt: skip
        return reverse("bank_programme_draft", args=[one.pk])

    return _form(request, do, stands, of=of)


@require_http_methods(["GET", "POST"])
@desk_page
def draft(request: HttpRequest, draft: UUID) -> HttpResponse:
    """A draft to go on with, or what was offered and said to it."""
    actor, at = actor_of(request), now(request)
    one = _own(actor, draft)

    def do() -> str:
        written = programmes.write(
            fields.read(request.POST), seller=one.seller, programme=one.programme_id,
            draft=one.pk, actor=actor, at=at,
        )  # fmt: skip
        return reverse("bank_programme_draft", args=[written.pk])

    return _form(request, do, fields.texts(drafting.programme_of(one)), draft=one, of=one.programme)


@require_POST
@desk_page
def act(request: HttpRequest, draft: UUID, act: str) -> HttpResponse:
    """Send a draft to its seller, or take it back."""
    actor, at = actor_of(request), now(request)
    if act not in ("send", "withdraw"):
        raise NotFound()

    def do() -> str:
        one = getattr(programmes, act)(_own(actor, draft).pk, actor=actor, at=at)
        if programmes.is_asked(one):
            return asked(request, one)
        words = {
            "OFFERED": _("The seller is asked. It is in force when it agrees."),
            "AGREED": _("It is in force for new offers."),
            "WITHDRAWN": _("Taken back."),
        }
        say(request, words[one.status])
        return reverse("bank_programmes")

    return deed(request, do)


def _form(
    request: HttpRequest,
    do: Callable[[], str],
    stands: Mapping[str, str],
    *,
    draft: Any = None,
    of: Any = None,
) -> HttpResponse:
    actor = actor_of(request)
    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    typed = request.POST if request.method == "POST" else stands
    is_open = draft is None or draft.status == "DRAFT"
    context = {
        "draft": draft,
        "of": of,
        "is_open": is_open,
        "binds": draft is not None and is_open and drafting.binds_anew(draft),
        "seller": parties.names([draft.seller]).get(draft.seller) if draft else None,
        "sellers": [] if draft or of else _sellers(actor),
        "groups": [
            (title, [_shown(one, typed, stands) for one in asked]) for title, asked in fields.GROUPS
        ],
        "sent": [] if is_open else terms_of(drafting.programme_of(draft)),
        "typed_seller": request.POST.get("seller", ""),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return answer or show(
        request, "bank/programme_draft.html", context, here="bank_programmes", status=status
    )


def _shown(
    one: fields.Asked, typed: Mapping[str, str], stands: Mapping[str, str]
) -> dict[str, Any]:
    value = typed.get(one.name, "")
    choices = drafting.choices_of(one.name)
    return {
        "name": one.name,
        "words": one.words,
        "unit": one.unit,
        "help": one.help,
        "kind": {fields.CHOICE: "choice", fields.FLAG: "flag", fields.TEXT: "text"}.get(
            one.kind, "number"
        ),
        "value": value,
        "choices": [(v, words, v == value) for v, words in choices],
    }


def _sellers(actor: Actor) -> list[Any]:
    return list(parties.in_role("SELLER", actor).filter(is_active=True).order_by("name"))


def _seller(posted: QueryDict) -> UUID:
    return _id(posted.get("seller", ""))


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise Invalid("seller-unknown", "Choose a seller.", field="seller") from None


def _own(actor: Actor, draft: UUID) -> Any:
    actor.require("override")
    found = drafting.visible_to(actor).filter(pk=draft, lender__in=actor.orgs)
    one = found.select_related("programme").first()
    if one is None:
        raise NotFound()
    return one
