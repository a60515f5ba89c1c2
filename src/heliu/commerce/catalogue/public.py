"""What everybody may read of a catalogue, signed in or not: the public pages of sellers.

Asked through the functions of `sql/catalogue_shop.sql` alone, which know no buyer: no stock, no
price but that of the seller's list for everybody, and that only where the seller shows prices.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from heliu.kernel.errors import NotFound
from heliu.kernel.language import in_language

MOST_ADDRESSES = 20_000  # of one sitemap; the protocol allows 50,000


@dataclass(frozen=True)
class Shop:
    """A seller with public pages."""

    seller: UUID
    code: str
    name: str
    name_zh: str
    city: str
    city_zh: str
    shows_prices: bool
    category: UUID | None

    @property
    def display(self) -> str:
        """Its name in the reader's language."""
        return in_language(self.name, self.name_zh)

    @property
    def place(self) -> str:
        """Its city in the reader's language."""
        return in_language(self.city, self.city_zh)


@dataclass(frozen=True)
class Branch:
    """A category of a shop, and how deep it stands."""

    id: UUID
    parent: UUID | None
    code: str
    name: str
    name_zh: str
    depth: int = 0

    @property
    def display(self) -> str:
        """Its name in the reader's language."""
        return in_language(self.name, self.name_zh)


@dataclass(frozen=True)
class Shelf:
    """An article in a list; `price` in minor units, None where none is shown."""

    sku: UUID
    code: str
    name: str
    name_zh: str
    thumb: str | None
    price: int | None

    @property
    def display(self) -> str:
        """Its name in the reader's language."""
        return in_language(self.name, self.name_zh)


@dataclass(frozen=True)
class Article:
    """An article with what is told of it to everybody, in the reader's language."""

    code: str
    display: str
    about: str
    family: str
    barcode: str
    category: str
    price: int | None
    values: Sequence[tuple[str, str]]
    pictures: Sequence[str]


def shop(code: str) -> Shop:
    """The public shop of a seller, or `NotFound`."""
    rows = _rows("select * from shop_open(%s)", [code])
    if not rows:
        raise NotFound()
    return Shop(*rows[0])


def branches(found: Shop) -> list[Branch]:
    """The categories of a shop as a tree: each below the one above it."""
    rows = _rows("select * from shop_categories(%s) order by place, code", [found.seller])
    ids = {row[0] for row in rows}
    tree: list[Branch] = []

    def grow(above: UUID | None, depth: int) -> None:
        for pk, parent, code, name, name_zh, _place in rows:
            if (parent if parent in ids else None) == above:
                tree.append(Branch(pk, parent, code, name, name_zh, depth))
                grow(pk, depth + 1)

    grow(None, 0)
    return tree


def goods(
    found: Shop, category: UUID | None, *, after: str, limit: int, at: datetime
) -> list[Shelf]:
    """A page of a shop's goods by code."""
    asked: list[Any] = [found.seller, category, after, limit, at]
    return [Shelf(*row) for row in _rows("select * from shop_goods(%s, %s, %s, %s, %s)", asked)]


def article(found: Shop, code: str, at: datetime) -> Article:
    """An article of a shop, or `NotFound`."""
    ((told,),) = _rows("select shop_article(%s, %s, %s)", [found.seller, code, at]) or ((None,),)
    if told is None:
        raise NotFound()
    one = json.loads(told) if isinstance(told, str) else told
    return Article(
        code=one["code"],
        display=in_language(one["name"], one["name_zh"]),
        about=in_language(one["about"], one["about_zh"]),
        family=in_language(one["family"], one["family_zh"]),
        barcode=one["barcode"],
        category=one["category"] or "",
        price=one["price"],
        values=[_value(value) for value in one["values"]],
        pictures=one["pictures"],
    )


def shows_picture(digest: str) -> bool:
    """Whether a small picture belongs to goods that everybody may see."""
    ((shows,),) = _rows("select shop_pictures(%s)", [digest])
    return bool(shows)


def sitemaps() -> list[tuple[str, str]]:
    """Behind which page each sitemap begins: seller, and kind and code; the first behind none."""
    return list(_rows("select * from shop_sitemaps(%s)", [MOST_ADDRESSES]))


def addresses(seller: str = "", after: str = "") -> list[tuple[str, str, str]]:
    """Seller, kind (home, category, goods) and code of the public pages of one sitemap, in order:
    those behind the page `after` (`goods/M1`) of a seller."""
    asked: list[Any] = [seller, after, MOST_ADDRESSES]
    return list(_rows("select * from shop_addresses(%s, %s, %s)", asked))


def _value(cells: Sequence[str | bool | None]) -> tuple[str, str]:
    name, name_zh, unit, unit_zh, text, text_zh, number, choice, choice_zh, flag = cells
    label = in_language(str(name), str(name_zh))
    if choice is not None:
        return label, in_language(str(choice), str(choice_zh))
    if number is not None:
        return label, f"{number} {in_language(str(unit), str(unit_zh))}".strip()
    if flag is not None:
        return label, in_language("yes", "是") if flag else in_language("no", "否")
    return label, in_language(str(text), str(text_zh))


def _rows(question: str, asked: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, asked)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
