"""Checkout: lenders' offers beside the other ways to pay, the grid of the one that was picked, what
it costs and why, and what will happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.lending.policies.offering import Terms
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.parts import fitted, read
from heliu.commerce.ordering.queries import cart, pad
from heliu.commerce.quotes import queries as quotes
from heliu.kernel.access.queries import people_of
from heliu.kernel.addresses import queries as addresses
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound, Refused
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties.queries import names
from heliu.logistics.warehousing.queries import supervised_for
from heliu.portal.deal import modes
from heliu.portal.deal.money_views import will_of_loan
from heliu.portal.deal.tellings import pieces
from heliu.portal.dealer import comparing
from heliu.portal.dealer.sellers import chosen, is_shared, sellers_of
from heliu.portal.shell import days
from heliu.portal.shell.conversations import sent_files
from heliu.portal.shell.pages import (
    actor_of,
    attempt,
    day_of_form,
    deed,
    desk_page,
    id_in,
    now,
    see_other,
    show,
)
from heliu.portal.shell.reasons import told
from heliu.portal.shell.records import House
from heliu.portal.shell.spending import level_words
from heliu.portal.ui import formats
from heliu.portal.ui.formats import money_text, percent_text
from heliu.portal.ui.parts import Will
from heliu.trade import back_orders, conversations, place_order, previewing, purchases
from heliu.trade.finance_offer import FinanceOffer
from heliu.trade.previewing import Preview
from heliu.trade.ways import Way

FINANCE = "FINANCE"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the dealer chose so far; nothing chosen means the recommended offer."""

    pay_by: str
    programme: UUID | None
    deposit_ratio: Decimal | None
    days: int | None
    cost_centre: UUID | None = None
    warehouse: UUID | None = None
    address: UUID | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Choice:
        """Read it from the form; what cannot be read counts as not chosen."""
        ratio, _slash, days = str(data.get("terms", "")).partition("/")
        try:
            share = Decimal(ratio) if ratio else None
        except InvalidOperation:
            share = None
        names_of = ("programme", "cost_centre", "warehouse", "address")
        programme, centre, house, address = (id_in(str(data.get(name, ""))) for name in names_of)
        term = int(days) if days.isdecimal() and len(days) < 5 else None
        return cls(str(data.get("pay_by", "")), programme, share, term, centre, house, address)

    def picked(self) -> dict[str, Any]:
        """The offer as the story is told it."""
        return {
            "programme": self.programme,
            "deposit_ratio": self.deposit_ratio,
            "days": self.days,
        }

    def offer(self, preview: Preview) -> FinanceOffer | None:
        """The offer that was picked if it is still there, else the best."""
        picked = (one for one in preview.offers if one.programme.pk == self.programme)
        return next(picked, preview.offer)


