"""Quotes: the buyer asks, the seller answers line by line, what is offered goes to the checkout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import zip_longest
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.ordering.paste import read_quantity
from heliu.commerce.quotes import queries
from heliu.commerce.quotes.policies import Answer, Asked
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import queries as approvals
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.parties.queries import names
from heliu.portal.deal.money_views import read_amount
from heliu.portal.shell.approvals import asked
from heliu.portal.shell.conversations import talk_about
from heliu.portal.shell.pages import (
    actor_of,
    attempt,
    day_of_form,
    day_typed,
    deed,
    desk_page,
    now,
    say,
    show,
)
from heliu.portal.ui import formats, parts
from heliu.portal.ui.templatetags.heliu_ui import typed_amount
from heliu.trade import conceding, conversations, deals, purchases, quoting

ROWS = 50
HOLDS = timedelta(days=7)  # what the seller is shown first
BLANK = 3  # rows at the end of a question
FIELDS = ("code", "quantity", "price", "words")


class Usual(NamedTuple):
    """What goods cost the dealer without an offer: one of them, and all of a row (minor units; None
    where it has no price)."""

    price: int | None
    amount: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a question as it stands in its fields; `usual` once its goods and pieces are known,
    where that is for the reader."""

    code: str = ""
    quantity: str = ""
    price: str = ""
    words: str = ""
    wrong: str = ""  # why it cannot be asked so
    usual: Usual | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked by it."""
        return not self.code.strip()


@dataclass(frozen=True, slots=True)
class Cell:
    """One article in one version: pieces, price (minor units), and whether either is another than
    in the version before."""

    quantity: int
    price: int | None
    is_struck: bool
    differs: bool


@dataclass(slots=True)
class Compared:
    """One article through all versions; None where it was not named."""

    sku: Any
    cells: list[Cell | None] = field(default_factory=list)


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The quotes of the house: those that wait for it, the longest first, or all."""
    actor, tab = actor_of(request), request.GET.get("tab", "waiting")
    mine, found = queries.waiting(actor), queries.visible_to(actor)
    live = found.filter(status__in=queries.LIVE)
    shown = {
        "all": found.order_by("-moved_at", "-id"),
        "live": live.order_by("-moved_at", "-id"),
    }.get(tab, mine)
    page = parts.Leaves(shown, ROWS).get_page(request.GET.get("page"))
    rows = list(page)
    known = names(org for one in rows for org in (one.buyer, one.seller))
    said = queries.last_versions(rows)
    context = {
        "rows": [(one, known.get(_other(one, actor)), said.get(one.pk)) for one in rows],
        "currency": formats.shared_currency(rows),
        "tabs": [
            parts.Chip(_("Wait for you"), "?", parts.counted(mine), on=tab not in ("all", "live")),
            parts.Chip(_("Under way"), "?tab=live", parts.counted(live), on=tab == "live"),
            parts.Chip(_("All"), "?tab=all", parts.counted(found), on=tab == "all"),
        ],
        "tab": tab,
        "may_ask": _buys(actor),
        "may_rule": "SELLER" in actor.party_roles,
        "may_offer": "SELLER" in actor.party_roles and actor.may("sell"),
        "pager": parts.pager(page, f"tab={tab}" if tab in ("all", "live") else ""),
    }
    return show(request, "shell/quotes.html", context, here="quotes")


