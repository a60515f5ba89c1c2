"""The lane's own connections, as the web role, opened again when they break."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from django.db import connections
from psycopg import AsyncConnection

type Database = AsyncConnection[tuple[Any, ...]]


class Link:
    """A connection that is used by one batch at a time."""

    def __init__(self) -> None:
        self._open: Database | None = None

    async def open(self) -> Database:
        """The connection; each statement is a transaction of its own."""
        if self._open is None or self._open.closed:
            self._open = await psycopg.AsyncConnection.connect(**_where(), autocommit=True)
        return self._open

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Database]:
        """The connection in a transaction, committed when the block ends well."""
        db = await self.open()
        async with db.transaction():
            yield db

    async def close(self) -> None:
        """Give the connection back."""
        if self._open is not None:
            await self._open.close()


class Links:
    """As many connections as are used at once, each for the same deed again and again: the plans
    and pages it needs are then at hand."""

    def __init__(self) -> None:
        self._all: list[Link] = []
        self._free: dict[str, list[Link]] = defaultdict(list)

    @asynccontextmanager
    async def one(self, deed: str = "") -> AsyncIterator[Link]:
        """A connection for what is done here; for the lane's orders a deed is a statement."""
        free = self._free[deed]
        if not free:
            free.append(Link())
            self._all += free
        link = free.pop()
        try:
            yield link
        finally:
            free.append(link)

    async def row(self, sql: str, parameters: Sequence[Any]) -> tuple[Any, ...]:
        """Run a statement that answers with one row, a transaction of its own."""
        async with self.one(sql) as link:
            return await row(await link.open(), sql, parameters)

    async def close(self) -> None:
        """Give the connections back."""
        for link in self._all:
            await link.close()


async def rows(db: Database, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement and return all its rows."""
    return await (await db.execute(sql.encode(), parameters)).fetchall()


async def row(db: Database, sql: str, parameters: Sequence[Any]) -> tuple[Any, ...]:
    """Run a statement that answers with exactly one row."""
    (found,) = await rows(db, sql, parameters)
    return found


def _where() -> dict[str, Any]:
    """Where Django's own connection goes."""
    entry = connections["default"].settings_dict
    names = {"HOST": "host", "PORT": "port", "NAME": "dbname", "USER": "user"}
    where = {name: entry[key] for key, name in names.items() if entry.get(key)}
    if entry.get("PASSWORD"):
        where["password"] = entry["PASSWORD"]
    options = {name: value for name, value in entry.get("OPTIONS", {}).items() if name != "pool"}
    return where | options | {"application_name": "heliu lane"}
