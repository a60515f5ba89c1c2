"""How late what is lent is, by days past the due day."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heliu.capital.reports import queries
from heliu.capital.reports.queries import AGES, Ageing, Bucket
from heliu.kernel.parties.queries import names
from heliu.portal.bank.reports.record import Asked, Drawn, Report, called, short
from heliu.portal.ui.charts import Chart
from heliu.portal.ui.formats import count_text, money_text, percent_text
from heliu.portal.ui.parts import Figure
from heliu.portal.ui.report_charts import Bar, bars
from heliu.portal.ui.sheets import Column, Row, Sheet

PAINTS = ("capital", "due", "due", "bad", "bad")


def report(asked: Asked) -> Report:
    """Principal by age, in sum and by dealer."""
    found = queries.ageing(asked.actor, asked.on)
    sums = [sum((one.buckets[place] for one in found), Bucket()) for place in range(len(AGES))]
    whole = sum(sums, Bucket())
    return Report(
        title=_("Ageing"),
        question=_("How much of what is lent is late, and for how long?"),
        figures=_figures(sums, whole),
        charts=[
            Drawn(
                _("Principal by days past the due day"),
                _("CNY; days of grace are not counted off"),
                _chart(sums, whole) if whole.loans else None,
            )
        ],
        sheets=[_sheet(found, sums, whole)],
    )


def words_of(place: int) -> str:
    """A bucket in words: not late, 1–30 days, over 90 days."""
    least, most = AGES[place]
    if most == 0:
        return _("Not late")
    if most is None:
        return _("Over %(n)d days") % {"n": least - 1}
    return _("%(a)d–%(b)d days") % {"a": least, "b": most}


def _figures(sums: list[Bucket], whole: Bucket) -> list[Figure]:
    late = sum(sums[1:], Bucket())
    return [
        Figure(
            _("Principal owed"),
            minor=whole.amount,
            note=_loans(whole.loans),
        ),
        Figure(
            _("Late"),
            minor=late.amount,
            note=_loans(late.loans),
            tone="bad" if late.loans else "",
        ),
        Figure(_("Late, of all"), text=share(late.amount, whole.amount)),
        Figure(_("Over 30 days, of all"), text=share(_over(sums, 2), whole.amount)),
        Figure(_("Over 90 days, of all"), text=share(_over(sums, 4), whole.amount)),
    ]


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent, or a dash of nothing."""
    return percent_text(Decimal(part) * 100 / whole) if whole else "–"


def _over(sums: list[Bucket], first: int) -> int:
    return sum(one.amount for one in sums[first:])


def _loans(number: int) -> str:
    return ngettext("%(n)s loan", "%(n)s loans", number) % {"n": count_text(number)}


def _chart(sums: list[Bucket], whole: Bucket) -> Chart:
    late = whole.amount - sums[0].amount
    return bars(
        [
            Bar(words_of(place), one.amount, short(one.amount), paint=PAINTS[place])
            for place, one in enumerate(sums)
        ],
        label=_("%(late)s of %(all)s is late, %(share)s.")
        % {
            "late": money_text(late),
            "all": money_text(whole.amount),
            "share": share(late, whole.amount),
        },
        head=(_("Days past the due day"), _("Loans"), _("Principal, CNY")),
        rows=[
            (words_of(place), count_text(one.loans), money_text(one.amount))
            for place, one in enumerate(sums)
        ],
    )


def _sheet(found: list[Ageing], sums: list[Bucket], whole: Bucket) -> Sheet:
    houses = names(one.borrower for one in found)
    return Sheet(
        _("By dealer"),
        (
            Column(_("Dealer")),
            Column(_("Loans"), "count", is_wide=True),
            *(Column(words_of(place), "money", is_wide=True) for place in range(len(AGES))),
            Column(_("Late"), "money"),
            Column(_("Principal, CNY"), "money"),
        ),
        [
            Row(
                (
                    called(houses, one.borrower),
                    one.total.loans,
                    *(bucket.amount for bucket in one.buckets),
                    one.total.amount - one.buckets[0].amount,
                    one.total.amount,
                )
            )
            for one in found
        ],
        (
            _("Total"),
            whole.loans,
            *(one.amount for one in sums),
            whole.amount - sums[0].amount,
            whole.amount,
        ),
    )
