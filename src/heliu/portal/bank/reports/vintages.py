"""How each month's loans turn out: what of them was ever late, by months on book."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from heliu.capital.reports import queries
from heliu.capital.reports.queries import Vintage
from heliu.portal.bank.reports.ageing import share
from heliu.portal.bank.reports.record import Asked, Drawn, Report
from heliu.portal.ui.charts import Chart
from heliu.portal.ui.formats import count_text, percent_text
from heliu.portal.ui.parts import Chip, Figure
from heliu.portal.ui.report_charts import Curve, lines, top_of
from heliu.portal.ui.sheets import Column, Row, Sheet

PAST = (0, 7, 30, 60, 90)  # days late that may be asked for
MOST_MONTHS = 12  # on book, that are drawn


def report(asked: Asked) -> Report:
    """The cumulative share of what was lent that was ever more than `past` days late."""
    found = queries.vintages(asked.actor, asked.past, asked.on)
    lent = sum(one.lent for one in found)
    late = sum(sum(one.late.values()) for one in found)
    return Report(
        title=_("Vintages"),
        question=_("Of what was lent in a month, how much was ever late, and how soon?"),
        figures=[
            Figure(_("Lent"), minor=lent),
            Figure(
                _("Loans"),
                text=count_text(sum(one.loans for one in found)),
                note=_("in %(n)s months") % {"n": count_text(len(found))},
            ),
            Figure(ever_late(asked.past), minor=late),
            Figure(_("Of what was lent"), text=share(late, lent)),
        ],
        charts=[
            Drawn(
                _("%(late)s, by months on book") % {"late": ever_late(asked.past)},
                _("per cent of what was lent; one line for each month of payment"),
                _chart(found, asked.past) if found else None,
            )
        ],
        sheets=[_sheet(found)],
        chips=[
            Chip(
                _("Over %(n)d days") % {"n": past} if past else _("Late at all"),
                f"?on={asked.on.isoformat()}&past={past}",
                on=past == asked.past,
            )
            for past in PAST
        ],
    )


def ever_late(past: int) -> str:
    """What the curves count, in words."""
    return _("Ever more than %(n)d days late") % {"n": past} if past else _("Ever late")


def shares(one: Vintage) -> tuple[Decimal | None, ...]:
    """The share in per cent by months on book, as far as they have been seen."""
    return tuple(
        Decimal(one.late_by(month)) * 100 / one.lent if month <= one.seen and one.lent else None
        for month in range(MOST_MONTHS + 1)
    )


def _chart(found: list[Vintage], past: int) -> Chart:
    worst = max(found, key=lambda one: (share_now(one), one.month))
    longest = min(MOST_MONTHS, max(one.seen for one in found))
    drawn = found[-24:]
    newest = max((one.month for one in drawn if one.seen), default=worst.month)
    named = {worst.month, newest}  # the others are faint
    curves = [
        Curve(
            f"{one.month:%Y-%m}",
            tuple(None if v is None else float(v) for v in shares(one)[: longest + 1]),
            "capital",
            f"{one.month:%Y-%m}" if one.month in named else "",
            is_faint=one.month not in named,
        )
        for one in drawn
    ]
    top = max(1.0, top_of(curves))
    return lines(
        curves,
        [str(month) for month in range(longest + 1)],
        label=_("The loans of %(month)s were late most: %(share)s.")
        % {"month": f"{worst.month:%Y-%m}", "share": percent_text(share_now(worst))},
        head=(_("Paid out in"), *(str(month) for month in range(longest + 1))),
        rows=[
            (
                f"{one.month:%Y-%m}",
                *("–" if v is None else percent_text(v) for v in shares(one)[: longest + 1]),
            )
            for one in drawn
        ],
        scale_texts=(f"{top / 2:g}%", f"{top:g}%"),
        top=top,
    )


def share_now(one: Vintage) -> Decimal:
    """What was ever late until now, in per cent."""
    return Decimal(sum(one.late.values())) * 100 / one.lent if one.lent else Decimal(0)


def _sheet(found: list[Vintage]) -> Sheet:
    lent = sum(one.lent for one in found)
    late = sum(sum(one.late.values()) for one in found)
    after = (1, 2, 3, 6, 12)
    return Sheet(
        _("By month of payment"),
        (
            Column(_("Paid out in")),
            Column(_("Loans"), "count", is_wide=True),
            Column(_("Lent, CNY"), "money"),
            *(
                Column(_("By month %(n)d") % {"n": month}, "percent", is_wide=True)
                for month in after
            ),
            Column(_("Ever late, CNY"), "money", is_wide=True),
            Column(_("Until now"), "percent"),
        ),
        [
            Row(
                (
                    f"{one.month:%Y-%m}",
                    one.loans,
                    one.lent,
                    *(shares(one)[month] for month in after),
                    sum(one.late.values()),
                    share_now(one),
                )
            )
            for one in reversed(found)
        ],
        (
            _("Total"),
            sum(one.loans for one in found),
            lent,
            *(None for _month in after),
            late,
            Decimal(late) * 100 / lent if lent else None,
        ),
    )
