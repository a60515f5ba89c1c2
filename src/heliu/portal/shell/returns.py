"""Returns and claims: the buyer asks, the seller answers, its warehouse counts and judges."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from heliu.commerce.cases import queries as cases
from heliu.commerce.ordering import queries as orders
from heliu.commerce.returns import queries
from heliu.commerce.returns.policies import Judged
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.kernel.parties.queries import names
from heliu.portal.shell.cases import pieces_of
from heliu.portal.shell.conversations import talk_about
from heliu.portal.shell.marks import marks_typed
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.shell.sheets import amount_of
from heliu.portal.ui import parts
from heliu.portal.ui.listing import MOST, Head, Listing
from heliu.portal.ui.sheets import Cell
from heliu.trade import conversations, deals, open_account, returns

ROWS = 50
HEADS = (
    Head("number", gettext_lazy("Number"), by="number"),
    Head("order", gettext_lazy("Order")),
    Head("asked", gettext_lazy("Asked on"), "day", by="asked_at", is_cheap=True),
    Head("remedy", gettext_lazy("What for"), by="remedy"),
    Head("reason", gettext_lazy("Reason")),
    Head("with", gettext_lazy("With")),
    Head("amount", pgettext_lazy("goods", "Asked for, CNY"), "money", by="amount", css="n"),
    Head("credited", gettext_lazy("Credited, CNY"), "money", by="credited", css="n"),
    Head("status", gettext_lazy("State"), by="status"),
)


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The returns of the house, the newest first; those under way or all."""
    actor, tab = actor_of(request), request.GET.get("tab", "open")
    found = queries.visible_to(actor)
    live = found.exclude(status__in=queries.OVER)
    shown = found if tab == "all" else live
    listing = Listing(request.GET, HEADS, "-asked")
    sorted_ = listing.sorted(shown)
    if listing.form:
        return _file(listing, sorted_, actor)
    page = parts.Leaves(sorted_, ROWS).get_page(request.GET.get("page"))
    known = names(org for one in page for org in (one.buyer, one.seller))
    context = {
        "rows": [(one, known.get(_other(one, actor))) for one in page],
        "tabs": [
            parts.Chip(_("Under way"), "?", parts.counted(live), on=tab != "all"),
            parts.Chip(_("All"), "?tab=all", parts.counted(found), on=tab == "all"),
        ],
        "listing": listing,
        "pager": parts.pager(page, listing.query),
    }
    return show(request, "shell/returns.html", context, here="returns")


def _file(listing: Listing, found: QuerySet[Any], actor: Actor) -> HttpResponse:
    """The returns as a file."""
    rows = list(found[: MOST + 1])
    known = names(_other(one, actor) for one in rows)

    def cells(one: Any) -> tuple[Cell, ...]:
        other = known.get(_other(one, actor))
        return (
            one.number, one.order_number, day_of(one.asked_at), one.get_remedy_display(),
            one.reason, other.short if other else "", one.amount, one.credited,
            one.get_status_display(),
        )  # fmt: skip

    return listing.taken_away(pgettext("goods", "Returns"), "returns", rows, cells)


