"""What needs more than one person: what waits for one's word, and what became of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET, require_http_methods

from heliu.capital.bank import freezing
from heliu.capital.credit import ruling
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.queries import people_of
from heliu.kernel.approvals import operations, queries
from heliu.kernel.approvals.policies import Level
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.portal.deal import changes, selling
from heliu.portal.deal.findings import told
from heliu.portal.shell import proposed, purchases
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.trade import approvals, controls, deals, sales
from heliu.trade import purchases as buying

ROWS = 50
ACTS = {
    "sign": N_("Sign a financing agreement"),
    "pay-out": N_("Pay out in spite of what was found"),
    "release": N_("Release pledged goods"),
    "give-back": N_("Let pledged goods go back to the seller"),
    "exchange": N_("Let pledged goods go for others"),
    "enforce": N_("Enforce a loan"),
    "sell": N_("Sell pledged goods"),
    "write-off": N_("Write off the rest of a loan"),
    "rules": N_("Change the rules of decision"),
    "terms-pass": N_("Let orders pass although something is overdue"),
    "terms-write-off": N_("Write off what an order owes on terms"),
    "order-confirm": N_("Confirm an order"),
    "return-agree": N_("Take goods back, or take something off"),
    "quote-offer": N_("Offer prices below the usual ones"),
    "close-period": N_("Close a month of the books"),
    "freeze": N_("Freeze a supervised account"),
    "unfreeze": N_("Lift a freeze of an account"),
    "correction": N_("Put a payment right"),
    "programme": N_("Offer or change a programme"),
    "reopen-period": N_("Open a month of the books again"),
    "close-house": N_("Close a company for good"),
    "purchase": N_("Order goods"),
    "order-change": N_("Change an order"),
}
WILL = {
    "sign": (
        N_("The agreement is signed: the deposit is taken from your account"),
        N_("The bank pays the seller; the goods are pledged when they arrive"),
    ),
    "pay-out": (
        N_("The loan is paid out as soon as the deposit is there and the register is clear"),
        N_("A no calls the order off: the deposit goes back to the buyer"),
    ),
    "release": (
        N_("The goods come free at once, and the dealer has its pick-up code"),
        N_("A no leaves them bound until it is asked anew, or more is repaid"),
    ),
    "give-back": (
        N_("The seller refunds their price to the bank; then the goods leave under its code"),
        N_("A no leaves them bound"),
    ),
    "exchange": (
        N_("The dealer sends its own goods; counted, they are pledged and the others leave"),
        N_("A no leaves them bound, and those with the dealer"),
    ),
    "enforce": (
        N_("The bank takes hold of the goods: they come free only when all is paid"),
        N_("The limit is closed, and the seller is called on its duty"),
    ),
    "sell": (
        N_("The goods are sold; the buyer of the order can redeem them no more"),
        N_("The money pays costs, penalty, interest and principal; what is left over goes back"),
    ),
    "write-off": (
        N_("What is left is the bank's loss, and the deal ends in default"),
        N_("The buyer owes it as before"),
    ),
    "rules": (
        N_("From its day on every new order is decided by this version"),
        N_("What was decided before stays as it is"),
    ),
    "terms-pass": (N_("Orders on terms pass for seven days, as far as the credit reaches"),),
    "terms-write-off": (
        N_("What is open on the order is your loss"),
        N_("The buyer owes it as before"),
    ),
    "order-confirm": (N_("With the last yes the order is confirmed and may be shipped"),),
    "return-agree": (
        N_("The buyer may send the goods back; of goods it keeps the amount is credited at once"),
    ),
    "quote-offer": (
        N_("The dealer is offered these prices, which bind your house to their last day"),
        N_("Until then, and after a no, the dealer knows nothing of them"),
    ),
    "freeze": (
        N_("Money may come in; none goes out until the freeze is lifted"),
        N_("What is held stays held; payments of its deals wait"),
    ),
    "unfreeze": (N_("Payments that waited go on, unless another order holds the account"),),
    "correction": (
        N_("What followed is reversed and reckoned anew in the order of value days"),
        N_("Goods that were released stay out; what stands is told"),
    ),
    "programme": (
        N_("It holds for new offers; what binds the seller holds when the seller agrees"),
        N_("Offers and deals that are made stay as they were"),
    ),
    "close-period": (
        N_("No entry falls on a day of the month any more"),
        N_("The trial balance is kept"),
    ),
    "reopen-period": (
        N_("The month takes entries again"),
        N_("The trial balance that was kept stays as it was"),
    ),
    "close-house": (
        N_("Nobody of the company signs in any more, and nothing opens it again"),
        N_("What it owes and what is owed to it stays in the books"),
    ),
    "order-change": (
        N_("The order is changed as shown, and stays as it was with a no"),
        N_("What the seller has confirmed, it must agree to as well"),
    ),
    "purchase": (
        N_("With the last yes the order goes to the seller, at the prices shown"),
        N_("Lines you strike are not ordered"),
    ),
}


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Those that wait for the reader first; then all, newest first."""
    actor = actor_of(request)
    mine = list(queries.for_vote_of(actor, on=day_of(now(request))))
    everything = queries.visible_to(actor)
    page = parts.Leaves(everything, ROWS).get_page(request.GET.get("page"))
    context = {
        "mine": _rows(mine),
        "has_rules": bool(approvals.ruled_by(actor)),
        "buys": bool({"DEALER", "BUYER"} & actor.party_roles),
        "rows": _rows(list(page)),
        "pager": parts.pager(page),
    }
    return show(request, "shell/approvals.html", context, here="approvals")


