"""The operator's reports: where deals stand, what is lent, how late it is, and month by month.

Drawn as the bank's are; of fewer than three loans no sum is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET

from heliu.capital.reports.queries import AGES
from heliu.kernel.clock import day_of
from heliu.portal.bank.reports.ageing import PAINTS, share, words_of
from heliu.portal.bank.reports.pages import table_of
from heliu.portal.bank.reports.record import MOST_BARS, Asked, Build, Drawn, Report, short
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui.charts import Chart
from heliu.portal.ui.formats import count_text, money_text
from heliu.portal.ui.parts import Chip, Figure
from heliu.portal.ui.report_charts import Bar, Curve, bars, lines, top_of
from heliu.portal.ui.sheets import FORMS, Column, Row, Sheet, taken_away
from heliu.trade import oversight
from heliu.trade import oversight_reports as reports

MOST_MONTHS = 24
NOT_TOLD = N_("fewer than three loans")


def deals(asked: Asked) -> Report:
    """Open deals by where they stand."""
    found = reports.open_deals(asked.actor)
    financed = sum(one.n for one in found if one.kind == "LOAN")
    whole = sum(one.n for one in found)
    named = [(_kind(one.kind), one.pill[0], one.n) for one in found]
    return Report(
        title=_("Deals by state"),
        question=_("Where do the deals stand that are under way?"),
        figures=[
            Figure(_("Open deals"), text=count_text(whole)),
            Figure(_("Financed by a bank"), text=count_text(financed)),
            Figure(_("Without a bank"), text=count_text(whole - financed)),
        ],
        charts=[
            Drawn(
                _("Open deals by state"),
                _("number of deals; those of a bank by their loan"),
                bars(
                    [
                        Bar(
                            state,
                            n,
                            count_text(n),
                            paint="capital" if kind == _kind("LOAN") else "commerce",
                        )
                        for kind, state, n in named[:MOST_BARS]
                    ],
                    label=_("%(n)s deals are open.") % {"n": count_text(whole)},
                    head=(_("Kind"), _("State"), _("Deals")),
                    rows=[(kind, state, count_text(n)) for kind, state, n in named],
                )
                if named
                else None,
            )
        ],
        sheets=[
            Sheet(
                _("By state"),
                (Column(_("State")), Column(_("Kind")), Column(_("Deals"), "count")),
                [Row((state, kind, n)) for kind, state, n in named],
                (_("Total"), None, whole),
            )
        ],
    )


def exposure(asked: Asked) -> Report:
    """What is lent now, by lender and by seller."""
    found = reports.lent(asked.actor, asked.on)
    houses = oversight.names(
        asked.actor, [org for one in found for org in (one.lender, one.seller)]
    )
    loans = sum(one.loans for one in found)
    by = {
        "lender": _summed(found, lambda one: one.lender),
        "seller": _summed(found, lambda one: one.seller),
    }
    told = sum(one.owed or 0 for one in found)
    return Report(
        title=_("Exposure"),
        question=_("How much do the banks have out, and for whose goods?"),
        figures=[
            Figure(_("Principal owed"), minor=told),
            Figure(_("Loans"), text=count_text(loans)),
            Figure(_("Late"), text=count_text(sum(one.late for one in found))),
            Figure(_("Lenders"), text=count_text(len(by["lender"]))),
            Figure(_("Sellers"), text=count_text(len(by["seller"]))),
        ],
        charts=[
            _owed_chart(_("By lender"), by["lender"], houses),
            _owed_chart(_("By seller"), by["seller"], houses),
        ],
        sheets=[
            Sheet(
                _("By lender and seller"),
                (
                    Column(_("Lender")),
                    Column(_("Seller")),
                    Column(_("Loans"), "count"),
                    Column(_("Late"), "count", is_wide=True),
                    Column(_("Principal, CNY"), "money"),
                    Column(_("Of it late, CNY"), "money", is_wide=True),
                ),
                [
                    Row(
                        (
                            _short(houses, one.lender), _short(houses, one.seller), one.loans,
                            one.late, one.owed, one.owed_late,
                        )
                    )
                    for one in sorted(found, key=lambda one: -(one.owed or 0))
                ],
                (_("Total"), None, loans, sum(one.late for one in found), told, None),
            )
        ],
    )  # fmt: skip


def ageing(asked: Asked) -> Report:
    """How late what is lent is, over all lenders."""
    found = {one.bucket: one for one in reports.aged(asked.actor, asked.on)}
    rows = [
        (
            place,
            found[place].loans if place in found else 0,
            found[place].owed if place in found else 0,
        )
        for place in range(len(AGES))
    ]
    whole = sum(owed or 0 for _place, _loans, owed in rows)
    late = sum(owed or 0 for _place, _loans, owed in rows[1:])
    return Report(
        title=_("Ageing"),
        question=_("How much of what all banks have out is late, and for how long?"),
        figures=[
            Figure(_("Principal owed"), minor=whole),
            Figure(_("Late"), minor=late, tone="bad" if late else ""),
            Figure(_("Late, of all"), text=share(late, whole)),
        ],
        charts=[
            Drawn(
                _("Principal by days past the due day"),
                _("CNY; of fewer than three loans no sum is told"),
                bars(
                    [
                        Bar(words_of(place), owed or 0, short(owed or 0), paint=PAINTS[place])
                        for place, _loans, owed in rows
                    ],
                    label=_("%(late)s of %(all)s is late, %(share)s.")
                    % {
                        "late": money_text(late),
                        "all": money_text(whole),
                        "share": share(late, whole),
                    },
                    head=(_("Days past the due day"), _("Loans"), _("Principal, CNY")),
                    rows=[
                        (words_of(place), count_text(loans), _told(owed))
                        for place, loans, owed in rows
                    ],
                )
                if whole
                else None,
            )
        ],
        sheets=[
            Sheet(
                _("By days past the due day"),
                (
                    Column(_("Days past the due day")),
                    Column(_("Loans"), "count"),
                    Column(_("Principal, CNY"), "money"),
                ),
                [Row((words_of(place), loans, owed)) for place, loans, owed in rows],
                (_("Total"), sum(loans for _place, loans, _owed in rows), whole),
            )
        ],
    )  # fmt: skip


def volume(asked: Asked) -> Report:
    """Orders, loans and repayments month by month."""
    found: dict[date, dict[str, reports.Month]] = defaultdict(dict)
    for one in reports.months(asked.actor):
        found[one.month][one.name] = one
    months = sorted(found, reverse=True)[:MOST_MONTHS]
    newest = found[months[0]] if months else {}
    return Report(
        title=_("Volume by month"),
        question=_("What was ordered, lent and repaid, month by month?"),
        figures=[
            Figure(_("Orders this month"), text=count_text(_count(newest, "orders"))),
            Figure(_("Ordered"), minor=_amount(newest, "orders") or 0),
            Figure(_("Lent"), minor=_amount(newest, "lent") or 0),
            Figure(_("Repaid"), minor=_amount(newest, "repaid") or 0),
        ],
        charts=[
            Drawn(
                _("Ordered, lent and repaid"),
                _("CNY a month"),
                _months_chart(sorted(months), found) if months else None,
            )
        ],
        sheets=[
            Sheet(
                _("By month"),
                (
                    Column(_("Month")),
                    Column(_("Orders"), "count"),
                    Column(_("Ordered, CNY"), "money"),
                    Column(_("Loans paid out"), "count", is_wide=True),
                    Column(_("Lent, CNY"), "money"),
                    Column(_("Repayments"), "count", is_wide=True),
                    Column(_("Repaid, CNY"), "money", is_wide=True),
                ),
                [
                    Row(
                        (
                            f"{month:%Y-%m}",
                            *(
                                cell
                                for name in ("orders", "lent", "repaid")
                                for cell in (
                                    _count(found[month], name),
                                    _amount(found[month], name),
                                )
                            ),
                        )
                    )
                    for month in months
                ],
            )
        ],
    )


REPORTS: dict[str, tuple[str, Build]] = {
    "deals": (N_("Deals by state"), deals),
    "exposure": (N_("Exposure"), exposure),
    "ageing": (N_("Ageing"), ageing),
    "volume": (N_("Volume by month"), volume),
}


def page_of(key: str) -> Callable[..., HttpResponse]:
    """The page of a report; with ``as=xlsx`` or ``as=csv`` the same as a file."""
    build = REPORTS[key][1]

    @require_GET
    @desk_page
    def view(request: HttpRequest) -> HttpResponse:
        at = now(request)
        asked = Asked(actor_of(request), day_of(at), at)
        report = build(asked)
        form = request.GET.get("as", "")
        if form in FORMS:
            return taken_away(report.sheets, f"{key}-{asked.on.isoformat()}", form)
        context: dict[str, Any] = {
            "report": report,
            "asked": asked,
            "is_now": True,
            "tabs": [
                Chip(_(label), address_of(one), on=one == key)
                for one, (label, _build) in REPORTS.items()
            ],
            "tables": [
                table_of(request, sheet, place, "") for place, sheet in enumerate(report.sheets)
            ],
            "query": "",
        }
        return show(request, "bank/report.html", context, here="operator_reports")

    return view


def urls() -> list[URLPattern]:
    """An address for each report; the first is also where the rail leads."""
    first, *rest = REPORTS
    return [
        path("operator/reports", page_of(first), name="operator_reports"),
        *(
            path(f"operator/reports/{key}", page_of(key), name=f"operator_report_{key}")
            for key in rest
        ),
    ]


def address_of(key: str) -> str:
    """Where a report stands."""
    return reverse("operator_reports" if key == next(iter(REPORTS)) else f"operator_report_{key}")


def _kind(kind: str) -> str:
    return _("with a bank") if kind == "LOAN" else _("without a bank")


def _summed(
    found: list[reports.Lent], whose: Callable[[reports.Lent], UUID]
) -> list[tuple[UUID, int, int]]:
    """Loans and what is told of what is owed, by house; the most owed first."""
    sums: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    for one in found:
        sums[whose(one)][0] += one.loans
        sums[whose(one)][1] += one.owed or 0
    rows = [(org, loans, owed) for org, (loans, owed) in sums.items()]
    return sorted(rows, key=lambda row: (-row[2], -row[1], str(row[0])))


def _owed_chart(title: str, rows: list[tuple[UUID, int, int]], houses: Any) -> Drawn:
    told = [row for row in rows if row[2]][:MOST_BARS]
    whole = sum(owed for _org, _loans, owed in rows)
    chart: Chart | None = None
    if told:
        first = told[0]
        chart = bars(
            [
                Bar(_short(houses, org), owed, short(owed), paint="capital")
                for org, _n, owed in told
            ],
            label=_("%(name)s has most, %(amount)s, %(share)s of all.")
            % {
                "name": _short(houses, first[0]),
                "amount": money_text(first[2]),
                "share": share(first[2], whole),
            },
            head=(_("Party"), _("Loans"), _("Principal, CNY")),
            rows=[
                (_short(houses, org), count_text(loans), _told(owed or None))
                for org, loans, owed in rows
            ],
        )
    return Drawn(title, _("CNY; of fewer than three loans no sum is told"), chart)


def _months_chart(months: list[date], found: Any) -> Chart:
    curves = [
        Curve(words, tuple(float(_amount(found[one], name) or 0) for one in months), flow, words)
        for name, words, flow in (
            ("orders", _("Ordered"), "commerce"),
            ("lent", _("Lent"), "capital"),
            ("repaid", _("Repaid"), "logistics"),
        )
    ]
    top = max(1.0, top_of(curves))
    last = found[months[-1]]
    return lines(
        curves,
        [f"{one:%Y-%m}" for one in months],
        label=_("In %(month)s orders came to %(amount)s.")
        % {"month": f"{months[-1]:%Y-%m}", "amount": money_text(_amount(last, "orders") or 0)},
        head=(_("Month"), _("Ordered, CNY"), _("Lent, CNY"), _("Repaid, CNY")),
        rows=[
            (
                f"{one:%Y-%m}",
                *(_told(_amount(found[one], name)) for name in ("orders", "lent", "repaid")),
            )
            for one in months
        ],
        scale_texts=(short(int(top / 2)), short(int(top))),
        top=top,
    )


def _count(month: Any, name: str) -> int:
    return month[name].n if name in month else 0


def _amount(month: Any, name: str) -> int | None:
    return month[name].amount if name in month else 0


def _told(owed: int | None) -> str:
    return _(NOT_TOLD) if owed is None else money_text(owed)


def _short(houses: Any, org: UUID) -> str:
    return houses[org].short if org in houses else ""
