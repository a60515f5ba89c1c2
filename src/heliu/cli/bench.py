"""`heliu bench`: how fast and how dear the hot paths are on this machine."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heliu.cli.ground import require_bank_of_the_house, set_up, told

if TYPE_CHECKING:
    from heliu_bench.ground import Ground
    from heliu_bench.report import Report

bench = typer.Typer(help="Measure the hot paths, each beside what the machine can do.")

Json = Annotated[Path | None, typer.Option("--json", help="Write the figures to this file.")]
Rounds = Annotated[int, typer.Option(min=1, help="Rounds; medians need three.")]
Seconds = Annotated[float, typer.Option(min=0.1, help="Length of a round.")]
Clients = Annotated[str, typer.Option(help="Numbers of clients, with commas.")]
Port = Annotated[int, typer.Option(help="Port for the served product.")]
Skus = Annotated[int, typer.Option(min=24, help="SKUs of the seller.")]


@bench.command(name="place-order")
def place_order(
    clients: Clients = "1,4,16,64,256",
    seconds: Seconds = 4.0,
    rounds: Rounds = 5,
    door: Annotated[str, typer.Option(help="lane, django or both.")] = "both",
    hot: Annotated[int, typer.Option(help="0, or so many SKUs that all want: 20.")] = 0,
    pay_by: Annotated[str, typer.Option(help="TERMS, TRANSFER or both with a comma.")] = "TERMS",
    dealers: Annotated[int, typer.Option(min=1)] = 11_000,
    skus: Skus = 5_000,
    workers: Annotated[int, typer.Option(min=1, help="Web processes.")] = 1,
    port: Port = 8790,
    json: Json = None,
) -> None:
    """Place ten-line orders over HTTP, in turn with pgbench calling reference SQL."""
    if hot % 10:
        raise typer.BadParameter("ten lines share the hot SKUs: a multiple of ten")
    doors = ("lane", "django") if door == "both" else (door,)
    if not {*doors} <= {"lane", "django"}:
        raise typer.BadParameter("lane, django or both")
    os.environ["HELIU_BENCH_DOORS"] = "1"
    counts = numbers(clients)

    def work(ground: Ground, report: Report) -> None:
        from heliu_bench import place_order as place

        options = place.Options(
            clients=counts, seconds=seconds, rounds=rounds, doors=doors, hot=hot,
            pay_by=pay_by.split(","), dealers=dealers, skus=skus, port=port, workers=workers,
        )  # fmt: skip
        place.run(ground, report, options)

    run("place-order", work, json, locals())


@bench.command()
def ledger(
    seconds: Seconds = 3.0,
    rounds: Rounds = 3,
    accounts: Annotated[int, typer.Option(min=2)] = 10_000,
    size: Annotated[int, typer.Option(min=1, help="Journals of a set.")] = 1_000,
    json: Json = None,
) -> None:
    """Post journals one by one and in sets, on one and two connections."""

    def work(ground: Ground, report: Report) -> None:
        from heliu_bench import ledger as ledgers

        ledgers.run(ground, report, ledgers.Options(seconds, rounds, accounts, size))

    run("ledger", work, json, locals())


@bench.command()
def stock(
    seconds: Seconds = 3.0,
    rounds: Rounds = 3,
    sizes: Annotated[str, typer.Option(help="Moves in a set, with commas.")] = "200,1000",
    clients: Clients = "1,2,4",
    skus: Skus = 5_000,
    port: Port = 8790,
    json: Json = None,
) -> None:
    """Move goods between bins in sets, on one and two connections, and in batches over HTTP."""
    counts, over_http = numbers(sizes), numbers(clients)

    def work(ground: Ground, report: Report) -> None:
        from heliu_bench import stock as stocks

        options = stocks.Options(seconds, rounds, counts, over_http, skus, port)
        stocks.run(ground, report, options)

    run("stock", work, json, locals())


@bench.command()
def decision(
    clients: Clients = "1,4,16",
    seconds: Seconds = 4.0,
    rounds: Rounds = 3,
    dealers: Annotated[int, typer.Option(min=1)] = 500,
    skus: Skus = 5_000,
    port: Port = 8790,
    json: Json = None,
) -> None:
    """Ask for the bank's answer to an order, inside and over HTTP, and place financed orders."""
    counts = numbers(clients)

    def work(ground: Ground, report: Report) -> None:
        from heliu_bench import decision as decisions

        options = decisions.Options(counts, seconds, rounds, dealers, skus, port)
        decisions.run(ground, report, options)

    run("decision", work, json, locals())


@bench.command()
def prices(
    lists: Annotated[int, typer.Option(min=1)] = 10_000,
    prices: Annotated[int, typer.Option(min=1, help="Prices in all these lists.")] = 10_000_000,
    seconds: Seconds = 4.0,
    rounds: Rounds = 3,
    dealers: Annotated[int, typer.Option(min=1)] = 11_000,
    skus: Skus = 5_000,
    json: Json = None,
) -> None:
    """Resolve the prices of 24 items for one buyer among very many price lists."""

    def work(ground: Ground, report: Report) -> None:
        from heliu_bench import prices as resolving

        options = resolving.Options(lists, prices, seconds, rounds, dealers, skus)
        resolving.run(ground, report, options)

    run("prices", work, json, locals())


@bench.command(name="close-of-day")
def close_of_day(
    loans: Annotated[int, typer.Option(min=1)] = 100_000,
    rounds: Rounds = 3,
    skus: Skus = 5_000,
    json: Json = None,
) -> None:
    """Close day after day over very many open loans."""

    def work(ground: Ground, report: Report) -> None:
        from heliu_bench import close_of_day as closing

        closing.run(ground, report, closing.Options(loans, rounds, skus))

    run("close-of-day", work, json, locals())