@require_http_methods(["GET", "POST"])
@desk_page
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One quote: what was said last, what may be said now, how it changed, the conversation."""
    actor, at = actor_of(request), now(request)
    found = queries.get(actor, number)
    formats.write_in(found.currency)

    def do() -> str:
        return _act(request, found)

    done, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if done:
        return done
    versions = queries.versions(found)
    known = names([found.buyer, found.seller])
    may = _may(found, actor)
    context = {
        "one": found,
        "last": versions[-1],
        "lines": _answers(request, found, versions[-1], refusal, at)
        if may["answer"]
        else [(line, None, None) for line in versions[-1].lines.all()],
        "compared": _compared(versions) if len(versions) > 1 else [],
        "versions": versions,
        "buyer": known.get(found.buyer),
        "seller": known.get(found.seller),
        "is_seller": found.seller in actor.orgs,
        "is_begun": versions[0].by_seller,
        "deal": deals.of_order(actor, found.order_id) if found.order_id else None,
        "request_that_waits": purchases.of_quote(found.pk),
        "question": approvals.about(actor, found.pk, conceding.OFFER.name),
        "is_ruled": may["answer"] and approvals.has_rules(found.seller, conceding.OFFER.name),
        "may": may,
        "holds": request.POST.get("valid_until") or day_typed(day_of(at) + HOLDS),
        "today": day_typed(day_of(at)),
        "talk": talk_about(actor, conversations.of_quote(found), at),
        "refused": refusal,
        "typed": request.POST,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/quote.html", context, here="quotes", status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def again(request: HttpRequest, number: str) -> HttpResponse:
    """The buyer asks otherwise: the form with what was said last."""
    actor, at = actor_of(request), now(request)
    found = queries.get(actor, number)
    if found.buyer not in actor.orgs:
        raise NotFound()
    formats.write_in(found.currency)

    def do() -> str:
        quoting.ask_otherwise(
            found.number, actor=actor, lines=asked_in(request, found.seller),
            words=request.POST.get("words_of_all", ""), at=at,
        )  # fmt: skip
        say(request, _("The seller is asked again."))
        return quoting.link(found)

    done, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if done:
        return done
    said = [
        Row(line.sku.code, str(line.quantity), typed_amount(line.unit_price))
        for line in queries.lines(found)
    ]
    context = {
        "one": found,
        "seller": names([found.seller]).get(found.seller),
        "rows": rows_typed(request, refusal) or [*said, *[Row()] * BLANK],
        "typed": request.POST,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/quote_ask.html", context, here="quotes", status=status)


def rows_typed(request: HttpRequest, refusal: Refused | None = None) -> list[Row]:
    """The rows of the form as they were sent; the one that was refused says why."""
    columns = (request.POST.getlist(name) for name in FIELDS)
    rows = [
        Row(code, quantity, price, words)
        for code, quantity, price, words in zip_longest(*columns, fillvalue="")
    ]
    asking = [place for place, row in enumerate(rows) if not row.is_empty]
    for nth, place in enumerate(asking, 1):
        if wrong := _about(refusal, nth):
            rows[place] = replace(rows[place], wrong=wrong)
    return rows


def asked_in(request: HttpRequest, seller: UUID) -> list[Asked]:
    """What a form asks for. Raises `Invalid` for a code nobody knows and what is no number."""
    rows = [row for row in rows_typed(request) if not row.is_empty]
    found = catalogue.find(actor_of(request), [row.code.strip() for row in rows], seller)
    return [_asked(place, row, found) for place, row in enumerate(rows, 1)]


def _asked(place: int, row: Row, found: Mapping[str, Any]) -> Asked:
    sku = found.get(row.code.strip())
    if sku is None:
        raise _of_code(row.code, f"lines.{place}")
    quantity, _problem = read_quantity(row.quantity)
    if quantity is None:
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field=f"lines.{place}")
    return Asked(sku.pk, quantity, _price(row.price, f"lines.{place}"), row.words)


def _about(refusal: Refused | None, line: int) -> str:
    """What is wrong with a line, where that is what was refused."""
    return refusal.text() if refusal is not None and refusal.field == f"lines.{line}" else ""


def _of_code(typed: str, at_field: str) -> Invalid:
    return Invalid(
        "code-unknown", "None of the goods is called %(typed)s.", field=at_field,
        typed=typed.strip(),
    )  # fmt: skip


def _price(typed: str, at_field: str) -> int | None:
    if not typed.strip():
        return None
    amount, problem = read_amount(typed)
    if amount is None:
        raise Invalid("price-unreadable", problem, field=at_field)
    return amount


def _act(request: HttpRequest, found: Any) -> str:
    """What the form asks, by the name of its button; where it leads."""
    actor, at = actor_of(request), now(request)
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "")
    if act == "answer":
        done = quoting.answer(
            found.number, actor=actor, answers=_answered(request, found),
            valid_until=day_of_form(request, "valid_until") or day_of(at),
            words=request.POST.get("words", ""), reason=request.POST.get("reason", ""), at=at,
        )  # fmt: skip
        if conceding.is_asked(done):
            return asked(request, done)
        say(request, _("The offer is made; the dealer is told."))
    elif act == "decline":
        quoting.decline(found.number, reason=reason, actor=actor, at=at)
    elif act == "withdraw":
        quoting.withdraw(found.number, reason=reason, actor=actor, at=at)
    else:
        raise Invalid("deed-unknown", "This form is not known. Reload the page.")
    return quoting.link(found)


def _answered(request: HttpRequest, found: Any) -> list[Answer]:
    """The seller's word on each line, as it was typed."""
    lines = queries.lines(found)
    others = {
        line.position: code
        for line in lines
        if (code := request.POST.get(f"other-{line.position}", "").strip())
    }
    skus = catalogue.find(actor_of(request), list(others.values()), found.seller)
    return [_answer(request.POST, line.position, others, skus) for line in lines]


