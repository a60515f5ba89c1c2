"""What stands in the address of a list: its filters and the place from which it goes on."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID


def address(**filters: str) -> str:
    """The page's address with these filters; empty ones are left out."""
    return "?" + urlencode({name: value for name, value in filters.items() if value})


def id_in(text: str) -> UUID | None:
    """The id that is written in an address, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None
