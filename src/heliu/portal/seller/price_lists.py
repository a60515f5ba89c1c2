"""The seller's price lists: what stands in them, their versions; contracts, promotions, files."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heliu.commerce.pricing import operations
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing.operations import NewPrice
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.parties.queries import names
from heliu.portal.deal.money_views import read_amount
from heliu.portal.seller.goods import page_of_goods
from heliu.portal.seller.prices import lists_of
from heliu.portal.shell.contracts import state_of
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, see_other, show
from heliu.portal.shell.price_reasons import MOST_DIGITS, moment_typed, rule_words
from heliu.portal.ui import formats
from heliu.portal.ui.parts import Pill
from heliu.portal.ui.templatetags.heliu_ui import typed_amount

FILES, ENDED = 10, 20


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Everything that makes prices, on one page."""
    actor, at = actor_of(request), now(request)
    mine = lists_of(actor)
    contracts = list(
        pricing.contracts_visible_to(actor)
        .filter(seller=actor.own_org)
        .select_related("price_list")
        .order_by("-valid_to")[:ENDED]
    )
    houses = names(one.buyer for one in contracts)
    taken = pricing.taken_under(contracts)
    context = {
        "lists": _lists(actor, mine, at),
        "contracts": [
            (one, houses.get(one.buyer), *taken[one.pk], state_of(one, at)) for one in contracts
        ],
        "promotions": [
            (one, rule_words(one, one.gift.code if one.gift else None), _promotion(one, at))
            for one in pricing.promotions_visible_to(actor)
            .select_related("gift")
            .order_by("-ends_at")[:ENDED]
        ],
        "files": pricing.imports_visible_to(actor).select_related("price_list")[:FILES],
        "may_set": actor.may("price"),
    }
    return show(request, "seller/price_lists.html", context, here="seller_prices")


@require_http_methods(["GET", "POST"])
@desk_page
def prices(request: HttpRequest, code: str) -> HttpResponse:
    """The prices of a list, or of one of its versions, as fields; what was changed is saved."""
    actor, at = actor_of(request), now(request)
    head = list_of(actor, code)
    if hasattr(head, "contract"):
        return see_other(reverse("seller_contract", args=[head.contract.pk]))
    versions = list(pricing.versions_visible_to(actor).filter(version_of=head).order_by("version"))
    live = pricing.live_table(head, at)
    wanted = request.GET.get("version", "")
    table = next((one for one in versions if str(one.version) == wanted), None) or live
    found, next_href = page_of_goods(actor, request)
    tiers = _tiers(actor, table, [row.sku.pk for row in found], at)

    def do() -> str:
        changed = _changed(request, tiers)
        if changed:
            operations.set_prices(table, actor=actor, prices=changed, valid_from=day_of(at), at=at)
        say(request, _("%(n)s prices are set.") % {"n": f"{len(changed):,}"})
        return request.get_full_path()

    done, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if done:
        return done
    context = {
        "head": head,
        "table": table,
        "live": live,
        "coming": [one for one in versions if one.live_from and one.live_from > at],
        "versions": [(one, _state(one, live, at)) for one in reversed(versions)],
        "text": request.GET.get("q", ""),
        "rows": [
            (row.sku, [_cell(request, row.sku.pk, *tier) for tier in tiers[row.sku.pk]])
            for row in found
        ],
        "next_href": next_href,
        "refusal": refusal,
        "may_set": actor.may("price") and head.base_id is None,
        "may_give": actor.may("price"),
        "holders": names(
            pricing.assignments_visible_to(actor)
            .filter(Q(valid_to=None) | Q(valid_to__gte=day_of(at)), price_list=head)
            .values_list("buyer", flat=True)[:FILES]
        ).values(),
    }
    status = refusal.status if refusal else 200
    return show(request, "seller/price_list.html", context, here="seller_prices", status=status)


@require_POST
@desk_page
def version(request: HttpRequest, code: str) -> HttpResponse:
    """What is done to a version: begun, scheduled, taken off, thrown away."""
    actor, at = actor_of(request), now(request)
    head = list_of(actor, code)
    act = request.POST.get("act", "")
    here = reverse("seller_price_list", args=[code])

    def do() -> str:
        if act == "begin":
            made = operations.begin_version(head, actor=actor, at=at)
            say(request, _("Version %(n)s is begun; nobody sees it yet.") % {"n": made.version})
            return f"{here}?version={made.version}"
        one = _version(actor, head, request.POST.get("version", ""))
        if act == "schedule":
            then = moment_typed(request.POST.get("live_from", ""), at, field="live_from")
            operations.schedule(one, actor=actor, live_from=then, at=at)
            say(request, _("The version goes live as a whole at its moment."))
        elif act == "withdraw":
            operations.withdraw(one, actor=actor, at=at)
            say(request, _("The version is off the schedule."))
        else:
            operations.discard(one, actor=actor, at=at)
            say(request, _("The version is thrown away."))
            return here
        return f"{here}?version={one.version}"

    done, refusal = attempt(request, lambda: deed(request, do))
    if done:
        return done
    assert refusal is not None
    say(request, refusal.text(), messages.ERROR)
    return see_other(f"{here}?version={request.POST.get('version', '')}")


