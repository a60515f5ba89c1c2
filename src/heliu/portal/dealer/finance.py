"""Finance and repayment: the loans by due day, and the line they are drawn on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.capital.credit import queries as credit
from heliu.capital.lending import queries as lending
from heliu.capital.lending.queries import RUNNING
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.shell.reasons import told
from heliu.portal.ui import parts

ROWS = 50
SOON = 7
BEGUN = (
    "REFERRED", "QUOTED", "AWAIT_DEPOSIT", "FUNDED_SHARE",
    "DISBURSING", "DISBURSED", "PAYING_SELLER",
)  # fmt: skip


@require_GET
@desk_page
def finance(request: HttpRequest) -> HttpResponse:
    """What is owed, by when, and what can still be drawn."""
    actor, at = actor_of(request), now(request)
    today, tab = day_of(at), request.GET.get("tab", "running")
    mine = lending.visible_to(actor).filter(borrower__in=actor.orgs)
    rules = {"running": Q(status__in=RUNNING), "begun": Q(status__in=BEGUN), "all": Q()}
    shown, counts = mine.filter(rules.get(tab, Q())), parts.tally(mine, rules)
    page = parts.Leaves(shown.order_by("due_on", "id"), ROWS).get_page(request.GET.get("page"))
    line = lending.credit_line(actor, at=at)
    lenders = names({loan.lender for loan in page} | ({line.facility.lender} if line else set()))
    context = {
        "figures": _figures(mine.filter(rules["running"]), today),
        "tabs": [
            parts.Chip(_("Running"), "?", counts["running"], on=tab == "running"),
            parts.Chip(_("Begun"), "?tab=begun", counts["begun"], on=tab == "begun"),
            parts.Chip(_("All"), "?tab=all", counts["all"], on=tab == "all"),
        ],
        "rows": [
            {
                "loan": loan,
                "lender": lenders.get(loan.lender),
                "href": reverse("deal", args=[loan.deal]),
                "interest": loan.interest_accrued - loan.interest_paid,
                "is_late": loan.due_on < today,
                "may_repay": loan.status in RUNNING and actor.may("pay"),
                "repay": reverse("deal_repay", args=[loan.deal]),
            }
            for loan in page
        ],
        "pager": parts.pager(page, f"tab={tab}"),
        "line": line,
        "lender": lenders.get(line.facility.lender) if line else None,
        **_reasons(actor, line),
    }
    return show(request, "dealer/finance.html", context, here="dealer_finance")


def _figures(running: Any, today: Any) -> list[parts.Figure]:
    left = F("principal") - F("principal_repaid")
    sums = running.aggregate(
        owed=Sum(left),
        interest=Sum(F("interest_accrued") - F("interest_paid")),
        soon=Sum(left, filter=Q(due_on__lte=today + timedelta(days=SOON))),
        late=Sum(left, filter=Q(due_on__lt=today)),
    )
    return [
        parts.Figure(_("Principal owed"), minor=sums["owed"] or 0),
        parts.Figure(_("Due in 7 days"), minor=sums["soon"] or 0),
        parts.Figure(_("Overdue"), minor=sums["late"] or 0, tone="bad" if sums["late"] else ""),
        parts.Figure(
            _("Interest so far"), minor=sums["interest"] or 0, note=_("as of the last close of day")
        ),
    ]


def _reasons(actor: Any, line: Any) -> dict[str, Any]:
    """Why the line is what it is: the last assessment's reasons and what would help."""
    if line is None:
        return {}
    newest = (
        credit.assessments_visible_to(actor)
        .filter(borrower=line.facility.borrower, lender=line.facility.lender)
        .order_by("-at")
        .first()
    )
    if newest is None:
        return {}
    return {"assessment": newest, "reasons": told(newest.reasons)}
