"""The acts on a deal's money: sign and repay. Each is a sheet that says what will happen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.lending import queries as lending
from heliu.kernel import money
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import queries as approvals
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.parties.queries import names
from heliu.portal.deal import modes
from heliu.portal.deal.reading import read
from heliu.portal.deal.tellings import pieces as pieces_in_words
from heliu.portal.deal.views import agreement_in_reading_language
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.formats import money_text, percent_text, written_in
from heliu.portal.ui.parts import Amount, Chip, Will
from heliu.trade import repayment
from heliu.trade.financed_order import repaying, setting_off, signing
from heliu.trade.repayment import Simulated

SHARES = (25, 50, 75, 100)


@require_http_methods(["GET", "POST"])
@desk_page
def sign(request: HttpRequest, ref: str) -> HttpResponse:
    """The agreement in full, what will happen, consent and signature; the post signs."""
    actor, at = actor_of(request), now(request)
    view = read(actor, ref, at)

    def do() -> str:
        _to_sign(view)
        typed = " ".join(request.POST.get("signature", "").split())
        if typed.casefold() != actor.name.casefold():
            raise Invalid(
                "signature-differs",
                "The signature is your name: %(name)s.",
                field="signature",
                name=actor.name,
            )
        signing.sign(
            view.deal.pk,
            actor=actor,
            agreement_digest=request.POST.get("digest", ""),
            consent=request.POST.get("consent") == "yes",
            at=at,
        )
        waits = approvals.about(actor, view.deal.pk, signing.SIGN.name)
        say(
            request,
            _("Signed by you. Another person of your house must sign too.")
            if waits
            else modes.signed(view.loan),
        )
        return reverse("deal", args=[view.deal.number])

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    loan = _to_sign(view)
    if waits := approvals.about(actor, view.deal.pk, signing.SIGN.name):
        return redirect("approval", waits.pk)
    known = names([loan.lender, loan.seller, view.deal.custodian])
    context = {
        "deal": view.deal,
        "order": view.order,
        "loan": loan,
        "lender": known[loan.lender],
        "agreement": agreement_in_reading_language(loan),
        "principal_text": money_text(loan.principal),
        "deposit_text": money_text(loan.due_now),
        "is_bill": modes.is_bill(loan),
        "is_paid_in": modes.is_paid_in(loan),
        "is_on_stock": modes.is_on_stock(loan),
        "named": modes.named(loan),
        "will": will_of_loan(loan, loan.seller, known, view.deal.custodian),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "deal/sign.html", context, here="deals", status=status)


def _to_sign(view: Any) -> Any:
    """The loan whose terms wait for the signature; not asked of a form that is sent again."""
    if view.loan is None or view.loan.status != "QUOTED":
        raise NotFound("There is nothing to sign here any more.")
    return view.loan


def will_of_loan(
    terms: Any, seller_id: UUID, known: Mapping[Any, Any], custodian: Any
) -> list[Will]:
    """What signing sets in motion, in the order in which it happens."""
    house = known[custodian].display if custodian in known else ""
    if modes.is_on_stock(terms):
        return [
            Will(_("You send the goods to %(house)s") % {"house": house}, note=modes.frees(terms)),
            Will(
                _("The bank pays the loan to your account"),
                terms.principal,
                plus=True,
                note=_("when they are counted and the pledge is registered"),
            ),
            modes.in_the_end(terms),
        ]
    seller = known[seller_id].display if seller_id in known else ""
    return [
        modes.deposit_taken(terms),
        *modes.seller_gets(terms, seller),
        Will(
            _("The goods go to %(house)s") % {"house": house},
            note=modes.frees(terms),
        ),
        modes.in_the_end(terms),
    ]


@require_http_methods(["GET", "POST"])
@desk_page
def set_off(request: HttpRequest, ref: str) -> HttpResponse:
    """The sheet on which the dealer lets the margin pay the last of the loan."""
    actor, at = actor_of(request), now(request)
    view = read(actor, ref, at)

    def do() -> str:
        setting_off.set_off_margin(view.deal.pk, actor=actor, at=at)
        say(request, _("The margin has settled the loan. The goods are free."))
        return reverse("deal", args=[view.deal.number])

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    if not modes.may_set_off(view):
        raise NotFound("There is no margin to be set off here now.")
    owed, bound = _to_repay(view), view.pledge.bound_quantity if view.pledge else 0
    context = {
        "deal": view.deal,
        "order": view.order,
        "will": [
            Will(_("The margin pays all that is owed"), owed.total),
            Will(_("What is left of the margin comes back to you"), view.margin - owed.total),
            Will(
                _("The goods come free and a pick-up code arrives"),
                note=pieces_in_words(bound),
            ),
        ],
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "deal/set_off.html", context, here="deals", status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def repay(request: HttpRequest, ref: str) -> HttpResponse:
    """The repay sheet: an amount, what of it pays what, and which goods it sets free."""
    actor, at = actor_of(request), now(request)
    view = read(actor, ref, at)
    typed = request.POST.get("amount") or request.GET.get("amount", "")
    share = request.GET.get("share", "") or ("" if typed else "100")

    def do() -> str:
        _to_repay(view)
        amount, _problem = _amount(view.loan, typed, share, at)
        if amount is None:
            raise Invalid("amount-unreadable", "This amount cannot be read.", field="amount")
        repaying.repay(
            view.deal.pk, actor=actor, key=request.POST["idempotency_key"], at=at, amount=amount
        )
        say(
            request,
            _("%(amount)s are on the way to the bank. The goods come free once it has booked them.")
            % {"amount": money_text(amount)},
        )
        return reverse("deal", args=[view.deal.number])

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    owed = _to_repay(view)
    amount, problem = _amount(view.loan, typed, share, at)
    context = {
        "deal": view.deal,
        "order": view.order,
        "owed_text": money_text(owed.total),
        "is_promised": view.loan.is_promised,
        "amount_typed": money_text(amount) if amount is not None else typed,
        "problem": problem,
        "is_claim": bool(view.loan.claim_left),
        "shares": []
        if view.loan.claim_left
        else [
            Chip(
                _("All") if n == 100 else percent_text(Decimal(n), 0),
                f"?share={n}",
                on=share == str(n),
            )
            for n in SHARES
        ],
        "refusal": refusal,
        "shown": amount is not None,
        **(_preview(actor, view, amount, at) if amount is not None else {}),
    }
    status = refusal.status if refusal else 200
    return show(request, "deal/repay.html", context, here="deals", status=status)


def _to_repay(view: Any) -> Any:
    """What is owed, where something can be repaid now; not asked of a form that is sent again."""
    if view.owed is None or not (view.loan.status in lending.RUNNING or view.loan.claim_left):
        raise NotFound("Nothing can be repaid here now.")
    return view.owed


def _amount(loan: Any, typed: str, share: str, at: datetime) -> tuple[int | None, str]:
    """The amount in fen, from what was typed or from a share of the loan, and what is wrong."""
    if share and not typed:
        if share not in {str(n) for n in SHARES}:
            return None, _("Choose a share or type an amount.")
        whole = share == "100"
        return lending.amount_for(loan, Decimal(share), day_of(at), last=whole), ""
    return read_amount(typed)


def read_amount(typed: str) -> tuple[int | None, str]:
    """A typed amount above zero, in minor units of the page's currency; and what is wrong."""
    try:
        fen = money.typed(typed, currency=written_in())
    except Invalid as refusal:
        return None, refusal.whole()
    if not 0 < fen <= 10**15:
        return None, _("An amount above zero with at most two decimals.")
    return fen, ""


