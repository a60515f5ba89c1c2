"""Lists as PostgreSQL writes arrays; faster to send than value by value."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models.expressions import RawSQL


def ids(values: Iterable[UUID | None]) -> str:
    """Ids as an array's text, for a parameter cast to `uuid[]`."""
    return (
        "{" + ",".join(["NULL" if value is None else f"{value.int:032x}" for value in values]) + "}"
    )


def texts(values: Iterable[str | None]) -> str:
    """Texts as an array's text, for a parameter cast to `text[]`."""
    written = [
        "NULL" if text is None else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for text in values
    ]
    return "{" + ",".join(written) + "}"


def digests(values: Iterable[bytes]) -> str:
    """Digests as an array's text, for a parameter cast to `bytea[]`."""
    return "{" + ",".join(['"\\\\x' + digest.hex() + '"' for digest in values]) + "}"


def numbers(values: Iterable[int]) -> str:
    """Whole numbers as an array's text, for a parameter cast to `bigint[]` or `int[]`."""
    return "{" + ",".join(map(str, values)) + "}"


def days(values: Iterable[date | None]) -> str:
    """Days as an array's text, for a parameter cast to `date[]`."""
    return "{" + ",".join(["NULL" if day is None else day.isoformat() for day in values]) + "}"


def listed(values: Iterable[UUID | None]) -> RawSQL:
    """Ids for a filter `…__in`, sent as one parameter; where there are hundreds of them."""
    return RawSQL("select unnest(%s::uuid[])", [ids(values)])