@require_http_methods(["GET", "POST"])
@desk_page
def checkout(request: HttpRequest) -> HttpResponse:
    """What the cart costs by each way; a post places the order and leads on to the signature."""
    actor, at = actor_of(request), now(request)
    offer = _offered(request)
    seller = _seller(request, offer)
    kept = _wanted(request, seller, offer)
    lines = [(sku, quantity) for sku, _code, quantity, _parts in kept]
    posted = request.method == "POST"
    if not lines and not posted:
        return see_other(reverse("dealer_pad"))
    choice = Choice.of(request.POST if posted else request.GET)
    if choice.address is None and not posted:
        kept_pad = pad(actor, seller.pk, shared=is_shared(request))
        choice = replace(choice, address=kept_pad.address)
    fields = days.fields(
        request,
        [(str(sku), code, quantity) for sku, code, quantity, _parts in kept],
        {str(sku): fitted(read(parts), quantity) for sku, _code, quantity, parts in kept},
    )

    def do() -> str:
        wished = days.wished(request, lines)
        arranged = back_orders.arranged(
            request.POST.get("waiting", ""), seller.pk, lines,
            back_orders.Days(day_of_form(request, "wanted_on"), *wished), at=at,
        )  # fmt: skip
        wish: dict[str, Any] = {
            "actor": actor,
            "seller": seller.pk,
            "lines": lines,
            "pay_by": choice.pay_by,
            "remark": request.POST.get("remark", "").strip(),
            "external_id": request.POST.get("external_id", "").strip(),
            **arranged._asdict(),
            "cost_centre": choice.cost_centre,
            "address": None if choice.pay_by == FINANCE else choice.address,
            "quote": offer.pk if offer else None,
            "at": at,
            **(
                choice.picked() | {"warehouse": choice.warehouse}
                if choice.pay_by == FINANCE
                else {}
            ),
        }
        if request.POST.get("ask") == "yes":
            asked = purchases.ask(**wish, reason=request.POST.get("reason", ""))
            _bring_papers(request, "request", asked.number)
            if not offer:
                _take_out(request, seller, lines)
            return reverse("purchase", args=[asked.number])
        placed = place_order.place(**wish, currency=request.POST.get("prices_in", ""))
        _bring_papers(request, "order", placed.order.number)
        if not offer:
            _take_out(request, seller, lines)
        route = (
            "deal_sign" if placed.loan is not None and placed.loan.status == "QUOTED" else "deal"
        )
        return reverse(route, args=[placed.deal.number])

    answer, refusal = attempt(request, lambda: deed(request, do)) if posted else (None, None)
    if answer:
        return answer
    preview = previewing.preview(
        actor=actor, seller=seller.pk, lines=lines, at=at, days=choice.days,
        cost_centre=choice.cost_centre, quote=offer.pk if offer else None,
    )  # fmt: skip
    context = _context(request, seller, preview, choice, refusal) | {
        "line_days": fields,
        "quote": offer,
        "has_days": any(any(row) for line in fields for row in line.rows),
    }
    status = refusal.status if refusal else 200
    return show(request, "dealer/checkout.html", context, here="dealer_pad", status=status)


def _offered(request: HttpRequest) -> Any:
    """The seller's offer that is taken (`quote`), if it is not the cart that is ordered."""
    number = (request.POST.get("quote") or request.GET.get("quote", ""))[:20]
    return quotes.get(actor_of(request), number) if number else None


def _seller(request: HttpRequest, offer: Any) -> House:
    """Of whom is ordered: whose offer it is, else as the address or the session says."""
    sellers = sellers_of(actor_of(request))
    if offer is None:
        return chosen(request, sellers)
    found = next((one for one in sellers if one.pk == offer.seller), None)
    if found is None:
        raise NotFound("You have no trading relationship with this seller yet.")
    formats.write_in(offer.currency)
    return found


def _wanted(
    request: HttpRequest, seller: House, offer: Any
) -> list[tuple[UUID, str, int, list[Any] | None]]:
    """What is ordered, of the cart or of an offer: SKU, code, pieces, parts by day."""
    if offer is not None:
        lines = quotes.lines(offer)
        return [(x.sku_id, x.sku.code, x.quantity, None) for x in lines if not x.is_struck]
    rows = cart(actor_of(request), seller.pk, shared=is_shared(request))
    return [(row.sku_id, row.sku.code, row.quantity, row.parts) for row in rows]


def _asking(request: HttpRequest, preview: Preview, choice: Choice) -> dict[str, Any]:
    """Whether others must agree, and what the house's people choose from."""
    actor = actor_of(request)
    skus = [line.sku.pk for line in preview.lines if line.sku]
    must = None
    if preview.currency == CURRENCY:  # rules by amount are in ours
        must = purchases.needs(
            actor, total=preview.total, skus=skus, cost_centre=choice.cost_centre
        )
    named = {member.user_id: str(member.user) for member in people_of(actor)}
    return {
        "must": [level_words(level, named) for level in must.levels] if must else [],
        "centres": purchases.centres(actor),
        "cost_centre": choice.cost_centre,
        "reason": request.POST.get("reason", ""),
    }


def _bring_papers(request: HttpRequest, kind: str, number: str) -> None:
    """The papers that came with the order are the first that is said about it; those of a request
    stay in the house."""
    if papers := sent_files(request):
        actor = actor_of(request)
        conversations.write(
            conversations.find(actor, kind, number), actor=actor, text="", sent=papers,
            at=now(request),
        )  # fmt: skip