def claim_preview(view: Any, amount: int) -> dict[str, Any]:
    """What the amount pays of a loan that was written off: no goods are left to come free."""
    left = view.loan.claim_left
    over = max(0, amount - left)
    rows = [
        (_("Owed after writing off"), amount - over),
        (_("Left over, comes back to you"), over),
    ]
    return {
        "pays": [
            *(Amount(label, minor) for label, minor in rows if minor),
            Amount(_("Paid in all"), amount, is_total=True),
        ],
        "amount_text": money_text(amount),
        "button": _("Repay %(amount)s") % {"amount": money_text(amount)},
        "will": [
            Will(_("The bank takes the money from your account"), -amount),
            Will(_("Still owed"), left - (amount - over)),
        ],
    }


def _preview(actor: Actor, view: Any, amount: int, at: datetime) -> dict[str, Any]:
    if view.loan.claim_left:
        return claim_preview(view, amount)
    (subject,) = repayment.of_loans(actor, [view.loan], on=day_of(at))
    done = subject.simulate(amount)
    return repay_preview(view, amount, done, waits=subject.waits_for_lender(done))


def what_it_pays(done: Simulated) -> list[Amount]:
    """What of a payment pays what, and the sum."""
    paid = done.if_paid.paid.allocation
    rows = (
        (_("Fee"), paid.fee),
        (_("Penalty"), paid.penalty),
        (_("Interest"), paid.interest),
        (_("Principal"), paid.principal),
        (_("Margin"), paid.margin),
        (_("Left over, comes back to you"), paid.unapplied),
    )
    return [
        *(Amount(label, minor) for label, minor in rows if minor),
        Amount(
            _("Paid in") if done.if_paid.after.is_promised else _("Paid in all"),
            done.amount,
            is_total=True,
        ),
    ]


def repay_preview(view: Any, amount: int, done: Simulated, *, waits: bool) -> dict[str, Any]:
    """What the amount pays and which goods come free, by the same rules that will do it. `waits`:
    the bank agrees to the release first."""
    loan, pledge = view.loan, view.pledge
    paid = done.if_paid.paid.allocation
    after = done.if_paid.after.to_repay
    return {
        "pays": what_it_pays(done),
        "frees": [one for one in done.goods if one.units],
        "freed_pieces": done.quantity,
        "freed_value": done.value,
        "left_over": money_text(done.left_over) if done.left_over and after else "",
        "nothing_free": _("Nothing yet: the goods are not in the warehouse.")
        if pledge is None or not pledge.pledged_quantity
        else _("Not one whole piece comes free with this amount."),
        "amount_text": money_text(amount),
        "button": (_("Pay in %(amount)s") if loan.is_promised else _("Repay %(amount)s"))
        % {"amount": money_text(amount)},
        "will": [
            Will(_("The bank takes the money from your account"), -amount),
            Will(
                _("Still to be paid in") if loan.is_promised else _("Principal owed"),
                after,
                note=_("before: %(amount)s") % {"amount": money_text(loan.to_repay)},
            ),
            *(
                [
                    Will(
                        _("The goods come free when the bank agrees, and a pick-up code arrives")
                        if waits
                        else _("The goods come free and a pick-up code arrives"),
                        note=pieces_in_words(done.quantity),
                    )
                ]
                if done.quantity
                else []
            ),
            Will(
                _("The repaid part of the limit is free again"),
                min(paid.principal + paid.margin, loan.drawn),
                plus=True,
            ),
        ],
    }
