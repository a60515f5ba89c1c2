"""Finance: what is owed and by when, the line it is drawn on, and what repaying would free."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.capital.bank import freezing
from heliu.capital.credit import queries as credit
from heliu.capital.lending import queries
from heliu.capital.lending.policies import debt
from heliu.capital.lending.queries import RUNNING
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.shell.reasons import told
from heliu.portal.ui import charts, parts
from heliu.portal.ui.formats import day_text, money_short, money_text
from heliu.trade import repayment
from heliu.trade.repayment import Subject

ROWS = 50
LOANS = 12
SOON = 7
WEEKS = 10
BEGUN = (
    "REFERRED", "QUOTED", "AWAIT_DEPOSIT", "FUNDED_SHARE",
    "DISBURSING", "DISBURSED", "PAYING_SELLER",
)  # fmt: skip


@require_GET
@desk_page
def finance(request: HttpRequest) -> HttpResponse:
    """What is owed, by when, and what can still be drawn; loan by loan, what is bound for it."""
    actor, today = actor_of(request), day_of(now(request))
    tab = request.GET.get("tab", "running")
    mine = queries.visible_to(actor).filter(borrower__in=actor.orgs)
    rules = {"running": Q(status__in=RUNNING), "begun": Q(status__in=BEGUN), "all": Q()}
    counts = parts.tally(mine, rules)
    running = list(mine.filter(rules["running"]).order_by("due_on", "id"))
    repaid = queries.repaid_principals(running)
    owing = [Owing.of(loan, repaid[loan.pk], today) for loan in running]
    line = queries.credit_line(actor, at=now(request))
    lines = credit.credit_lines(actor, at=now(request))
    houses = names(one.facility.lender for one in lines)
    context = {
        "figures": _figures(owing, today),
        "chart": falling_due(owing, today) if owing else None,
        "tabs": [
            parts.Chip(_("Running"), "?", counts["running"], on=tab == "running"),
            parts.Chip(_("Begun"), "?tab=begun", counts["begun"], on=tab == "begun"),
            parts.Chip(_("All"), "?tab=all", counts["all"], on=tab == "all"),
        ],
        "frozen": list(freezing.in_force(actor).filter(org=actor.own_org)),
        "is_running": tab not in ("begun", "all"),
        "line": line,
        "lender": houses[line.facility.lender] if line else None,
        "others": [
            (one, houses[one.facility.lender])
            for one in lines
            if line and one.facility.pk != line.facility.pk
        ],
        **(
            _table(actor, mine.filter(rules[tab]), tab, request.GET.get("page"))
            if tab in ("begun", "all")
            else _loans(actor, owing, today, request.GET.get("page"))
        ),
        **_reasons(actor, line),
    }
    return show(request, "dealer/finance.html", context, here="dealer_finance")


class Owing:
    """A running loan and what is owed on it: today, on its due day, and for one day more."""

    def __init__(self, loan: Any, now: debt.Owed, at_due: int, a_day: int) -> None:
        self.loan, self.now, self.at_due, self.a_day = loan, now, at_due, a_day

    @classmethod
    def of(cls, loan: Any, repaid: Sequence[tuple[date, int]], on: date) -> Owing:
        """What is owed if all of it is paid on a day."""
        return cls(
            loan,
            debt.owed(loan, repaid, on),
            debt.owed(loan, repaid, max(loan.due_on, on)).total,
            queries.cost_of_a_day(loan, repaid, on),
        )


def _figures(owing: Sequence[Owing], today: date) -> list[parts.Figure]:
    late = [one for one in owing if one.loan.due_on < today]
    soon = [one for one in owing if today <= one.loan.due_on <= today + timedelta(days=SOON)]
    return [
        parts.Figure(
            _("Owed today"),
            minor=sum(one.now.total for one in owing),
            note=_("with interest to today"),
        ),
        parts.Figure(
            _("Overdue"),
            minor=sum(one.now.total for one in late),
            tone="bad" if late else "",
            note=_late_note(late, today),
        ),
        parts.Figure(
            _("Due in 7 days"),
            minor=sum(one.at_due for one in soon),
            note=_("with interest to the due day") if soon else "",
        ),
        parts.Figure(
            _("A day more costs"),
            minor=sum(one.a_day for one in owing),
            note=_("interest, and penalty where it runs"),
        ),
    ]


def _late_note(late: Sequence[Owing], today: date) -> str:
    if not late:
        return _("nothing is overdue")
    days = max((today - one.loan.due_on).days for one in late)
    return ngettext("for %(n)d day", "for up to %(n)d days", days) % {"n": days}


def due_words(loan: Any, today: date) -> str:
    """When a loan is due, in words: the day, how long that is, and what being late costs."""
    language = get_language() or "en"
    day, left = day_text(loan.due_on, today, language), (loan.due_on - today).days
    if left == 0:
        return _("Due today.")
    if left > 0:
        words = ngettext("Due on %(day)s, in %(n)d day.", "Due on %(day)s, in %(n)d days.", left)
        return words % {"day": day, "n": left}
    grace_ends = debt.lateness(loan).grace_ends(loan.due_on)
    if today <= grace_ends:
        words = ngettext(
            "%(n)d day overdue, since %(day)s. Paid by %(until)s it costs no penalty.",
            "%(n)d days overdue, since %(day)s. Paid by %(until)s it costs no penalty.",
            -left,
        )
    else:
        words = ngettext(
            "%(n)d day overdue, since %(day)s. Penalty runs: %(factor)s times the rate.",
            "%(n)d days overdue, since %(day)s. Penalty runs: %(factor)s times the rate.",
            -left,
        )
    return words % {
        "n": -left,
        "day": day,
        "until": day_text(grace_ends, today, language),
        "factor": f"{loan.penalty_factor.normalize():f}",
    }


def falling_due(owing: Sequence[Owing], today: date) -> charts.Chart:
    """What falls due week by week, with its interest; what is late comes first, in red."""
    language = get_language() or "en"
    late = sum(one.now.total for one in owing if one.loan.due_on < today)
    weeks, later = [0] * WEEKS, 0
    for one in owing:
        place = (one.loan.due_on - today).days // 7
        if place >= WEEKS:
            later += one.at_due
        elif place >= 0:
            weeks[place] += one.at_due
    begins = [today + timedelta(days=7 * place) for place in range(WEEKS)]
    columns = [
        charts.Due(day_text(day, day, language), minor / 100, _short(minor))
        for day, minor in zip(begins, weeks, strict=True)
    ]
    if late:
        columns.insert(0, charts.Due(_("late"), late / 100, _short(late), tone="bad"))
    if later:
        columns.append(charts.Due(_("later"), later / 100, _short(later)))
    most = max(columns, key=lambda column: column.value)
    return charts.dues(
        columns,
        label=_("Most falls due in the week from %(week)s: %(amount)s")
        % {"week": most.name, "amount": most.text},
        head=(_("Week from"), _("Due, CNY")),
        short=lambda value: _short(round(value * 100)),
    )


def _short(minor: int) -> str:
    return " ".join(money_short(minor, get_language() or "en")).strip()


def _loans(actor: Actor, owing: Sequence[Owing], today: date, number: str | None) -> dict[str, Any]:
    """The running loans, the next due first, each with what is bound for it."""
    page = Paginator(owing, LOANS).get_page(number)
    subjects = repayment.of_loans(actor, [one.loan for one in page], on=today)
    lenders = names({one.loan.lender for one in page})
    rows = [
        {
            "owing": one,
            "loan": one.loan,
            "lender": lenders.get(one.loan.lender),
            "due": due_words(one.loan, today),
            "is_late": one.loan.due_on < today,
            **bound_goods(subject),
        }
        for one, subject in zip(page, subjects, strict=True)
    ]
    return {"rows": rows, "pager": parts.pager(page, ""), "may_pay": actor.may("pay")}


def bound_goods(subject: Subject) -> dict[str, Any]:
    """What is bound for a loan, and what was let go of it so far."""
    pledge = subject.pledge
    pledged = pledge.pledged_value if pledge else 0
    return {
        "goods": subject.goods,
        "pledge": pledge,
        "bound_share": _share_words(pledge.bound_value, pledged) if pledge and pledged else "",
    }


def _share_words(bound: int, pledged: int) -> str:
    return _("%(bound)s of %(pledged)s are bound") % {
        "bound": money_text(bound),
        "pledged": money_text(pledged),
    }


def _table(actor: Actor, shown: QuerySet[Any], tab: str, number: str | None) -> dict[str, Any]:
    """Loans that are not running, or all of them, as a list."""
    page = parts.Leaves(shown.order_by("due_on", "id"), ROWS).get_page(number)
    lenders = names({loan.lender for loan in page})
    rows = [
        {
            "loan": loan,
            "lender": lenders.get(loan.lender),
            "href": reverse("deal", args=[loan.deal]),
            "interest": loan.interest_accrued - loan.interest_paid,
            "may_repay": loan.status in RUNNING and actor.may("pay"),
        }
        for loan in page
    ]
    return {"rows": rows, "pager": parts.pager(page, f"tab={tab}")}


def _reasons(actor: Actor, line: Any) -> dict[str, Any]:
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
    return {"assessment": newest, "reasons": told(credit.reasons_for(actor, newest))}