@require_http_methods(["GET", "POST"])
@desk_page
def approval(request: HttpRequest, approval: UUID) -> HttpResponse:
    """One of them: what it does, who asked and why, what was said; a post says one's own word,
    or takes one's own question back."""
    actor, at = actor_of(request), now(request)
    asked = queries.get(actor, approval)
    sale = sales.visible_to(actor).filter(approval=asked.pk).first()

    def do() -> str:
        if request.POST.get("withdraw") == "yes":
            approvals.withdraw(asked.pk, actor=actor, at=at)
            say(request, _("It is withdrawn."))
            return reverse("approvals")
        if strike := request.POST.get("strike", ""):
            reason = request.POST.get(f"why-{strike}", "")
            position = int(strike) if strike.isdecimal() else 0
            asked_for = buying.of(asked, actor)
            buying.strike(asked_for, position, reason=reason, actor=actor, at=at)
            say(request, _("The line is struck."))
            return reverse("approval", args=[asked.pk])
        agrees = request.POST.get("agrees") == "yes"
        reason = request.POST.get("reason", "").strip()
        approvals.vote(asked.pk, agrees=agrees, reason=reason, actor=actor, at=at)
        say(request, _("You have agreed.") if agrees else _("You have said no."))
        return reverse("approvals")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    context = {
        "asked": asked,
        "act": act_words(asked.act),
        "will": [parts.Will(_(words)) for words in WILL.get(asked.act, ())],
        "levels": _levels(asked),
        "votes": asked.votes.order_by("at"),
        "may_vote": queries.may_vote(actor, asked, on=day_of(at)),
        "is_own": asked.asked_by == actor.user_id,
        "deal": _deal(actor, asked.subject),
        "rules": ruling.visible_to(actor).filter(pk=asked.subject).first(),
        "sale": sale,
        "about": selling.about(sale) if sale else [],
        "findings": _findings(actor, asked),
        "proposed": proposed.rows(actor, asked),
        "freeze": freezing.visible_to(actor).filter(pk=asked.subject).first(),
        "refusal": refusal,
        **(purchases.about(actor, asked.subject) if asked.act == "purchase" else {}),
        **(_change(actor, asked) if asked.act == "order-change" else {}),
    }
    status = refusal.status if refusal else 200
    return answer or show(request, "shell/approval.html", context, here="approvals", status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def away(request: HttpRequest) -> HttpResponse:
    """Who agrees in whose place; a post gives one's own place to a colleague or takes it back."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        if ended := request.POST.get("end", ""):
            operations.end_delegation(_id(ended), actor=actor, at=at)
            say(request, _("You agree yourself again."))
        else:
            starts, ends = (_day(request, name) for name in ("starts", "ends"))
            deputy = _id(request.POST.get("deputy", ""))
            operations.delegate(deputy, starts=starts, ends=ends, actor=actor, at=at)
            say(request, _("Your colleague agrees in your place."))
        return reverse("approvals_away")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    people = [one.user for one in people_of(actor) if one.org == actor.own_org]
    context = {
        "people": [one for one in people if one.pk != actor.user_id],
        "rows": queries.delegations(actor, on=day_of(at)),
        "me": actor.user_id,
        "typed": request.POST if refusal else {},
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return answer or show(request, "shell/away.html", context, here="approvals", status=status)


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise Invalid("choice-missing", "Choose a colleague.", field="deputy") from None


def _day(request: HttpRequest, name: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(name, ""))
    except ValueError:
        raise Invalid("day-missing", "Give a day.", field=name) from None


def _change(actor: Actor, asked: Any) -> dict[str, Any]:
    """What of its order is to be another."""
    return changes.of_question(actor, deals.get(actor, asked.subject).order_id)


def asked(request: HttpRequest, approval: Any) -> str:
    """Say that the others of the house are asked first, and lead to the question."""
    say(request, _("The others at your house are asked; it is done when they agree."))
    return reverse("approval", args=[approval.pk])


def act_words(act: str) -> str:
    """What is asked for, in the reader's language."""
    return _(ACTS[act]) if act in ACTS else act


def _rows(found: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {"asked": one, "act": act_words(one.act), "href": reverse("approval", args=[one.pk])}
        for one in found
    ]


def _levels(asked: Any) -> list[dict[str, Any]]:
    """How many have agreed at each level, of how many that must."""
    said = list(asked.votes.filter(agrees=True).values_list("level", flat=True))
    return [
        {"number": number, "agreed": said.count(number), "people": level.people}
        for number, level in enumerate(map(Level.read, asked.levels), 1)
    ]


def _findings(actor: Actor, asked: Any) -> list[Any]:
    """What was found in the deal, where that is what is decided on."""
    deal = _deal(actor, asked.subject) if asked.act == "pay-out" else None
    return [told(one) for one in controls.findings(actor, deal)] if deal else []


def _deal(actor: Actor, subject: UUID) -> Any:
    return deals.visible_to(actor).filter(pk=subject).first()
