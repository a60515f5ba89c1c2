"""The load itself, period by period; everything is written in sets, every constraint in force.

Runs as the owner of the tables, since the ledger's lines are otherwise written by its functions
alone. What a finished order leaves is written as it is in total: the order with its deal and lines,
its journals in both books; of the goods what the seller gave away in each period and what still
lies at the dealers. Shipments and counts of so long ago are not told one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from heliu.demo import history
from heliu.demo.chain import Chain
from heliu.demo.sample import PAYS, Sample
from heliu.kernel.goods.models import Sku, Tracking
from heliu.kernel.posting import operations as posting
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock.ends import Beyond, Move, Place, Virtual
from heliu.logistics.stock.moves import move_goods
from heliu_world.bulk import plan
from heliu_world.bulk.plan import Buyer, Model, Size

PERIOD = timedelta(weeks=4)
TRANSFERS = 5  # of 100 orders are paid before delivery; the others are on terms
KEPT = timedelta(days=2)  # goods that came so lately still lie at the dealers
AT_ONCE = 1_000  # movements in one journal

Say = Callable[[str], None]


def load(chain: Chain, sample: Sample, size: Size, *, at: datetime, say: Say) -> int:
    """Load the dealers and all they ordered before `at`; returns how many orders there are now.

    Each period is a transaction and is sealed at once. Ends with the planner's look at everything.
    """
    sample = plan.without(sample, _told_apart(chain))
    models = plan.models(sample)
    parts = size.years * plan.YEAR // PERIOD
    with connection.cursor() as cursor:
        _run(cursor, "tables")
        with transaction.atomic():
            say(f"{size.dealers:,} dealers")
            _prepare(cursor, chain, sample, models, size, at)
            _run(cursor, "parties")
            _run(cursor, "accounts")
        _run(cursor, "orders", models=len(models))
        done = 0
        for part in range(parts):
            with transaction.atomic():
                history.gather(cursor)
                _run(
                    cursor, "part", part=part, factor=plan.factor(sample, models, size),
                    lines=plan.LINES, transfers=TRANSFERS, kept=KEPT,
                )  # fmt: skip
                history.write(cursor, at=at)
                _run(cursor, "ledger", part=part, at=at)
                cursor.execute("select count(*) from past_order")
                done += cursor.fetchone()[0]
            posting.seal(at)
            say(f"{done:,} orders, period {part + 1} of {parts}")
        say("Goods")
        _move(cursor, chain, size, at)
        say("Price lists, lists, requests, terms")
        with transaction.atomic():
            _run(cursor, "buying")
        posting.seal(at)
    look(say)
    return done


def _told_apart(chain: Chain) -> set[str]:
    tracked = Sku.objects.filter(seller=chain.seller).exclude(tracking=Tracking.NONE)
    return set(tracked.values_list("code", flat=True))


def look(say: Say) -> None:
    """Let the planner look at everything, as the owner: what was loaded is new to it."""
    say("The planner looks")
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


def _prepare(
    cursor: CursorWrapper,
    chain: Chain,
    sample: Sample,
    models: Sequence[Model],
    size: Size,
    at: datetime,
) -> None:
    """Fill the tables that the load works from."""
    house = (chain.seller, chain.bank, chain.warehouse, *plan.window(at, size), PERIOD, size.years)
    _copy(cursor, "bulk_house", [(*house, None, None)])
    _copy(cursor, "bulk_buyer", map(_row, plan.buyers(sample, size)))
    _copy(
        cursor,
        "bulk_model_order",
        (
            (number, place, since, len(lines))
            for number, model in enumerate(models)
            for place, (since, lines) in enumerate(model.orders)
        ),
    )
    _copy(cursor, "bulk_model_line", _lines(chain, models))
    _copy(
        cursor,
        "bulk_price",
        ((chain.skus[sku.code], sku.price, sku.tier_from, sku.tier_price) for sku in sample.skus),
    )
    _copy(cursor, "bulk_way", _ways())


def _row(buyer: Buyer) -> tuple[object, ...]:
    return (
        buyer.n, buyer.id, buyer.code, *buyer.names, *buyer.city, buyer.owner,
        str(buyer.behaviour), buyer.orders, buyer.size,
    )  # fmt: skip


def _lines(chain: Chain, models: Sequence[Model]) -> Iterator[tuple[object, ...]]:
    for number, model in enumerate(models):
        for place, (_, lines) in enumerate(model.orders):
            for position, (sku, quantity) in enumerate(lines):
                yield number, place, position, chain.skus[sku], quantity


def _ways() -> Iterator[tuple[object, ...]]:
    for behaviour, shares in PAYS.items():
        least = 0
        for share, earliest, latest in shares:
            yield str(behaviour), least, least + share, earliest, latest
            least += share


def _move(cursor: CursorWrapper, chain: Chain, size: Size, at: datetime) -> None:
    """The seller had all it sold; it left period by period, what came last lies at the dealers."""
    begins, ends = plan.window(at, size)
    seller = chain.seller
    cursor.execute(
        "select sku, sum(quantity) from (select sku, quantity from bulk_sold union all"
        " select sku, quantity from bulk_kept) x group by sku order by sku"
    )
    supplied = [stock.Supply(sku, int(quantity)) for sku, quantity in cursor.fetchall()]
    with transaction.atomic():
        stock.supply(
            supplied, owner=seller, warehouse=seller, key="bulk-supplied", subject=seller, at=begins
        )
    cursor.execute("select part, sku, quantity from bulk_sold order by part, sku")
    for part, sku_rows in _grouped(cursor.fetchall()):
        moves = [
            Move(
                Place(sku, seller, seller), Virtual(Beyond.HANDED_OVER, sku, seller, seller), pieces
            )
            for sku, pieces in sku_rows
        ]
        _post(moves, kind="handed-over", key=f"bulk-sold:{part}", seller=seller,
              at=begins + (part + 1) * PERIOD)  # fmt: skip
    cursor.execute("select buyer, sku, quantity from bulk_kept order by buyer, sku")
    for number, rows in enumerate(batched(cursor.fetchall(), AT_ONCE, strict=False)):
        moves = [
            Move(Place(sku, seller, seller), Place(sku, buyer, buyer), pieces)
            for buyer, sku, pieces in rows
        ]
        _post(moves, kind="received", key=f"bulk-kept:{number}", seller=seller, at=ends)


def _post(moves: Sequence[Move], *, kind: str, key: str, seller: UUID, at: datetime) -> None:
    with transaction.atomic():
        move_goods(moves, kind=kind, key=key, subject=seller, at=at)


def _grouped(rows: Iterable[tuple[int, UUID, int]]) -> Iterator[tuple[int, list[tuple[UUID, int]]]]:
    parts: dict[int, list[tuple[UUID, int]]] = {}
    for part, sku, quantity in rows:
        parts.setdefault(part, []).append((sku, quantity))
    yield from parts.items()


def _copy(cursor: CursorWrapper, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    with cursor.copy(f"copy {table} from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def _run(cursor: CursorWrapper, name: str, **asked: Any) -> None:
    """The statements of a file, one after the other: those that ask for values run one by one."""
    text = (files("heliu_world.bulk") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    for statement in text.split(";\n"):
        if statement.strip():
            cursor.execute(statement, asked or None)
