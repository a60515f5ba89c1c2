"""Up to where the seller lets quotes be answered without a person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.commerce.quotes import operations, queries
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.shell.sheets import amount_of, number_of, rate_of

HERE = "quotes"


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The bounds by pieces, and a form for one more; a post sets one or takes one away."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        if request.POST.get("drop"):
            operations.drop_auto_answer(number_of(request, "drop"), actor=actor)
            say(request, _("It is taken away."))
        else:
            operations.set_auto_answer(
                actor=actor,
                min_quantity=number_of(request, "min_quantity"),
                percent=rate_of(request, "percent"),
                days=number_of(request, "days"),
                most=amount_of(request, "most") if request.POST.get("most", "").strip() else None,
                at=at,
            )
            say(request, _("It is set."))
        return reverse("seller_quote_rules")

    done, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if done:
        return done
    context = {
        "rows": queries.auto_answers(actor.own_org),
        "may_set": actor.may("price"),
        "typed": request.POST,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "seller/quote_rules.html", context, here=HERE, status=status)
