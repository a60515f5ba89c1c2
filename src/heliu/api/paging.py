"""Lists by keyset: a cursor names the last row that was read, so pages neither skip nor repeat."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from ninja import Field, Schema

from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import Invalid


class Paging(Schema):
    """How much of a list, and from where: `Query[Paging]` in a route."""

    limit: int = Field(50, ge=1, le=200, description="How many rows at most")
    cursor: str = Field("", max_length=400, description="next_cursor of the page before")


class Page[Item](Schema):
    """A part of a list; there is no more when next_cursor is null."""

    items: list[Item]
    next_cursor: str | None


def page[Row: Model](
    request: TypedRequest,
    response: HttpResponse,
    rows: QuerySet[Row] | Sequence[QuerySet[Row]],
    paging: Paging,
    *,
    by: Sequence[str],
    show: Callable[[Row], Any],
) -> dict[str, Any]:
    """The next rows of a list, ordered by the fields `by` ("-" for falling), of which the last is
    unique and none is null. `response` is given the address of the next page as a Link header.

    Rows that one may see for several reasons come as several lists, each read off its own index.
    """
    lists = [rows] if isinstance(rows, QuerySet) else rows
    found = _first(lists, by, paging)
    shown, more = found[: paging.limit], len(found) > paging.limit
    cursor = _cursor(shown[-1], by) if more else None
    if cursor:
        query = request.GET.copy()
        query["cursor"] = cursor
        response["Link"] = f'<{request.path}?{query.urlencode()}>; rel="next"'
    return {"items": [show(row) for row in shown], "next_cursor": cursor}


def _first[Row: Model](
    lists: Sequence[QuerySet[Row]], by: Sequence[str], paging: Paging
) -> list[Row]:
    """The first rows of all lists together, and one more, from the cursor on."""
    if paging.cursor:
        lists = [one.filter(_after(one.model, by, paging.cursor)) for one in lists]
    firsts = [one.order_by(*by)[: paging.limit + 1] for one in lists]
    if len(firsts) > 1:
        firsts = [firsts[0].union(*firsts[1:]).order_by(*by)[: paging.limit + 1]]
    return list(firsts[0])


def _cursor(row: Model, by: Sequence[str]) -> str:
    values = [getattr(row, name.lstrip("-")) for name in by]
    return str(_signer(type(row), by).sign_object(json.dumps(values, default=_exact)))


def _exact(value: Any) -> str:
    """To the microsecond: a shortened time would name a row before the last one, for ever."""
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _after(model: type[Model], by: Sequence[str], cursor: str) -> Q:
    """The rows behind the one a cursor names: (a, b) > (x, y), each field in its own direction.

    That the first is not before it follows; said for itself, an index is entered there.
    """
    names = [name.lstrip("-") for name in by]
    values = _values(model, by, cursor)
    found = Q()
    for place, name in enumerate(names):
        step = "lt" if by[place].startswith("-") else "gt"
        same = dict(zip(names[:place], values[:place], strict=True))
        found |= Q(**same) & Q(**{f"{name}__{step}": values[place]})
    step = "lte" if by[0].startswith("-") else "gte"
    return found & Q(**{f"{names[0]}__{step}": values[0]})


def _values(model: type[Model], by: Sequence[str], cursor: str) -> list[Any]:
    try:
        values = json.loads(_signer(model, by).unsign_object(cursor))
    except BadSignature as error:
        raise Invalid(
            "cursor-unknown",
            "This cursor is not one of ours.",
            field="cursor",
            help="Begin again without a cursor.",
        ) from error
    return [
        model._meta.get_field(name.lstrip("-")).to_python(value)  # type: ignore[union-attr]
        for name, value in zip(by, values, strict=True)
    ]


def _signer(model: type[Model], by: Sequence[str]) -> Signer:
    """Signed, so that only what stood in this list comes back: other values could break a query."""
    return Signer(salt=f"cursor:{model._meta.label}:{','.join(by)}")
