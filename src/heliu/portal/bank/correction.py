"""One payment on a loan: what it pays, what it paid before it was reckoned anew, and saying that it
was another; and the day on which the loan itself was paid out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.bank import queries as payments
from heliu.capital.lending import queries as lending
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.portal.deal.account_views import day_typed
from heliu.portal.shell import sheets
from heliu.portal.shell.approvals import asked
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.formats import day_text
from heliu.portal.ui.parts import Amount, Ask, Sheet, Will
from heliu.trade import corrections, deals
from heliu.trade.reckoned import STANDS


@require_http_methods(["GET", "POST"])
@desk_page
def payment(request: HttpRequest, number: str) -> HttpResponse:
    """What it pays and paid; a post corrects its value day, or takes it back."""
    actor, at = actor_of(request), now(request)
    found = payments.visible_to(actor).filter(number=number, lender__in=actor.orgs).first()
    paid = lending.repayment(actor, found.deal, str(found.pk)) if found else None
    if found is None or paid is None:
        raise NotFound()
    deal = deals.of_lender(actor, found.deal)

    def do() -> str:
        said: Any = {
            "key": paid.key,
            "reason": request.POST.get("reason", ""),
            "actor": actor,
            "at": at,
        }
        if request.POST.get("do") == "take-back":
            done = corrections.take_back(deal.pk, **said)
            words = _("The payment is taken back and goes home.")
        else:
            done = corrections.correct_value_day(deal.pk, value_day=day_typed(request, at), **said)
            words = _("The payment counts from the other day.")
        if corrections.is_asked(done):
            return asked(request, done)
        say(request, words)
        return reverse("bank_repayment", args=[number])

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    replays = list(lending.replays(actor, paid.loan))
    context = {
        "payment": found,
        "paid": paid,
        "loan": paid.loan,
        "deal": deal,
        "today": day_of(at),
        "before": list(paid.before.select_related("replay").order_by("-replay__number")),
        "replays": replays,
        "stands": _stands(actor, deal),
        "may_correct": actor.may("override") and paid.unapplied < paid.amount,
        "will": [
            Will(_("What followed is reversed and reckoned anew in the order of value days")),
            Will(_("Goods that were released stay out; what stands is told")),
        ],
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "bank/repayment.html", context, here="bank_repayments", status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def pay_out(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet on which the bank says that it paid a loan out on another day."""
    actor, at = actor_of(request), now(request)
    actor.require("override")
    loan = lending.visible_to(actor).filter(number=number, lender__in=actor.orgs).first()
    if loan is None or loan.disbursed_on is None:
        raise NotFound()
    deal = deals.of_lender(actor, loan.deal)
    home = reverse("deal", args=[deal.number])

    def do() -> str:
        done = corrections.correct_pay_out(
            deal.pk,
            value_day=day_typed(request, at),
            reason=request.POST.get("reason", ""),
            actor=actor,
            at=at,
        )
        if corrections.is_asked(done):
            return asked(request, done)
        say(request, _("The loan counts from the other day."))
        return home

    sheet = Sheet(
        heading=_("It was paid out on another day"),
        crumbs=((deal.number, home),),
        rows=(Amount(_("Loan"), loan.principal, is_total=True),),
        about=_("%(number)s counts from %(day)s, due on %(due)s.")
        % {
            "number": loan.number,
            "day": day_text(loan.disbursed_on, None, get_language() or "en"),
            "due": day_text(loan.due_on, None, get_language() or "en"),
        },
        asks=(
            Ask("value_day", _("Value day"), loan.disbursed_on.isoformat(), "date"),
            Ask("reason", _("Reason")),
        ),
        will=(
            Will(_("Interest and term run from the day that the bank's statement says")),
            Will(_("What followed is reversed and reckoned anew in the order of value days")),
            Will(_("The dealer is told")),
        ),
        button=_("Correct the day"),
    )
    return sheets.answer(request, sheet, do, here="bank_repayments")


def _stands(actor: Any, deal: Any) -> list[str]:
    """What stands although payments were reckoned anew, each once."""
    steps = deals.steps_of(deal, actor).filter(step="RECKONED_ANEW")
    codes = dict.fromkeys(code for step in steps for code in step.data["stands"])
    return [_(STANDS[code]) for code in codes]
