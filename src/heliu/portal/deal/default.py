"""The sheet of a loan in default: how far it has come, what was sold, the lender's next act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.lending import operations as lending
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import queries as approvals
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound
from heliu.portal.deal import selling
from heliu.portal.deal.account_views import day_typed
from heliu.portal.deal.reading import Reading, read
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.formats import day_text, money_text
from heliu.portal.ui.parts import Will
from heliu.trade import enforcement, liquidation, margin_calls, sales

ACTS = (enforcement.ENFORCE.name, liquidation.SELL.name, enforcement.WRITE_OFF.name)
IN_DEFAULT = ("OVERDUE", "ENFORCING", "WRITTEN_OFF")


@dataclass(frozen=True)
class Stage:
    """Where a default stands: the act that may follow, and why it may not yet.

    `do` is None while nothing can be done but wait. `form` is the part of the page with what else
    is to be filled in, from `fields`; `is_grave` is an act that is not lightly taken back.
    """

    heading: str
    button: str
    will: list[Will]
    do: Callable[..., object] | None
    done: str
    needs_reason: bool = True
    wait: str = ""
    title: str = ""
    is_grave: bool = True
    form: str = ""
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether the act may be done now; a template must not touch `do`, it would call it."""
        return self.do is not None


@require_http_methods(["GET", "POST"])
@desk_page
def default(request: HttpRequest, ref: str) -> HttpResponse:
    """Notice of default, enforcement, sale, writing off: one after the other, each with what it
    does."""
    actor, at = actor_of(request), now(request)
    view = read(actor, ref, at)
    if view.side != "lender" or view.loan is None or not _is_in_default(view):
        raise NotFound()
    sold = list(sales.of_deal(actor, view.deal.pk))
    stage = stage_of(view, sold, request, at)
    asked = approvals.about(actor, view.deal.pk, *ACTS)

    def do() -> str:
        _act(request, stage, actor, view, at)
        say(request, stage.done)
        return reverse("deal_default" if sold else "deal", args=[view.deal.number])

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    context = {
        "deal": view.deal,
        "loan": view.loan,
        "owed": view.owed,
        "stage": stage,
        "asked": asked,
        "history": _history(view),
        "sales": selling.sale_rows(sold, actor),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return answer or show(request, "deal/default.html", context, here="deals", status=status)


def stage_of(view: Reading, sold: list[Any], request: HttpRequest, at: datetime) -> Stage:
    """The lender's next act in a default."""
    if view.loan.status == "WRITTEN_OFF":
        return _given_up(view)
    if unpaid := next((one for one in sold if one.status == "AGREED"), None):
        return _receiving(view, unpaid, request, at)
    if view.loan.status == "ENFORCING":
        is_bound = view.pledge is not None and view.pledge.bound_quantity
        return _selling(view, request) if is_bound else _writing_off(view)
    if margin_calls.is_lost(view.deal):
        return _enforcing(view, None, at)
    if view.loan.default_noticed_on is None:
        return _notice(view)
    return _enforcing(view, lending.last_day(view.loan), at)


def _is_in_default(view: Reading) -> bool:
    """Late, or called for cash or goods in vain."""
    return view.loan.status in IN_DEFAULT or margin_calls.is_lost(view.deal)


def _notice(view: Reading) -> Stage:
    days = view.loan.notice_days
    return Stage(
        heading=_("Give notice of default"),
        button=_("Give notice"),
        will=[
            Will(_("Buyer and seller are told what is owed and until when it can be paid")),
            Will(
                ngettext(
                    "The buyer has %(n)d day to pay all of it",
                    "The buyer has %(n)d days to pay all of it",
                    days,
                )
                % {"n": days}
            ),
            Will(_("After that it can be enforced, by two persons")),
        ],
        do=lambda deal, *, reason, actor, at: enforcement.give_notice(deal, actor=actor, at=at),
        done=_("Notice of default is given."),
        needs_reason=False,
    )


def _enforcing(view: Reading, until: date | None, at: datetime) -> Stage:
    """`until` is the last day to pay; None where a call for cash or goods was the notice."""
    runs = until is not None and day_of(at) <= until
    language = get_language() or "en"
    value = view.pledge.bound_value if view.pledge else 0
    price = lending.price_for_seller(view.loan, value)
    will = [
        Will(_("Another person at the bank is asked to agree")),
        Will(_("The limit is closed for new loans")),
        Will(_("Goods come free only when all that is owed is paid")),
    ]
    if price:
        will.append(Will(_("The seller is called on its duty: it pays for the goods"), minor=price))
        will.append(Will(_("Then the goods are the seller's")))
    return Stage(
        heading=_("Enforce"),
        button=_("Ask to enforce"),
        will=will,
        do=None if runs else enforcement.ask_to_enforce,
        done=_("Another person at the bank must agree now."),
        wait=_("The buyer may still pay until %(day)s.")
        % {"day": day_text(until, day_of(at), language)}
        if until is not None and runs
        else "",
    )


def _selling(view: Reading, request: HttpRequest) -> Stage:
    """Goods are bound: they are sold, unless the seller is just paying for them."""
    is_paying = enforcement.is_seller_paying(view.deal)
    return Stage(
        heading=_("Sell the goods"),
        button=_("Ask to sell"),
        will=[
            Will(_("Another person at the bank is asked to agree")),
            Will(_("The money pays costs, penalty, interest and principal, in this order")),
            Will(_("What is left over goes back to the buyer of the order; what is short is owed")),
        ],
        do=None
        if is_paying
        else lambda deal, *, reason, actor, at: liquidation.ask_to_sell(
            deal, selling.terms_of(request.POST, view, actor), actor=actor, reason=reason, at=at
        ),
        done=_("Another person at the bank must agree now."),
        wait=_("The bank is paying: the seller is called on its duty.") if is_paying else "",
        form="deal/parts/sale_fields.html",
        fields={
            "rows": selling.goods_to_sell(view, request.POST),
            "value": view.pledge.bound_value,
            "reserve": money_text(selling.reserve_of(view)),
        },
    )


def _receiving(view: Reading, sale: Any, request: HttpRequest, at: datetime) -> Stage:
    """Goods are sold, and their money is awaited."""
    return Stage(
        heading=_("Money for sold goods"),
        button=_("Record the money"),
        will=[
            Will(_("Price"), minor=sale.price),
            Will(_("It pays costs, penalty, interest and principal, in this order")),
            Will(_("The goods come free for %(who)s") % {"who": sale.buyer_name}),
        ],
        do=lambda deal, *, reason, actor, at: selling.note(
            request, sale, actor, at, day_typed(request, at)
        ),
        done=_("It is written down."),
        needs_reason=False,
        is_grave=False,
        form="deal/parts/receipt_fields.html",
        fields={"sale": sale, "today": day_of(at)},
    )


def _given_up(view: Reading) -> Stage:
    left = view.loan.claim_left
    return Stage(
        heading=_("Written off"),
        title=_("Where it stands"),
        button="",
        will=[
            Will(_("Still owed by the buyer"), minor=left),
            Will(_("Paid since it was written off"), minor=view.loan.recovered),
            Will(_("The deal has ended in default; what still comes is income of the bank")),
        ],
        do=None,
        done="",
        wait=_("The buyer can pay on it at any time.") if left else _("Nothing is owed any more."),
    )


def _writing_off(view: Reading) -> Stage:
    left = view.loan.principal_left + view.loan.interest_left
    return Stage(
        heading=_("Write off the rest"),
        button=_("Ask to write off"),
        will=[
            Will(_("Another person at the bank is asked to agree")),
            Will(_("The rest is the bank's loss"), minor=left),
            Will(_("The buyer owes it as before; the deal ends in default")),
        ],
        do=enforcement.ask_to_write_off,
        done=_("Another person at the bank must agree now."),
    )


def _act(request: HttpRequest, stage: Stage, actor: Actor, view: Reading, at: datetime) -> None:
    if stage.do is None:
        raise Invalid("not-yet", stage.wait)
    reason = request.POST.get("reason", "").strip()
    stage.do(view.deal.pk, actor=actor, reason=reason, at=at)


def _history(view: Reading) -> list[tuple[str, Any]]:
    """The days a default has gone through."""
    loan = view.loan
    return [
        (words, day)
        for words, day in (
            (_("Due"), loan.due_on),
            (_("Notice of default"), loan.default_noticed_on),
            (
                _("Last day to pay"),
                lending.last_day(loan) if loan.default_noticed_on else None,
            ),
        )
        if day
    ]
