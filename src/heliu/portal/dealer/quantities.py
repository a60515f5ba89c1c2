"""Quantities typed beside goods (`q-<sku>`, in a unit `u-<sku>`), on any of the dealer's pages."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import ngettext

from heliu.kernel.errors import Invalid
from heliu.portal.shell.pages import back, id_in, say, see_other
from heliu.portal.ui import typed

MOST_DIGITS = 9


def read(request: HttpRequest) -> dict[UUID, int]:
    """The quantities by goods, as typed; fields that hold nothing are left out. Asked once none
    `are_wrong`."""
    return {
        sku: whole(text)
        for name, text in _fields(request).items()
        if name.startswith("q-") and text.strip() and (sku := id_in(name.removeprefix("q-")))
    }


def are_wrong(request: HttpRequest) -> bool:
    """Whether some field holds no quantity; then all that was typed is kept for its page."""
    fields = {name: (text, _wrong(name, text)) for name, text in _fields(request).items()}
    wrong = sum(bool(words) for _text, words in fields.values())
    if wrong:
        typed.keep(request, fields)
        words = ngettext(
            "%(n)d quantity needs a change; nothing was done yet.",
            "%(n)d quantities need a change; nothing was done yet.",
            wrong,
        )
        say(request, words % {"n": wrong}, messages.ERROR)
    return bool(wrong)


def back_to_them(request: HttpRequest) -> HttpResponse:
    """The page on which they were typed, which shows them again with what is wrong."""
    return see_other(back(request, reverse("dealer_catalogue")))


def whole(text: str) -> int:
    """A quantity as somebody typed it. Raises `Invalid` for what is none."""
    plain = text.replace(",", "").strip()
    if not plain.isdecimal() or len(plain) > MOST_DIGITS:
        raise Invalid(
            "quantity-invalid",
            "%(text)s is not a whole number of pieces.",
            field="quantity",
            text=text,
        )
    return int(plain)


def _fields(request: HttpRequest) -> dict[str, str]:
    """Fields of such a form that people fill in; a list has a name too."""
    return {
        name: request.POST.get(name, "")
        for name in request.POST
        if name.startswith(("q-", "u-")) or name == "name"
    }


def _wrong(name: str, text: str) -> str:
    if not name.startswith("q-") or not text.strip():
        return ""
    try:
        whole(text)
    except Invalid as refusal:
        return refusal.text()
    return ""
