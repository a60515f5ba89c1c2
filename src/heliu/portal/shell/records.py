"""What pages know of the rows they are handed by queries: names and ids, never tables."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class House(Protocol):
    """An organisation as pages name it."""

    @property
    def pk(self) -> UUID: ...
    @property
    def code(self) -> str: ...
    @property
    def short(self) -> str: ...
    @property
    def display(self) -> str: ...


class Goods(Protocol):
    """A SKU as pages name it."""

    @property
    def pk(self) -> UUID: ...
    @property
    def code(self) -> str: ...
    @property
    def display(self) -> str: ...
    @property
    def case_quantity(self) -> int: ...
