"""A pool of goods: how it covers what is owed, what lies in it, what comes and goes, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.capital.lending import queries as lending
from heliu.capital.lending.queries import RUNNING
from heliu.capital.valuation.queries import source_words
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.portal.bank.reports.record import short
from heliu.portal.pools import brought, words
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui.charts import Chart
from heliu.portal.ui.formats import day_text, money_text
from heliu.portal.ui.parts import Figure
from heliu.portal.ui.report_charts import Curve, lines, top_of
from heliu.trade import pools, taking_out
from heliu.trade.taking_out import IfTaken

WIDE = 860  # of the chart: the page's wider column


@dataclass(frozen=True, slots=True)
class Kind:
    """Goods of one kind in the pool. `why` they count nothing, or less, in words."""

    sku: Any
    pieces: int
    unit_cost: int
    price: Any
    source: str
    worth: int
    value: int
    why: str


@require_GET
@desk_page
def pool(request: HttpRequest, number: str) -> HttpResponse:
    """The pool of a deal, for its borrower and its lender."""
    actor, at = actor_of(request), now(request)
    found = pools.get(actor, number)
    loan = lending.of_deal(found.deal_id, actor)
    if loan is None:
        raise NotFound()
    is_mine = found.buyer in actor.orgs
    content = pools.pooled([loan], at)[found.deal_id]
    stands = taking_out.if_taken(loan, {}, at=at)
    call = pools.standing_call(found)
    context = {
        "pool": found,
        "deal": found.deal,
        "loan": loan,
        "is_mine": is_mine,
        "other": names([found.lender if is_mine else found.buyer]).get(
            found.lender if is_mine else found.buyer
        ),
        "state": words.state_of(found, loan, call),
        "figures": _figures(found, loan, stands),
        "chart": _chart(found, at),
        "kinds": _kinds(actor, found, content, at),
        "lodgings": brought.rows(found.deal),
        "call": call,
        "calls": list(found.calls.order_by("-called_at")),
        "cure": stands.cure,
        "next": words.next_step(found, loan, call, is_mine=is_mine),
        "rules": words.rules_rows(content.rules),
        "acts": _acts(actor, found, loan, call, at)
        if is_mine
        else _lender_acts(actor, found, loan, call),
        "may_send": brought.may_send(actor, found.deal, loan),
    }
    here = "dealer_stock" if is_mine else "bank_pools"
    return show(request, "pools/pool.html", context, here=here)


def _figures(pool: Any, loan: Any, stands: IfTaken) -> list[Figure]:
    """What is owed, what it rests on, how far that is, and what may leave."""
    is_out = loan.disbursed_on is not None
    percent = words.percent_of(stands)
    return [
        Figure(_("Owed today") if is_out else _("Loan"), minor=stands.exposure),
        Figure(
            _("Lendable value"),
            minor=stands.value,
            note=_("floor %(amount)s") % {"amount": money_text(stands.floor)},
        ),
        Figure(
            _("Owed of the value"),
            text=percent,
            note=words.steps_note(loan),
            tone="bad" if pool.level in ("CALL", "LIQUIDATION") else "",
        ),
        Figure(
            _("May be taken out"),
            minor=max(0, stands.value - stands.floor) if is_out else 0,
            note=_("of the lendable value"),
        ),
    ]


def _chart(pool: Any, at: datetime) -> Chart | None:
    """Value and debt by day, on one scale; the space between them and the floor is what counts."""
    marks = pools.history(pool)
    if not marks:
        return None
    language, today = get_language() or "en", day_of(at)
    axis = [day_text(day_of(one.at), today, language) for one in marks]
    curves = [
        Curve(_("Value"), tuple(float(one.value) for one in marks), "logistics", _("Value")),
        Curve(
            _("Floor"), tuple(float(one.floor) for one in marks), "commerce", _("Floor"),
            is_dotted=True,
        ),
        Curve(_("Owed"), tuple(float(one.exposure) for one in marks), "capital", _("Owed")),
    ]  # fmt: skip
    top = top_of(curves)
    last = marks[-1]
    return lines(
        curves,
        axis,
        label=_("Goods worth %(value)s to the bank secure %(debt)s; the floor is %(floor)s.")
        % {
            "value": money_text(last.value),
            "debt": money_text(last.exposure),
            "floor": money_text(last.floor),
        },
        head=(_("Day"), _("Lendable value"), _("Floor"), _("Owed"), _("Why")),
        rows=[
            (
                word,
                money_text(one.value),
                money_text(one.floor),
                money_text(one.exposure),
                str(one.get_cause_display()),
            )
            for word, one in zip(axis, marks, strict=True)
        ],
        scale_texts=(short(int(top / 2)), short(int(top))),
        top=top,
        every=-(-len(axis) // 6),
        width=WIDE,
    )


def _kinds(actor: Actor, pool: Any, content: Any, at: datetime) -> list[Kind]:
    """What lies in the pool, by kind, the most valuable first."""
    pledge = pledges.of_deals(actor, [pool.deal_id]).get(pool.deal_id)
    bound = pledges.bound_lines([pledge.pk]).get(pledge.pk, []) if pledge else []
    skus = {one.line.sku_id: one.sku for one in bound}
    kinds: dict[Any, Kind] = {}
    for line in content.valued(at).lines:
        sku = line.lying.sku
        price = content.prices.get(sku)
        old = kinds.get(sku)
        kinds[sku] = Kind(
            skus[sku],
            line.lying.quantity + (old.pieces if old else 0),
            line.lying.unit_cost,
            price,
            source_words(price.source) if price else "",
            line.worth + (old.worth if old else 0),
            line.value + (old.value if old else 0),
            words.why_words(line.why) or (old.why if old else ""),
        )
    return sorted(kinds.values(), key=lambda one: (-one.value, one.sku.code))


def _acts(actor: Actor, pool: Any, loan: Any, call: Any, at: datetime) -> list[words.Act]:
    """What the borrower may do now; at most one is filled, and it stands last."""
    number, acts = pool.deal.number, []
    is_running = loan.status in ("SELLER_PAID", "OVERDUE")
    if loan.status in ("REFERRED", "QUOTED", "AWAIT_GOODS") and actor.may("order"):
        acts.append(words.Act(_("Call off…"), reverse("pool_call_off", args=[number])))
    if (is_running or loan.status == "AWAIT_GOODS") and actor.may("order"):
        acts.append(words.Act(_("Bring goods…"), reverse("pool_bring", args=[number])))
    if is_running and actor.may("order"):
        acts.append(words.Act(_("Exchange goods…"), reverse("pool_swap", args=[number])))
        acts.append(words.Act(_("Take goods out…"), reverse("pool_out", args=[number])))
    if loan.status in RUNNING and actor.may("pay"):
        acts.append(words.Act(_("Repay…"), reverse("deal_repay", args=[number]), is_filled=True))
    if loan.status == "QUOTED" and loan.expires_at > at and actor.may("sign"):
        acts.append(words.Act(_("Sign…"), reverse("deal_sign", args=[number]), is_filled=True))
    return acts


def _lender_acts(actor: Actor, pool: Any, loan: Any, call: Any) -> list[words.Act]:
    if loan.status == "REFERRED" and actor.may("decide"):
        return [
            words.Act(_("Decide…"), reverse("bank_request", args=[loan.number]), is_filled=True)
        ]
    may_enforce = loan.status in ("OVERDUE", "ENFORCING", "WRITTEN_OFF") or words.is_lost(
        pool, call
    )
    if may_enforce and actor.may("enforce"):
        return [words.Act(_("Enforce…"), reverse("deal_default", args=[pool.deal.number]))]
    return []