@require_http_methods(["GET", "POST"])
@desk_page
def new(request: HttpRequest, order: str) -> HttpResponse:
    """The form on which a buyer says how much of which line it gives back, and for what."""
    actor, at = actor_of(request), now(request)
    found = orders.get(actor, order)
    lines = list(found.lines.all())

    def do() -> str:
        remedy = request.POST.get("remedy", "")
        made = returns.ask(
            found.pk,
            actor=actor,
            remedy=remedy,
            quantities={
                line.position: pieces_of(request, f"line-{line.position}") or 0 for line in lines
            },
            allowance=amount_of(request, "allowance") if remedy == "ALLOWANCE" else 0,
            reason=request.POST.get("reason", ""),
            case=request.POST.get("case") or None,
            marks={
                line.position: text.split()
                for line in lines
                if (text := request.POST.get(f"marks-{line.position}", "")).strip()
            },
            at=at,
        )
        say(request, _("Return %(number)s is asked for.") % {"number": made.number})
        return returns.link(made)

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    case = request.POST.get("case", request.GET.get("case", ""))
    of_case = cases.visible_to(actor).filter(number=case, order_id=found.pk).first()
    given = queries.given_back([line.pk for line in lines])
    deal = deals.of_order(actor, found.pk)
    left = {line.pk: line.received - given.get(line.pk, 0) for line in lines}
    context = {
        "order": found,
        "deal": deal,
        "lines": [
            {
                "line": line,
                "left": left[line.pk],
                "typed": request.POST.get(f"line-{line.position}", _asked(of_case, line)),
                "marks": request.POST.get(f"marks-{line.position}", _serial(of_case, line)),
            }
            for line in lines
        ],
        "is_any_left": any(one > 0 for one in left.values()),
        "remedies": [one for one in queries.REMEDIES if one[0] == "CREDIT" or not deal.loan_id],
        "case": of_case,
        "typed": request.POST,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/return_new.html", context, here="returns", status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One return: what it is about, where it stands, whose act is next, the conversation."""
    actor, at = actor_of(request), now(request)
    found = queries.get(actor, number)

    def do() -> str:
        _act(request, found)
        return returns.link(found)

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    known = names([found.buyer, found.seller])
    deal = deals.of_order(actor, found.order_id)
    may = _may(found, actor, is_pledged=bool(deal.loan_id))
    context = {
        "one": found,
        "lines": list(found.lines.all()),
        "steps": _steps(found, is_pledged=bool(deal.loan_id)),
        "deal": deal,
        "waits_for_bank": bool(deal.loan_id) and found.status == "AGREED",
        "buyer": known.get(found.buyer),
        "seller": known.get(found.seller),
        "case": cases.visible_to(actor).filter(pk=found.case).first() if found.case else None,
        "may": may,
        "talk": talk_about(actor, conversations.of_return(found), at),
        "refused": refusal,
        "typed": request.POST,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/return.html", context, here="returns", status=status)


def _act(request: HttpRequest, found: Any) -> None:
    """What the form asks, by the name of its button."""
    actor, at = actor_of(request), now(request)
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "")
    plain = {
        "withdraw": returns.withdraw,
        "send": returns.send,
        "replace": returns.replace,
        "come": returns.come,
        "refund": returns.refund,
    }
    if act == "agree":
        asked = returns.agree(found.pk, actor=actor, answer=reason, at=at)
        if asked is not None:
            say(request, _("Others of your house are asked to agree."))
    elif act == "refuse":
        returns.refuse(found.pk, actor=actor, reason=reason, at=at)
    elif act == "receive":
        returns.receive(
            found.pk, _judged(request, found), came=_came(request, found), actor=actor, at=at
        )
    elif act in plain:
        plain[act](found.pk, actor=actor, at=at)
    else:
        raise Invalid("deed-unknown", "This form is not known. Reload the page.")


def _judged(request: HttpRequest, found: Any) -> list[Judged]:
    def typed(name: str, line: Any) -> int:
        return pieces_of(request, f"{name}-{line.position}") or 0

    return [
        Judged(line.position, *(typed(name, line) for name in ("good", "damaged", "accepted")))
        for line in found.lines.all()
    ]


def _came(request: HttpRequest, found: Any) -> dict[int, tuple[Any, Any]]:
    """Of lines that are told apart the good and the damaged pieces, where they were named."""
    came = {}
    for line in found.lines.all():
        good, damaged = (
            marks_typed(
                request.POST.get(f"{name}-marks-{line.position}", ""),
                line.sku.tracking,
                whole=pieces_of(request, f"{name}-{line.position}") or 0,
                field="marks",
            )
            for name in ("good", "damaged")
        )
        came[line.position] = good, damaged
    return came


def _serial(case: Any, line: Any) -> str:
    """The serial number that the case is about, of its own line."""
    return str(case.serial) if case and case.order_line == line.pk else ""


def _may(found: Any, actor: Actor, *, is_pledged: bool) -> dict[str, bool]:
    """What the reader's side may do with a return now; pledged goods are not sent, they leave once
    the seller has refunded them to the bank."""
    buys = found.buyer in actor.orgs and actor.may("order")
    sells = found.seller in actor.orgs
    at = found.status
    owed = 0
    if found.refund and sells:
        steps = deals.steps_of_order(found.order_id, actor)
        owed = open_account.account_of(steps, ()).owed_back
    return {
        "withdraw": buys and at in ("ASKED", "AGREED"),
        "answer": sells and actor.may("sell") and at == "ASKED",
        "send": buys and at == "AGREED" and not is_pledged,
        "receive": sells and (actor.may("ship") or actor.may("receive")) and at == "SENT",
        "replace": sells and actor.may("ship") and at == "JUDGED",
        "come": buys and at == "REPLACING",
        "refund": sells and actor.may("sell") and bool(owed) and not found.refund_by_bank,
    }


def _steps(found: Any, *, is_pledged: bool) -> list[parts.Step]:
    """The way of a return in words; an allowance has no goods on the way, and pledged goods leave
    in the moment it is settled."""
    way = (
        ("ASKED", "AGREED", "SETTLED")
        if is_pledged
        else {
            "CREDIT": ("ASKED", "AGREED", "SENT", "SETTLED"),
            "REPLACEMENT": ("ASKED", "AGREED", "SENT", "JUDGED", "REPLACING", "SETTLED"),
            "ALLOWANCE": ("ASKED", "SETTLED"),
        }[found.remedy]
    )
    if found.status not in way:
        return []
    words, here = dict(queries.STATUSES), way.index(found.status)
    return [
        parts.Step(
            str(words[name]),
            "done"
            if place < here or found.status == "SETTLED"
            else "now"
            if place == here
            else "later",
        )
        for place, name in enumerate(way)
    ]


def _asked(case: Any, line: Any) -> str:
    """How much the case it comes of says."""
    if case is None or case.order_line != line.pk:
        return ""
    return str(case.quantity or "")


def _other(one: Any, actor: Actor) -> Any:
    return one.buyer if one.seller in actor.orgs else one.seller
