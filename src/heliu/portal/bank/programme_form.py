"""The form in which a bank says how a programme finances and what the seller has promised."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.credit import drafting
from heliu.capital.credit import queries as credit
from heliu.capital.credit.policies import Modes
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.parties.queries import names
from heliu.portal.shell.approvals import asked
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.trade import programmes


class Question(NamedTuple):
    """One choice of the form; `choices` are (value, words, whether it stands)."""

    name: str
    words: str
    help: str
    choices: list[tuple[str, str, bool]]


@require_http_methods(["GET", "POST"])
@desk_page
def change(request: HttpRequest, programme: UUID) -> HttpResponse:
    """The modes of a programme and the seller's duty; a post changes them for new offers."""
    actor, at = actor_of(request), now(request)
    found = own(actor, programme)
    actor.require("override")

    def do() -> str:
        done = programmes.change(found.pk, _typed(request.POST), actor=actor, at=at)
        if programmes.is_asked(done):
            return asked(request, done)
        is_asked = drafting.visible_to(actor).filter(programme=found.pk, status="OFFERED").exists()
        say(
            request,
            _("Changed for new offers; the seller's duty holds when the seller agrees.")
            if is_asked
            else _("Changed for new offers; deals that are made stay as they were."),
        )
        return reverse("bank_programmes")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    context = {
        "programme": found,
        "seller": names([found.seller])[found.seller],
        "questions": _questions(found, request.POST),
        "share": request.POST.get(
            "buy_back_share", f"{(found.buy_back_share * 100).normalize():f}"
        ),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return answer or show(
        request, "bank/programme_form.html", context, here="bank_programmes", status=status
    )


def own(actor: Actor, programme: UUID) -> Any:
    """One programme of this bank, or `NotFound`."""
    found = credit.programmes_visible_to(actor).filter(pk=programme, lender__in=actor.orgs).first()
    if found is None:
        raise NotFound()
    return found


def _questions(programme: Any, typed: QueryDict) -> list[Question]:
    """Each mode with all its choices; what was typed stands, else what holds now."""
    asked = (
        ("instrument", _("Financed with"), ""),
        (
            "deposit_mode",
            _("What the deposit does"),
            _("A bill rests on a margin: the dealer fills it up before the bill is due."),
        ),
        (
            "release_mode",
            _("Sets goods free"),
            _("Beside a bill goods come free for all that was paid in."),
        ),
        (
            "seller_duty",
            _("Duty of the seller"),
            _("For goods of a dealer in default. Another duty holds when the seller agrees."),
        ),
    )
    return [
        Question(name, words, said, _choices(programme, name, typed)) for name, words, said in asked
    ]


def _choices(programme: Any, name: str, typed: QueryDict) -> list[tuple[str, str, bool]]:
    stands = typed.get(name, getattr(programme, name))
    choices = programme._meta.get_field(name).choices
    return [
        (value, str(words), value == stands)
        for value, words in choices
        if value != "FLOOR"  # that is how stock is held, not an order's goods
    ]


def _typed(typed: QueryDict) -> Modes:
    return Modes(
        instrument=typed.get("instrument", ""),
        deposit_mode=typed.get("deposit_mode", ""),
        release_mode=typed.get("release_mode", ""),
        seller_duty=typed.get("seller_duty", ""),
        buy_back_share=_share(typed.get("buy_back_share", "")),
    )


def _share(typed: str) -> Decimal:
    """A typed percentage as a share, to a hundredth of a percent."""
    try:
        share = (Decimal(typed.replace("%", "").strip()) / 100).quantize(Decimal("0.0001"))
    except InvalidOperation:
        raise Invalid(
            "share-unreadable", "This percentage cannot be read.", field="buy_back_share"
        ) from None
    return share


def _percent(share: Decimal) -> str:
    """A share as somebody types it: `62.5`."""
    return f"{(share * 100).normalize():f}"
