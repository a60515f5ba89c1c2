"""What customers of each tier get, said in one place; and which customer is of which."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.commerce.cases import queries as cases
from heliu.commerce.pricing import queries as prices
from heliu.kernel.errors import Invalid
from heliu.kernel.parties.policies import TURN
from heliu.portal.deal.money_views import read_amount
from heliu.portal.seller.dealers import leaves
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.trade import tiers


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The tiers with what each gets; below, customers by name with theirs and why."""
    actor, text = actor_of(request), request.GET.get("q", "").strip()
    words = dict(tiers.TIERS)

    def do() -> str:
        post = request.POST
        if post.get("act") == "customer":
            buyer = _id(post.get("buyer", ""))
            if buyer is None:
                raise Invalid("choice-unknown", "There is no such choice.", field="buyer")
            tiers.set_tier_here(buyer, post.get("tier", ""), actor=actor)
        else:
            tiers.set_offer(
                post.get("tier", ""),
                actor=actor,
                at=now(request),
                price_list=_id(post.get("price_list", "")),
                circle=_id(post.get("circle", "")),
                credit=_amount(post.get("credit", "")),
                passes_to=_amount_or_none(post.get("passes_to", ""), "passes_to"),
                agreed_from=_amount_or_none(post.get("agreed_from", ""), "agreed_from"),
                agreed_people=_people(post.get("agreed_people", "")),
                may_wait=post.get("may_wait", "yes") == "yes",
                turn=_turn(post.get("turn", "")),
                answer_hours=_hours(post.get("answer_hours", "")),
                solve_hours=_hours(post.get("solve_hours", "")),
                service=post.get("service", ""),
                service_zh=post.get("service_zh", ""),
                welcome=post.get("welcome", ""),
                welcome_zh=post.get("welcome_zh", ""),
            )
        say(request, _("Saved. Customers have it in a moment."))
        return reverse("seller_tiers") + (f"?{urlencode({'q': text})}" if text else "")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer is not None:
        return answer
    kept = {one.tier: one for one in tiers.offers(actor)}
    page = leaves(actor, text).get_page(request.GET.get("page"))
    told = tiers.standings_of(actor, [house.pk for house in page])
    context = {
        "may_set": actor.may("terms"),
        "offers": [(tier, label, kept.get(tier)) for tier, label in tiers.TIERS],
        "lists": list(prices.lists_visible_to(actor).filter(seller=actor.own_org, version_of=None)),
        "circles": list(tiers.circles(actor)),
        "tiers": tiers.TIERS,
        "turns": range(1, 10),
        "turn": TURN,
        "level": cases.level_of(actor.own_org),
        "rows": [
            (house, one, words.get(one.tier, "") if one else "")
            for house in page
            for one in [told.get(house.pk)]
        ],
        "text": text,
        "pager": parts.pager(page, urlencode({"q": text}) if text else ""),
        "refusal": refusal,
        "typed": request.POST if refusal else {},
    }
    status = refusal.status if refusal else 200
    return show(request, "seller/tiers.html", context, here="seller_dealers", status=status)


def _amount(typed: str) -> int:
    if not typed.strip() or not typed.strip("0.,"):
        return 0
    amount, problem = read_amount(typed)
    if amount is None:
        raise Invalid("amount-invalid", problem, field="credit")
    return amount


def _amount_or_none(typed: str, field: str) -> int | None:
    if not typed.strip():
        return None
    if not typed.strip("0.,"):
        return 0
    amount, problem = read_amount(typed)
    if amount is None:
        raise Invalid("amount-invalid", problem, field=field)
    return amount


def _turn(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) == 1 else TURN


def _hours(typed: str) -> int | None:
    """So many hours; left open as for all customers. What is no number is none that may be."""
    if not typed.strip():
        return None
    return int(typed) if typed.strip().isdecimal() and len(typed) < 6 else 0


def _people(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) == 1 else 1


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None