def _answer(
    data: Mapping[str, Any], position: int, others: Mapping[int, str], skus: Mapping[str, Any]
) -> Answer:
    words = str(data.get(f"words-{position}", ""))
    if data.get(f"strike-{position}"):
        return Answer(position, None, True, words=words)
    at_field = f"lines.{position}"
    code = others.get(position)
    if code and code not in skus:
        raise _of_code(code, at_field)
    typed = str(data.get(f"quantity-{position}", ""))
    quantity, problem = read_quantity(typed)
    if problem:
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field=at_field)
    price = _price(str(data.get(f"price-{position}", "")), at_field)
    return Answer(position, price, False, skus[code].pk if code else None, quantity, words)


def _answers(
    request: HttpRequest, found: Any, last: Any, refusal: Refused | None, at: Any
) -> list[tuple[Any, int | None, dict[str, str]]]:
    """Each line that is asked for with what the dealer would pay today (minor units) and what
    stands in its fields, with what is wrong there."""
    lines = list(last.lines.all())
    goods = {line.sku_id: line.quantity for line in lines}
    usual = quoting.usual(goods, buyer=found.buyer, seller=found.seller, at=at)
    data = request.POST
    names_of = ("quantity", "price", "other", "words", "strike")

    def fields(line: Any) -> dict[str, str]:
        if data:
            kept = {name: data.get(f"{name}-{line.position}", "") for name in names_of}
            return {**kept, "wrong": _about(refusal, line.position)}
        # The wish of the dealer is no price of ours: the field begins empty.
        return {"quantity": str(line.quantity)}

    return [(line, usual.get(line.sku_id), fields(line)) for line in lines]


def _compared(versions: Sequence[Any]) -> list[Compared]:
    """Each article that was named with its pieces and price by version."""
    found: dict[UUID, Compared] = {}
    for place, version in enumerate(versions):
        for line in version.lines.all():
            row = found.setdefault(line.sku_id, Compared(line.sku))
            row.cells += [None] * (place - len(row.cells))
            before = row.cells[-1] if row.cells else None
            differs = before is not None and (
                (before.quantity, before.price, before.is_struck)
                != (line.quantity, line.unit_price, line.is_struck)
            )
            row.cells.append(Cell(line.quantity, line.unit_price, line.is_struck, differs))
    for row in found.values():
        row.cells += [None] * (len(versions) - len(row.cells))
    return list(found.values())


def _may(found: Any, actor: Actor) -> dict[str, bool]:
    """What the reader's side may do with a quote now."""
    buys = found.buyer == actor.org and actor.may("order")
    sells = found.seller in actor.orgs and actor.may("sell")
    return {
        "answer": sells and found.status == "ASKED",
        "copy": sells and found.seller == actor.own_org,
        "take": buys and found.status == "OFFERED",
        "withdraw": buys and found.status in queries.LIVE,
    }


def _buys(actor: Actor) -> bool:
    return bool({"DEALER", "BUYER"} & actor.party_roles) and actor.may("order")


def _other(one: Any, actor: Actor) -> UUID:
    other: UUID = one.buyer if one.seller in actor.orgs else one.seller
    return other
