"""What was typed into the fields of a list and could not be taken, until its page is drawn again.

A form that many pages share (quantities beside goods) goes back to the page it came from; there
each field has what was typed into it, and why it was refused beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest

Typed = Mapping[
    str, tuple[str, str]
]  # field -> what was typed, why it was refused ('': it was not)

KEPT = "typed"


def keep(request: HttpRequest, fields: Typed) -> None:
    """Keep these for the next page of this person's that asks."""
    request.session[KEPT] = {name: list(said) for name, said in fields.items()}


def kept(request: HttpRequest) -> Typed:
    """What was kept; it is told on one page only."""
    found: Typed | None = getattr(request, "typed_before", None)
    if found is None:
        told = request.session.pop(KEPT, {}) if KEPT in request.session else {}
        found = {name: (said[0], said[1]) for name, said in told.items()}
        request.typed_before = found  # type: ignore[attr-defined]
    return found
