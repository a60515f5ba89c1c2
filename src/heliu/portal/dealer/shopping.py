"""Lists of goods: kept by name, put into the order pad, ordered again from an order or from all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heliu.commerce.lists import operations as lists
from heliu.commerce.lists import queries
from heliu.commerce.ordering import queries as orders
from heliu.commerce.ordering.rows import PadRow
from heliu.kernel.errors import NotFound
from heliu.kernel.parties.queries import names
from heliu.portal.dealer import quantities
from heliu.portal.dealer.plans import plan_words
from heliu.portal.dealer.sellers import (
    HOUSE,
    chosen,
    is_shared,
    or_waits,
    sellers_of,
    write_in_theirs,
)
from heliu.portal.shell.pages import (
    actor_of,
    attempt,
    deed,
    desk_page,
    now,
    say,
    see_other,
    show,
)
from heliu.portal.ui import parts
from heliu.portal.ui.formats import colon
from heliu.trade.again import Again, bought_goods, order_again, today
from heliu.trade.order_pad import Checked, check

ROWS = 50
REASONS = 5


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The lists one sees, and the orders that come back by themselves."""
    actor = actor_of(request)
    found = list(queries.index(actor))
    recurring = list(queries.recurring_visible_to(actor).order_by("status", "next_on", "id"))
    sellers = names({one.seller for one in found})
    context = {
        "lists": [{"one": one, "seller": sellers.get(one.seller)} for one in found],
        "recurring": [
            {"one": one, "plan": plan_words(one), "next": queries.upcoming(one, 3)}
            for one in recurring
        ],
    }
    return show(request, "dealer/lists.html", context, here="dealer_lists")


@require_http_methods(["GET", "POST"])
@desk_page
def shopping_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """One list at today's prices; a post keeps its quantities and its name."""
    actor = actor_of(request)
    found = queries.get(actor, list_id)
    write_in_theirs(actor, found.seller)
    refusal = None
    if request.method == "POST":
        if quantities.are_wrong(request):
            return see_other(reverse("dealer_list", args=[list_id]))

        def do() -> HttpResponse:
            lists.change(
                list_id,
                actor=actor,
                name=request.POST.get("name", ""),
                quantities={sku: n for sku, n in quantities.read(request).items() if n},
                at=now(request),
            )
            say(request, _("The list is kept."))
            return see_other(reverse("dealer_list", args=[list_id]))

        answer, refusal = attempt(request, do)
        if answer is not None:
            return answer
    rows = [PadRow(line.sku.code, str(line.quantity)) for line in found.lines.all()]
    checked = check(actor, found.seller, rows, now(request))
    recurring = queries.recurring_visible_to(actor).filter(list=found).exclude(status="ENDED")
    context = {
        "list": found,
        "seller": names([found.seller])[found.seller],
        "rows": list(zip(found.lines.all(), checked.lines, strict=True)),
        "total": checked.total,
        "recurring": [{"one": one, "plan": plan_words(one)} for one in recurring],
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "dealer/list.html", context, here="dealer_lists", status=status)


@require_POST
@desk_page
def keep(request: HttpRequest) -> HttpResponse:
    """The good rows of the order pad become a list."""
    actor = actor_of(request)
    seller = chosen(request, sellers_of(actor))

    def do() -> str:
        rows = orders.pad(actor, seller.pk, shared=is_shared(request)).rows
        checked = check(actor, seller.pk, rows, now(request))
        made = lists.make(
            actor=actor,
            seller=seller.pk,
            name=request.POST.get("name", ""),
            quantities=checked.wanted(),
            shared=request.POST.get("whose") == HOUSE,
            at=now(request),
        )
        _tell_kept(request, checked)
        return reverse("dealer_list", args=[made.pk])

    return deed(request, do)


def _tell_kept(request: HttpRequest, checked: Checked) -> None:
    """How many rows of the pad are in the new list; which are not, and why."""
    kept = len(checked.good)
    say(request, ngettext("%(n)d row is kept.", "%(n)d rows are kept.", kept) % {"n": kept})
    bad = [line for line in checked.lines if line.problem]
    if not bad:
        return
    why = [f"{line.code or line.row}{colon()}{line.words}" for line in bad[:REASONS]]
    words = ngettext(
        "%(n)d row is not kept and stays in the pad. %(why)s",
        "%(n)d rows are not kept and stay in the pad. %(why)s",
        len(bad),
    )
    rest = " …" if len(bad) > REASONS else ""
    say(request, words % {"n": len(bad), "why": " · ".join(why) + rest}, messages.WARNING)


@require_POST
@desk_page
def drop(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Throw a list away."""
    lists.drop(list_id, actor=actor_of(request))
    say(request, _("The list is gone."))
    return see_other(reverse("dealer_lists"))


@require_GET
@desk_page
@or_waits
def bought_before(request: HttpRequest) -> HttpResponse:
    """What was bought before, the latest first, at today's price."""
    actor = actor_of(request)
    sellers = sellers_of(actor)
    seller = chosen(request, sellers)
    found = Paginator(bought_goods(actor, seller.pk), ROWS)
    page = found.get_page(request.GET.get("page"))
    context = {
        "seller": seller,
        "sellers": sellers,
        "count": found.count,
        "pager": parts.pager(page, urlencode({"seller": seller.code})),
        **_again(today(actor, seller.pk, list(page), now(request))),
    }
    return show(request, "dealer/bought.html", context, here="dealer_lists")


@require_GET
@desk_page
def again(request: HttpRequest, number: str) -> HttpResponse:
    """An order once more: what it held, and what has changed since."""
    actor = actor_of(request)
    order = orders.get(actor, number)
    seller = next((one for one in sellers_of(actor) if one.pk == order.seller), None)
    if order.buyer not in actor.orgs or seller is None:
        raise NotFound()
    write_in_theirs(actor, seller.pk)
    context = {
        "order": order,
        "seller": seller,
        **_again(order_again(actor, order, now(request))),
    }
    return show(request, "dealer/again.html", context, here="deals")


def _again(rows: Sequence[Again]) -> dict[str, Any]:
    good = [row for row in rows if not row.now.problem]
    return {
        "rows": rows,
        "good": len(good),
        "bad": len(rows) - len(good),
        "dearer": sum(row.dearer > 0 for row in good),
        "cheaper": sum(row.dearer < 0 for row in good),
        "total": sum(row.now.amount or 0 for row in good),
        "before": sum(row.before.unit_price * row.before.quantity for row in rows),
    }
