"""How far the limits are used, by dealer and over time."""

from __future__ import annotations

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.capital.books.chart import Code
from heliu.capital.reports import queries
from heliu.capital.reports.queries import LimitUse
from heliu.kernel.parties.queries import names
from heliu.portal.bank.reports.ageing import share
from heliu.portal.bank.reports.record import MOST_BARS, Asked, Drawn, Houses, Report, called, short
from heliu.portal.ui.charts import Chart
from heliu.portal.ui.formats import count_text, money_text
from heliu.portal.ui.parts import Figure
from heliu.portal.ui.report_charts import Bar, Curve, bars, lines, top_of
from heliu.portal.ui.sheets import Column, Row, Sheet


def report(asked: Asked) -> Report:
    """Used, held and free of each limit, and 26 weeks of what is used in all."""
    found = queries.limit_use(asked.actor, asked.on, asked.at)
    houses = names(one.facility.borrower for one in found)
    limit, used = sum(one.limit for one in found), sum(one.used for one in found)
    is_now = all(one.held is not None for one in found)
    held = sum(one.held or 0 for one in found)
    return Report(
        title=_("Limit use"),
        question=_("How much of the limits is used and held, and what is left?"),
        figures=[
            Figure(
                _("Limits"), minor=limit, note=_("%(n)s limits") % {"n": count_text(len(found))}
            ),
            Figure(_("Used"), minor=used, note=share(used, limit)),
            Figure(_("Held"), minor=held, note=_("offers and loans on their way"))
            if is_now
            else Figure(_("Held"), text="–", note=_("not known for a past day")),
            Figure(_("Free"), minor=limit - used - held),
        ],
        charts=[
            Drawn(
                _("The most used limits"),
                _("CNY; solid is used, hatched is held, the line is the limit"),
                _most_used(found[:MOST_BARS], houses, used, limit) if found else None,
            ),
            Drawn(_("Used over 26 weeks"), _("CNY, weekly"), _over_time(asked)),
        ],
        sheets=[_sheet(found, houses)],
    )


def _most_used(found: list[LimitUse], houses: Houses, used: int, limit: int) -> Chart:
    return bars(
        [
            Bar(
                called(houses, one.facility.borrower),
                one.used,
                short(one.used),
                most=one.limit,
                held=one.held or 0,
            )
            for one in found
        ],
        label=_("%(used)s of %(limit)s is used, %(share)s.")
        % {"used": money_text(used), "limit": money_text(limit), "share": share(used, limit)},
        head=(_("Dealer"), _("Used, CNY"), _("Held, CNY"), _("Limit, CNY")),
        rows=[
            (
                called(houses, one.facility.borrower),
                money_text(one.used),
                "–" if one.held is None else money_text(one.held),
                money_text(one.limit),
            )
            for one in found
        ],
    )


def _over_time(asked: Asked) -> Chart | None:
    days = queries.weeks_to(asked.on)
    used = queries.stands(asked.actor, Code.LIMIT_USED, days)
    if not any(used):
        return None
    curves = [Curve(_("Used"), tuple(used), "capital", short(used[-1]))]
    top = top_of(curves)
    return lines(
        curves,
        [f"{day:%m-%d}" for day in days],
        label=_("Used at the end: %(used)s.") % {"used": money_text(used[-1])},
        head=(_("Day"), _("Used, CNY")),
        rows=[(day.isoformat(), money_text(one)) for day, one in zip(days, used, strict=True)],
        scale_texts=(short(int(top / 2)), short(int(top))),
        top=top,
        every=4,
    )


def _sheet(found: list[LimitUse], houses: Houses) -> Sheet:
    is_now = all(one.held is not None for one in found)
    return Sheet(
        _("By dealer"),
        (
            Column(_("Dealer")),
            Column(_("Number"), is_wide=True),
            Column(_("Limit, CNY"), "money", is_wide=True),
            Column(_("Used, CNY"), "money"),
            Column(_("Held, CNY"), "money", is_wide=True),
            Column(_("Free, CNY"), "money", is_wide=True),
            Column(_("Share taken"), "percent"),
        ),
        [
            Row(
                (
                    called(houses, one.facility.borrower),
                    one.facility.number,
                    one.limit,
                    one.used,
                    one.held,
                    one.free,
                    Decimal(one.limit - one.free) * 100 / one.limit if one.limit else None,
                ),
                reverse("bank_facility", args=[one.facility.number]),
            )
            for one in found
        ],
        (
            _("Total"),
            "",
            sum(one.limit for one in found),
            sum(one.used for one in found),
            sum(one.held or 0 for one in found) if is_now else None,
            sum(one.free for one in found),
            None,
        ),
    )
