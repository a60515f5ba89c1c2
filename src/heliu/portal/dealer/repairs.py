"""Repairs that a bad row of the order pad offers, taken up."""

from __future__ import annotations

from collections.abc import Sequence

from heliu.commerce.ordering.paste import read_quantity
from heliu.commerce.ordering.rows import PadRow


def repaired(rows: Sequence[PadRow], place: int, repair: str) -> list[PadRow]:
    """The rows after a repair, ``field:value``, of the one at this place (from 0).

    Besides a better code or quantity: a row whose goods stand in another row is added there, takes
    its place or is dropped; the value is that row's number then.
    """
    field, _colon, value = repair.partition(":")
    now = list(rows)
    row = now[place]
    if field == "code":
        now[place] = row._replace(code=value)
    elif field == "quantity":
        now[place] = row._replace(quantity=value)
    elif field == "drop":
        del now[place]
    elif field in ("add", "instead"):
        twin = _twin(rows, place, value)
        if twin is not None:
            now[twin] = _together(now[twin], row) if field == "add" else row
            del now[place]
    return now


def _twin(rows: Sequence[PadRow], place: int, number: str) -> int | None:
    """The row of the same goods: by its code, which holds when rows have moved, else by number."""
    code = rows[place].code.casefold()
    same = (at for at, row in enumerate(rows) if at != place and row.code.casefold() == code)
    found = next(same, None)
    if found is not None:
        return found
    at = int(number) - 1 if number.isdecimal() and len(number) < 6 else -1
    return at if 0 <= at < len(rows) and at != place else None


def _together(there: PadRow, row: PadRow) -> PadRow:
    """Both quantities in one row; where one is no plain number (3 箱) both stand, and a person
    says what is meant."""
    typed = [one.quantity for one in (there, row) if one.quantity.strip()]
    known = [read_quantity(one)[0] for one in typed]
    whole = [one for one in known if one is not None]
    quantity = str(sum(whole)) if len(whole) == len(known) else " + ".join(typed)
    remarks = " ".join(dict.fromkeys(filter(None, (there.remark, row.remark))))
    return there._replace(quantity=quantity, remark=remarks)