def _take_out(request: HttpRequest, seller: House, lines: Sequence[tuple[UUID, int]]) -> None:
    """What was ordered leaves the cart; the rows of the pad that need a change stay."""
    gone = {sku: 0 for sku, _quantity in lines}
    ordering.fill_cart(
        actor=actor_of(request), seller=seller.pk, quantities=gone, shared=is_shared(request)
    )


def _context(
    request: HttpRequest, seller: House, preview: Preview, choice: Choice, refusal: Refused | None
) -> dict[str, Any]:
    offer, way = choice.offer(preview), _chosen_way(preview, choice)
    financed = offer if way is not None and way.pay_by == FINANCE else None
    terms = _chosen_terms(financed, choice) if financed else None
    houses = {house.org: house for house in supervised_for(actor_of(request))}
    known = names([seller.pk, *(one.lender for one in preview.offers), *houses])
    is_good = not preview.problems and not preview.missing
    is_ready = way is not None and is_good and (terms is not None or not financed)
    return {
        "seller": seller,
        "lines": preview.lines,
        "earned": preview.earned,
        "problems": preview.problems,
        "waits": back_orders.would_wait(
            seller.pk,
            [
                (line.sku, line.quantity or 0)
                for line in preview.lines
                if line.sku and not line.problem
            ],
            at=now(request),
        ),
        "pieces": pieces(sum(line.quantity or 0 for line in preview.lines)),
        "total": preview.total,
        "total_text": money_text(preview.total),
        "pay_by": way.pay_by if way else "",
        "ways": [_way(one, one is way) for one in preview.ways],
        "offer": offer,
        "line": offer,
        "lender": known.get(offer.lender) if offer else None,
        "programme": offer.programme if offer else None,
        "terms": terms,
        "terms_value": _value(terms) if terms else "",
        "compared": comparing.table(preview, known, offer if financed else None, way),
        **(_grid(financed, terms) if financed else {}),
        **(_cost(terms, financed) if terms and financed else {}),
        **(_why(offer) if offer and (financed or offer.is_declined) else {}),
        "houses": [known[org] for org in houses] if financed and len(houses) > 1 else [],
        "warehouse": choice.warehouse,
        "addresses": [] if financed else list(addresses.live(actor_of(request).own_org)),
        "address": choice.address,
        "will": _will(seller.pk, way, terms, preview, offer, known, houses),
        "can_place": is_ready,
        "due_now": terms.due_now if terms else way.due_now if way else 0,
        "typed": request.POST,
        "today": day_of(now(request)).isoformat(),
        "missing": preview.missing,
        "warned": preview.warned,
        "least_text": money_text(preview.least),
        "missing_text": money_text(preview.missing),
        "refusal": refusal,
        **_button(way, terms, preview, offer),
        **_asking(request, preview, choice),
    }


def _why(offer: FinanceOffer) -> dict[str, Any]:
    """The decision and those of its reasons that the lender tells, with the largest weight for the
    bars."""
    reasons = offer.reasons
    return {
        "decision": offer.decision,
        "is_silent": len(reasons) < len(offer.decision.reasons),
        "reasons": told(reasons),
        "most_points": max((abs(reason.points) for reason in reasons), default=1) or 1,
    }


def _chosen_way(preview: Preview, choice: Choice) -> Way | None:
    """The way that was chosen if it is open, else financing, else the first that is open."""
    open_ways = {way.pay_by: way for way in preview.ways if way.is_open}
    for wish in (choice.pay_by, FINANCE, *open_ways):
        if wish in open_ways:
            return open_ways[wish]
    return None


def _chosen_terms(offer: FinanceOffer, choice: Choice) -> Terms | None:
    for terms in offer.grid:
        if (terms.deposit_ratio, terms.days) == (choice.deposit_ratio, choice.days):
            return terms if offer.carries(terms) else offer.recommended
    return offer.best(choice.days)


def _way(way: Way, on: bool) -> dict[str, Any]:
    titles = {
        "TRANSFER": _("Transfer in full"),
        FINANCE: _("Financed"),
        "TERMS": _("On account"),
    }
    note = (
        _("%(amount)s today") % {"amount": money_text(way.due_now)} if way.is_open else way.reason
    )
    return {
        "value": way.pay_by,
        "title": titles[way.pay_by],
        "note": note,
        "is_open": way.is_open,
        "on": on,
    }