@bench.command(name="pledged-order")
def pledged_order(
    clients: Clients = "1,8,32",
    seconds: Seconds = 20.0,
    rounds: Rounds = 3,
    skus: Skus = 5_000,
    workers: Annotated[int, typer.Option(min=1, help="Web processes.")] = 1,
    port: Port = 8790,
    json: Json = None,
) -> None:
    """Live pledged orders from placing to closing over HTTP, many dealers side by side."""
    counts = numbers(clients)

    def work(ground: Ground, report: Report) -> None:
        from heliu_bench import pledged_order as living

        options = living.Options(counts, seconds, rounds, skus, port, workers)
        living.run(ground, report, options)

    run("pledged-order", work, json, locals())


@bench.command()
def pages(
    data: Annotated[
        Path, typer.Option(help="Data folder of the install whose pages are read.")
    ] = Path(".heliu/demo"),
    demo: Annotated[
        bool, typer.Option("--demo/--install", help="Whether it holds the demonstration.")
    ] = True,
    samples: Annotated[int, typer.Option(min=1, help="Addresses of each route.")] = 2,
    reads: Annotated[int, typer.Option(min=1, help="Readings of each in a round.")] = 10,
    desks: Annotated[str, typer.Option(help="Only these, such as dealer,seller.")] = "",
    queries: Annotated[
        Path | None,
        typer.Option(help="A table with a column `query`: the dealer looks for each of them."),
    ] = None,
    rounds: Rounds = 3,
    json: Json = None,
) -> None:
    """Read every page of every desk as its owner: server time and exact query counts."""
    looked_for = tuple(_column(queries, "query")) if queries else ()
    only = frozenset(desks.upper().replace(",", " ").split())

    def work(ground: Ground, report: Report) -> None:
        from heliu_bench import pages as reading

        options = reading.Options(samples, reads, rounds, desks=only, queries=looked_for)
        reading.run(ground, report, options)

    asked = {
        "data": str(data), "samples": samples, "reads": reads, "rounds": rounds, "desks": desks,
        "queries": len(looked_for),
    }  # fmt: skip
    os.environ["HELIU_DATA"] = str(data)
    name = os.environ.get("HELIU_DATABASE", "heliu")
    run("pages", work, json, asked, role="web", database=name, demo=demo)


def _column(table: Path, name: str) -> list[str]:
    with table.open(encoding="utf-8", newline="") as file:
        return [row[name] for row in csv.DictReader(file, delimiter="\t")]


@bench.command()
def rush(
    clients: Annotated[int, typer.Option(min=1)] = 200,
    seconds: Seconds = 60.0,
    pieces: Annotated[int, typer.Option(min=1, help="Pieces of the one SKU.")] = 40_000,
    credit: Annotated[int, typer.Option(min=1, help="Yuan of the hot dealer's credit.")] = 100_000,
    workers: Annotated[int, typer.Option(min=1, help="Web processes.")] = 1,
    port: Port = 8790,
    json: Json = None,
) -> None:
    """Let 200 clients want one SKU, half of them for one dealer, until goods and credit end."""

    def work(ground: Ground, report: Report) -> None:
        from heliu_bench import rush as rushing

        rushing.run(
            ground, report, rushing.Options(clients, seconds, pieces, credit, port, workers)
        )

    run("rush", work, json, locals())


@bench.command(name="import-prices")
def import_prices(
    rows: Annotated[int, typer.Option(min=1, help="Rows of the file.")] = 1_000_000,
    clients: Annotated[int, typer.Option(min=1)] = 16,
    seconds: Seconds = 4.0,
    rounds: Rounds = 5,
    dealers: Annotated[int, typer.Option(min=1)] = 1_000,
    skus: Skus = 5_000,
    port: Port = 8790,
    json: Json = None,
) -> None:
    """Let the worker read a file of prices while orders come in: what buyers feel of it."""

    def work(ground: Ground, report: Report) -> None:
        from heliu_bench import import_prices as importing

        importing.run(
            ground,
            report,
            importing.Options(rows, clients, seconds, rounds, dealers, skus, port),
        )

    run("import-prices", work, json, locals())


def numbers(text: str) -> list[int]:
    """The whole numbers of `1,4,16`."""
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError:
        found = []
    if not found or min(found) < 1:
        raise typer.BadParameter("whole numbers with commas, such as 1,4,16")
    return found


def run(
    name: str,
    work: Callable[[Ground, Report], None],
    json: Path | None,
    asked: dict[str, object],
    *,
    role: str = "worker",
    database: str = "heliu_bench",
    demo: bool = False,
) -> None:
    """Set the ground up, let the bench work on it, tell what came of it.

    A bench has a database of its own, which it makes anew, beside any other in its folder.
    """
    with told():
        os.environ.setdefault("HELIU_DATA", ".heliu/bench")
        os.environ["HELIU_DATABASE"] = database
        os.environ["HELIU_RATE"] = "0"  # it is the work that is measured, not the limit
        set_up(role, demo=demo)
        require_bank_of_the_house()
        from heliu_bench import ground as grounds
        from heliu_bench import report as reports

        plain = {key: value for key, value in asked.items() if isinstance(value, str | int | float)}
        with grounds.running(is_ours=database == grounds.DATABASE) as ground:
            report = reports.Report(name, plain, reports.machine(ground))
            work(ground, report)
            report.tell(json)
