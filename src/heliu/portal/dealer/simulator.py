"""Trying a repayment before making it: an amount and what it frees, or goods and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.capital.lending.policies import allocating
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.kernel.parties.queries import names
from heliu.portal.deal.money_views import SHARES, read_amount, what_it_pays
from heliu.portal.dealer.finance import bound_goods, due_words
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui.formats import money_text, percent_text
from heliu.portal.ui.parts import Chip
from heliu.trade import repayment
from heliu.trade.repayment import Simulated, Subject

PART = {"tried": "dealer/parts/tried.html", "try": "dealer/parts/simulator.html"}
"""What a request for a part of the page is answered with, by what its target's name begins with."""


@require_GET
@desk_page
def simulator(request: HttpRequest, number: str) -> HttpResponse:
    """One loan: what an amount would pay and free, or what the wanted goods would take."""
    actor, today = actor_of(request), day_of(now(request))
    subject = repayment.of_loan(actor, number, on=today)
    loan = subject.loan
    if loan.borrower not in actor.orgs:
        raise Http404
    wanted, amount, problem = _asked(subject, request.GET)
    context = {
        "loan": loan,
        "owed": subject.owed,
        "lender": names([loan.lender])[loan.lender],
        "due": due_words(loan, today),
        "is_late": loan.due_on < today,
        "may_pay": actor.may("pay"),
        **bound_goods(subject),
        "fields": [
            {
                "sku": one.sku,
                "bound": one.bound,
                "name": one.sku.pk.hex,
                "typed": wanted[one.sku.pk],
            }
            for one in subject.goods
        ],
        "shares": _shares(request.GET.get("share", "")),
        "amount_typed": request.GET.get("amount", ""),
        "problem": problem,
        **(_told(subject.simulate(amount)) if amount else {}),
    }
    part = PART.get((request.headers.get("HX-Target") or "").partition("-")[0])
    answer = (
        render(request, part, context)
        if part
        else show(request, "dealer/simulator.html", context, here="dealer_finance")
    )
    patch_vary_headers(answer, ["HX-Request", "HX-Target"])
    return answer


def _asked(subject: Subject, sent: Mapping[str, str]) -> tuple[dict[UUID, int], int | None, str]:
    """The units asked for, the amount in fen that was asked for or follows, and what is wrong.

    Asked nothing, it is all that is owed.
    """
    wanted = {one.sku.pk: _units(sent.get(one.sku.pk.hex, "")) for one in subject.goods}
    if any(wanted.values()):
        try:
            return wanted, subject.amount_for(wanted), ""
        except Invalid as refusal:
            return wanted, None, refusal.text()
    if typed := sent.get("amount", ""):
        amount, problem = read_amount(typed)
        return wanted, amount, problem
    share = sent.get("share", "100")
    percent = Decimal(share if share in {str(n) for n in SHARES} else 100)
    loan, owed = subject.loan, subject.owed
    whole = percent == 100
    return wanted, allocating.amount_for(loan, owed, percent, subject.on, last=whole), ""


def _units(typed: str) -> int:
    """Whole units as typed; nothing that cannot be read counts as none."""
    plain = typed.strip()
    return int(plain) if plain.isdecimal() and len(plain) < 10 else 0


def _shares(chosen: str) -> list[Chip]:
    return [
        Chip(
            _("All") if n == 100 else percent_text(Decimal(n), 0),
            f"?share={n}",
            on=chosen == str(n),
        )
        for n in SHARES
    ]


def _told(done: Simulated) -> dict[str, Any]:
    """What would happen, in words and figures, and where it is done."""
    plain = f"{Decimal(done.amount) / 100:.2f}"
    address = reverse("deal_repay", args=[done.if_paid.after.deal])
    return {
        "done": done,
        "pays": what_it_pays(done),
        "principal_left": done.if_paid.after.principal_left,
        "repay": f"{address}?{urlencode({'amount': plain})}",
        "amount_text": money_text(done.amount),
        "button": _("Repay %(amount)s…") % {"amount": money_text(done.amount)},
    }
