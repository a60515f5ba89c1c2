"""The seller writes down what was paid for an order that no bank finances."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound
from heliu.portal.deal.money_views import read_amount
from heliu.portal.deal.page import account_rows
from heliu.portal.deal.reading import read
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.formats import day_text, money_text
from heliu.portal.ui.parts import Ask, Sheet, Will
from heliu.trade import open_account


@require_http_methods(["GET", "POST"])
@desk_page
def settle(request: HttpRequest, ref: str) -> HttpResponse:
    """The sheet for a payment: what stands open, how much came, on which day."""
    actor, at = actor_of(request), now(request)
    view = read(actor, ref, at)
    account = _to_settle(actor, view)

    def do() -> str:
        amount, problem = read_amount(request.POST.get("amount", ""))
        if amount is None:
            raise Invalid("amount-unreadable", problem, field="amount")
        open_account.settle(
            view.order.pk,
            actor=actor,
            amount=amount,
            value_day=day_typed(request, at),
            reference=request.POST.get("reference", ""),
            key=request.POST["idempotency_key"],
            at=at,
        )
        say(request, _("%(amount)s are written down.") % {"amount": money_text(amount)})
        return reverse("deal", args=[view.deal.number])

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    open_amount = account.owed or account.owed_back
    if not open_amount and refusal is None:
        return redirect("deal", view.deal.number)
    context = {
        "deal": view.deal,
        "order": view.order,
        "rows": account_rows(account),
        "is_back": not account.owed,
        "amount": request.POST.get("amount") or money_text(open_amount),
        "today": day_of(at),
        "will": _will(account),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "deal/settle.html", context, here="deals", status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def unrefund(request: HttpRequest, ref: str) -> HttpResponse:
    """The sheet on which the seller takes a refund back that it wrote down by mistake."""
    actor, at = actor_of(request), now(request)
    view = read(actor, ref, at)
    _to_settle(actor, view)
    found = open_account.refunds_by_hand(actor, view.deal)
    home = reverse("deal", args=[view.deal.number])

    def do() -> str:
        key = request.POST.get("refund", "")
        open_account.unrefund(view.order.pk, actor=actor, key=key, at=at)
        say(request, _("The refund is taken back."))
        return home

    if not found and request.method == "GET":
        return redirect(home)
    sheet = Sheet(
        heading=_("Take a refund back"),
        crumbs=((view.deal.number, home),),
        asks=(
            Ask(
                "refund",
                _("Refund"),
                found[0].key if found else "",
                "choice",
                options=tuple((one.key, _refund_text(one)) for one in found),
            ),
        ),
        will=(
            Will(_("It was written down by mistake: you owe the buyer as much again")),
            Will(_("The buyer is told")),
        ),
        button=_("Take it back"),
    )
    return sheets.answer(request, sheet, do, here="deals")


def _refund_text(step: Any) -> str:
    day = day_text(date.fromisoformat(step.data["value_day"]), None, get_language() or "en")
    said = step.data["reference"] or step.actor_name
    return f"{money_text(step.data['amount'])} · {day} · {said}"


def _to_settle(actor: Actor, view: Any) -> open_account.OpenAccount:
    """What stands open on an order of the seller that reads."""
    if view.account is None or view.side != "seller":
        raise NotFound()
    actor.require("sell")
    account: open_account.OpenAccount = view.account
    return account


def day_typed(request: HttpRequest, at: datetime) -> date:
    """The value day that was typed; today where none was."""
    typed = request.POST.get("value_day", "").strip()
    if not typed:
        return day_of(at)
    try:
        day = parse_date(typed)
    except ValueError:
        day = None
    if day is None:
        raise Invalid("day-unreadable", "This day cannot be read.", field="value_day")
    return day


def _will(account: open_account.OpenAccount) -> list[Will]:
    if not account.owed:
        return [Will(_("You owe that much less")), Will(_("The buyer sees it on its order"))]
    return [
        Will(_("The buyer owes that much less")),
        Will(_("Its trade credit is free again at once")),
        Will(_("The buyer sees it on its order")),
    ]
