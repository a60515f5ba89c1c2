"""A deed that asks for something first: its sheet, and what comes of sending it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from heliu.kernel.errors import Invalid
from heliu.portal.deal.money_views import read_amount
from heliu.portal.shell.pages import attempt, deed, show
from heliu.portal.ui.parts import Sheet


def answer(request: HttpRequest, sheet: Sheet, do: Callable[[], str], *, here: str) -> HttpResponse:
    """The sheet; sent, its deed is done once and leads on, or the sheet says why not."""
    done, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if done:
        return done
    # A box that was not ticked is not sent.
    asks = [
        (ask, request.POST.get(ask.name, "" if refusal and ask.kind == "check" else ask.value))
        for ask in sheet.asks
    ]
    # What is wrong with a field is said at the field, all else above the button.
    fields = {ask.name for ask in sheet.asks if ask.kind != "check"}
    at_field = refusal is not None and refusal.field in fields
    context = {"sheet": sheet, "asks": asks, "refusal": refusal, "at_field": at_field}
    status = refusal.status if refusal else 200
    return show(request, "ui/sheet.html", context, here=here, status=status)


def amount_of(request: HttpRequest, name: str = "amount") -> int:
    """An amount that was typed, in minor units."""
    amount, problem = read_amount(request.POST.get(name, ""))
    if amount is None:
        raise Invalid("amount-unreadable", problem, field=name)
    return amount


def number_of(request: HttpRequest, name: str) -> int:
    """A whole number that was typed; nothing is 0."""
    typed = request.POST.get(name, "").strip() or "0"
    if not typed.isdecimal() or len(typed) > 4:
        raise Invalid("number-unreadable", "This is not a whole number.", field=name)
    return int(typed)


def chosen(request: HttpRequest, name: str) -> UUID:
    """Whoever or whatever was chosen from a list. Raises `Invalid` for what stands in none."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise Invalid("choice-missing", "Choose one of the list.", field=name) from None


def rate_of(request: HttpRequest, name: str) -> Decimal:
    """A rate in per cent that was typed; nothing is 0."""
    try:
        rate = Decimal(request.POST.get(name, "").strip() or "0")
    except InvalidOperation:
        rate = Decimal(-1)
    if not rate.is_finite() or not 0 <= rate <= 100:
        raise Invalid("rate-unreadable", "A rate is from 0 to 100 per cent.", field=name)
    return rate.quantize(Decimal("0.01"))