def _value(terms: Terms) -> str:
    return f"{terms.deposit_ratio}/{terms.days}"


def _grid(offer: FinanceOffer, on: Terms | None) -> dict[str, Any]:
    """Deposit by term; a cell the free limit does not carry is closed and says so.

    Where a person decides anyway, all are open: the officer may grant a larger limit.
    """
    grid = offer.grid
    due: dict[int, date] = {terms.days: terms.due_on for terms in grid}
    cells = {(terms.deposit_ratio, terms.days): terms for terms in grid}
    deposits = {terms.deposit_ratio: terms.deposit for terms in grid}

    def cell(terms: Terms | None) -> dict[str, Any] | None:
        if terms is None:
            return None
        return {
            "value": _value(terms),
            "cost": terms.total_cost,
            "rate": percent_text(terms.apr if modes.is_bill(terms) else terms.rate, 2),
            "on": terms is on,
            "closed": _short(offer, terms),
        }

    return {
        "heads": [{"days": days, "due_on": due[days]} for days in sorted(due)],
        "grid": [
            {
                "ratio": percent_text(ratio * 100, 0),
                "deposit": deposits[ratio],
                "cells": [cell(cells.get((ratio, days))) for days in sorted(due)],
            }
            for ratio in sorted(deposits)
        ],
    }


def _short(offer: FinanceOffer, terms: Terms) -> str:
    """Why a cell is closed. What is left of a lender's quotas others have drawn on, so only that of
    the buyer's own limit is told as an amount."""
    if offer.carries(terms):
        return ""
    short = terms.draws - offer.free
    if short > 0 and not offer.is_referred:
        return _("%(amount)s short") % {"amount": money_text(short)}
    return _("no room at the bank")


def _cost(terms: Terms, offer: FinanceOffer) -> dict[str, Any]:
    programme = offer.programme
    return {
        "rate_text": percent_text(terms.rate, 2),
        "apr_text": percent_text(terms.apr, 2),
        "day_count": programme.day_count,
        "form_note": modes.form(terms),
        "repay_total": terms.due_in_the_end,
        "named": modes.named(terms),
        "is_bill": modes.is_bill(terms),
        "late_note": modes.lateness(terms, programme),
    }


def _will(
    seller: UUID,
    way: Way | None,
    terms: Terms | None,
    preview: Preview,
    offer: FinanceOffer | None,
    known: Mapping[UUID, Any],
    houses: Mapping[UUID, Any],
) -> list[Will]:
    if way is None:
        return []
    reserved = Will(
        _("The goods are reserved for you"),
        note=pieces(sum(x.quantity or 0 for x in preview.lines)),
    )
    if way.pay_by == FINANCE:
        if terms is None:
            return []
        if offer is not None and offer.is_referred:
            ask = Will(
                _("A person at the bank decides"), note=_("you are told as soon as it is decided")
            )
            return [reserved, ask]
        custodian = next(iter(houses), None)
        hold = Will(
            _("The limit is held while you read the agreement"),
            terms.draws,
            note=_("for 30 minutes"),
        )
        steps = will_of_loan(terms, seller, known, custodian)
        return [reserved, hold, *steps]
    if way.pay_by == "TERMS":
        return [
            reserved,
            Will(_("The seller confirms and ships")),
            Will(_("The invoice is due on the seller's terms"), preview.total),
        ]
    return [
        reserved,
        Will(_("You transfer the amount to the seller"), -preview.total),
        Will(_("The seller confirms and ships")),
    ]


def _button(
    way: Way | None, terms: Terms | None, preview: Preview, offer: FinanceOffer | None
) -> dict[str, str]:
    if way is not None and way.pay_by == FINANCE and terms is not None:
        if offer is not None and offer.is_referred:
            return {"button": _("Order and ask the bank"), "button_note": ""}
        return {
            "button": _("Order and read the agreement…"),
            "button_note": _("Nothing is paid before you have signed; then %(amount)s are due.")
            % {"amount": money_text(terms.due_now)},
        }
    return {
        "button": _("Order for %(amount)s") % {"amount": money_text(preview.total)},
        "button_note": "",
    }
