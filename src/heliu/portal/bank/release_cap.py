"""From which worth on a release of goods waits for people at this bank."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.credit import queries as credit
from heliu.kernel.errors import Invalid, NotFound
from heliu.portal.deal.money_views import read_amount
from heliu.portal.shell.approvals import asked
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.formats import money_text
from heliu.trade import programmes


@require_http_methods(["GET", "POST"])
@desk_page
def cap(request: HttpRequest, programme: UUID) -> HttpResponse:
    """The cap of a programme; left empty, all goods leave by themselves."""
    actor, at = actor_of(request), now(request)
    one = credit.programmes_visible_to(actor).filter(pk=programme, lender__in=actor.orgs).first()
    if one is None:
        raise NotFound()

    def do() -> str:
        done = programmes.cap_releases(one.pk, _typed(request), actor=actor, at=at)
        if programmes.is_asked(done):
            return asked(request, done)
        say(request, _("It holds from now on."))
        return reverse("bank_programmes")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    stands = "" if one.auto_release_cap is None else money_text(one.auto_release_cap)
    context = {
        "programme": one,
        "may_change": actor.may("override"),
        "amount": request.POST.get("amount", stands),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return answer or show(
        request, "bank/release_cap.html", context, here="bank_programmes", status=status
    )


def _typed(request: HttpRequest) -> int | None:
    typed = request.POST.get("amount", "").strip()
    if not typed:
        return None
    if typed in ("0", "0.00"):
        return 0
    amount, problem = read_amount(typed)
    if amount is None:
        raise Invalid("amount-unreadable", problem, field="amount")
    return amount
