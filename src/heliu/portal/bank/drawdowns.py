"""All drawdowns, also those the rules approved, and how long the answers took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET

from heliu.capital.lending.queries import RUNNING
from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.portal.bank.loans import BY_A_PERSON, BY_THE_RULES, lent, named, numbers_of
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.ui import parts
from heliu.portal.ui.charts import Chart
from heliu.portal.ui.spreads import Spread, short, spread_chart

ROWS = 50
MEASURED = 5_000  # the newest of the filter, for the histograms
OUTCOMES: dict[str, tuple[str, Q]] = {
    "": (N_("All"), Q()),
    "rules": (N_("By the rules"), BY_THE_RULES),
    "person": (N_("By a person"), BY_A_PERSON),
    "waiting": (N_("Waiting"), Q(status__in=("REFERRED", "QUOTED"))),
    "running": (N_("Running"), Q(status__in=RUNNING)),
    "nothing": (
        N_("Came to nothing"),
        Q(status__in=("DECLINED", "EXPIRED", "CANCELLED", "BANK_REJECTED", "UNWINDING")),
    ),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; ``least`` in minor units, ``slow`` in milliseconds."""

    outcome: str
    text: str
    least: int | None
    slow: Decimal | None

    @property
    def query(self) -> str:
        """The filters as they stand in the address."""
        least = str(self.least // 100) if self.least else ""
        values = {
            "outcome": self.outcome,
            "q": self.text,
            "least": least,
            "slow": str(self.slow or ""),
        }
        return urlencode({name: value for name, value in values.items() if value})


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Loans newest first; found by number or borrower, by outcome, amount and time of decision."""
    actor, asked = actor_of(request), asked_in(request)
    base = narrowed(lent(actor), asked, actor)
    found = base.filter(OUTCOMES[asked.outcome][1]).order_by("-created_at", "-id")
    page = parts.Leaves(found.select_related("assessment"), ROWS).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "least_typed": asked.least // 100 if asked.least else "",
        "chips": _chips(base, asked),
        "rows": _rows(actor, list(page)),
        "pager": parts.pager(page, asked.query),
        "decisions": decision_times(found),
        "money": money_times(found),
    }
    return show(request, "bank/drawdowns.html", context, here="bank_drawdowns")


def asked_in(request: HttpRequest) -> Asked:
    """The filters of the address; what cannot be read asks nothing."""
    outcome = request.GET.get("outcome", "")
    least, slow = (_number(request.GET.get(name, "")) for name in ("least", "slow"))
    return Asked(
        outcome if outcome in OUTCOMES else "",
        request.GET.get("q", "").strip(),
        int(least * 100) if least else None,
        slow,
    )


def narrowed(loans: QuerySet[Any], asked: Asked, actor: Actor) -> QuerySet[Any]:
    """The loans the filters leave, whatever their outcome."""
    if asked.text.upper().startswith("LN-"):
        loans = loans.filter(number__startswith=asked.text.upper())
    elif asked.text:
        loans = loans.filter(borrower__in=named(actor, asked.text))
    if asked.least:
        loans = loans.filter(principal__gte=asked.least)
    if asked.slow:
        loans = loans.filter(assessment__milliseconds__gte=asked.slow)
    return loans


def decision_times(found: QuerySet[Any]) -> Chart | None:
    """How long the rules took to decide, in milliseconds."""
    values = found.exclude(assessment=None).values_list("assessment__milliseconds", flat=True)
    spread = Spread.of([float(value) for value in values[:MEASURED]])
    if not spread.values:
        return None
    label = _("Half of all decisions took at most %(n)s ms.") % {"n": short(spread.at(50))}
    return spread_chart(
        spread, label=label, head=(_("Milliseconds"), _("Decisions")), unit=_(" ms")
    )


def money_times(found: QuerySet[Any]) -> Chart | None:
    """How long it took from the signature until the seller was paid, in seconds.

    What bears one moment throughout was written in afterwards and tells nothing.
    """
    pairs = found.filter(seller_paid_at__gt=F("signed_at")).values_list(
        "signed_at", "seller_paid_at"
    )[:MEASURED]
    spread = Spread.of([(paid - signed).total_seconds() for signed, paid in pairs])
    if not spread.values:
        return None
    label = _("Half of all sellers were paid within %(n)s s.") % {"n": short(spread.at(50))}
    return spread_chart(spread, label=label, head=(_("Seconds"), _("Loans")), unit=_(" s"))


def _chips(base: QuerySet[Any], asked: Asked) -> list[parts.Chip]:
    chips = []
    counts = parts.tally(base, {key: rule for key, (_words, rule) in OUTCOMES.items()})
    for key, (words, _rule) in OUTCOMES.items():
        other = Asked(key, asked.text, asked.least, asked.slow)
        chips.append(parts.Chip(_(words), f"?{other.query}", counts[key], key == asked.outcome))
    return chips


def _rows(actor: Actor, loans: list[Any]) -> list[dict[str, Any]]:
    houses = names(loan.borrower for loan in loans)
    numbers = numbers_of(actor, (loan.deal for loan in loans))
    return [
        {
            "loan": loan,
            "house": houses.get(loan.borrower),
            "href": _href(loan, numbers),
            "to_money": _to_money(loan),
        }
        for loan in loans
    ]


def _href(loan: Any, numbers: dict[Any, str]) -> str:
    if loan.status == "REFERRED":
        return reverse("bank_request", args=[loan.number])
    number = numbers.get(loan.deal)
    return reverse("deal", args=[number]) if number else ""


def _to_money(loan: Any) -> timedelta | None:
    if loan.signed_at is None or loan.seller_paid_at is None:
        return None
    span: timedelta = loan.seller_paid_at - loan.signed_at
    return span or None


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 < value < 10**13 else None