@require_POST
@desk_page
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """A promotion ends now."""
    actor, at = actor_of(request), now(request)
    found = pricing.promotions_visible_to(actor).filter(code=code, seller=actor.own_org).first()
    if found is None:
        raise NotFound()

    def do() -> str:
        operations.stop_promotion(found, actor=actor, at=at)
        say(request, _("The promotion is stopped."))
        return reverse("seller_price_lists")

    return deed(request, do)


def list_of(actor: Actor, code: str) -> Any:
    """The seller's list of a code."""
    found = pricing.lists_visible_to(actor).filter(seller=actor.own_org, code=code).first()
    if found is None:
        raise NotFound()
    formats.write_in(found.currency)
    return found


def _version(actor: Actor, head: Any, number: str) -> Any:
    found = pricing.versions_visible_to(actor).filter(version_of=head)
    one = found.filter(version=number).first() if number.isdecimal() else None
    if one is None:
        raise NotFound()
    return one


def _lists(actor: Actor, mine: list[Any], at: datetime) -> list[dict[str, Any]]:
    today = day_of(at)
    holding = Counter(
        pricing.assignments_visible_to(actor)
        .filter(
            Q(valid_to=None) | Q(valid_to__gte=today),
            price_list__in=[one.pk for one in mine],
            valid_from__lte=today,
        )
        .values_list("price_list", flat=True)
    )
    versions: list[Any] = list(pricing.versions_visible_to(actor).filter(live_from__isnull=False))
    bases = {one.pk: one for one in mine}
    rows = []
    for one in mine:
        if hasattr(one, "contract"):
            continue  # it stands among the contracts
        own = [v for v in versions if v.version_of_id == one.pk]
        live = max((v for v in own if v.live_from <= at), key=lambda v: v.live_from, default=None)
        coming = min((v for v in own if v.live_from > at), key=lambda v: v.live_from, default=None)
        rows.append(
            {
                "list": one,
                "base": bases.get(one.base_id),
                "holders": holding[one.pk],
                "live": live,
                "coming": coming,
            }
        )
    return rows


def _tiers(
    actor: Actor, table: Any, skus: list[UUID], at: datetime
) -> dict[UUID, list[tuple[int, int]]]:
    """By SKU the (quantity from, minor units) that stand today."""
    today = day_of(at)
    tiers: dict[UUID, list[tuple[int, int]]] = {sku: [] for sku in skus}
    rows = pricing.prices_visible_to(actor).filter(
        Q(valid_to=None) | Q(valid_to__gte=today), price_list=table, sku__in=skus,
        valid_from__lte=today,
    )  # fmt: skip
    for sku, start, amount in rows.order_by("min_quantity").values_list(
        "sku", "min_quantity", "amount"
    ):
        tiers[sku].append((start, amount))
    return tiers


def _cell(request: HttpRequest, sku: UUID, start: int, amount: int) -> tuple[str, int, str]:
    name = f"p-{sku}-{start}"
    return name, start, request.POST.get(name, typed_amount(amount))


def _changed(request: HttpRequest, tiers: dict[UUID, list[tuple[int, int]]]) -> list[NewPrice]:
    """What was typed and is not what stands; a new step where both its fields are filled."""
    changed = []
    for sku, steps in tiers.items():
        for start, amount in steps:
            typed = request.POST.get(f"p-{sku}-{start}", "")
            if typed.strip() and (new := _amount(typed, f"p-{sku}-{start}")) != amount:
                changed.append(NewPrice(sku, new, start))
        typed = request.POST.get(f"np-{sku}", "").strip()
        if typed:
            start_typed = request.POST.get(f"nf-{sku}", "").strip() or "1"
            if not start_typed.isdecimal() or len(start_typed) > MOST_DIGITS:
                raise Invalid("number-unreadable", "This is not a whole number.", field=f"nf-{sku}")
            changed.append(NewPrice(sku, _amount(typed, f"np-{sku}"), int(start_typed)))
    return changed


def _amount(typed: str, field: str) -> int:
    amount, problem = read_amount(typed)
    if amount is None:
        raise Invalid("amount-unreadable", problem, field=field)
    return amount


def _state(one: Any, live: Any, at: datetime) -> Pill:
    if one.pk == live.pk:
        return Pill(_("Live"), "good")
    if one.live_from is None:
        return Pill(_("Draft"), "quiet")
    return Pill(_("Scheduled"), "moving") if one.live_from > at else Pill(_("Past"), "quiet")


def _promotion(one: Any, at: datetime) -> Pill:
    if one.stopped_at is not None:
        return Pill(_("Stopped"), "quiet")
    if one.ends_at <= at:
        return Pill(_("Ended"), "quiet")
    if one.budget is not None and one.spent >= one.budget:
        return Pill(_("Used up"), "bad")
    return Pill(_("On now"), "good") if one.starts_at <= at else Pill(_("To come"), "moving")
